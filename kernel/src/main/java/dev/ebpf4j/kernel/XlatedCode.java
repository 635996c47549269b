package dev.ebpf4j.kernel;

import dev.ebpf4j.insn.Code;
import dev.ebpf4j.insn.CodeEditor;
import dev.ebpf4j.insn.Slots;
import dev.ebpf4j.link.LinkException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;

/**
 * What the kernel makes of calls when it translates a program: helpers and kfuncs become distances from the function {@code
 * __bpf_call_base}, and the distance to a subprogram moves from the immediate to the offset.
 *
 * <p>Source: {@code jit_subprogs} and {@code do_misc_fixups} in the kernel's verifier, {@code print_call} in bpftool.
 */
final class XlatedCode {
    private static final int CALL = 0x85;
    private static final int PSEUDO_CALL = 1;
    private static final int PSEUDO_FUNC = 4;
    private static final String CALL_BASE = "__bpf_call_base";

    private XlatedCode() {}

    /** The code with distances to subprograms where instructions have them. */
    static Code withDistances(Code code) {
        CodeEditor editor = code.edit();
        for (int slot = 0; slot < code.size(); slot++) {
            long insn = code.slot(slot);
            if (Slots.opcode(insn) == CALL && Slots.src(insn) == PSEUDO_CALL && Slots.off(insn) != 0) {
                editor.setImm(slot, Slots.off(insn)).setOff(slot, 0);
            } else if (Slots.isLoadImm64(insn)) {
                if (Slots.src(insn) == PSEUDO_FUNC && slot + 1 < code.size()) {
                    editor.setImm(slot + 1, 0);
                }
                slot++;
            }
        }
        return editor.toCode();
    }

    /** Names of the kernel functions that are called, by slot; none where the kernel hides its addresses. */
    static Map<Integer, String> calls(Code code, Kallsyms symbols) {
        Map<Integer, Long> distances = new HashMap<>();
        for (int slot = 0; slot < code.size(); slot++) {
            long insn = code.slot(slot);
            if (Slots.opcode(insn) == CALL && Slots.src(insn) != PSEUDO_CALL) {
                distances.put(slot, (long) Slots.imm(insn));
            } else if (Slots.isLoadImm64(insn)) {
                slot++;
            }
        }
        return distances.isEmpty() ? Map.of() : names(distances, symbols);
    }

    private static Map<Integer, String> names(Map<Integer, Long> distances, Kallsyms symbols) {
        try {
            List<Long> base = symbols.addresses(CALL_BASE);
            if (base.isEmpty()) {
                return Map.of();
            }
            distances.replaceAll((slot, distance) -> base.getFirst() + distance);
            Map<Long, String> names = symbols.names(new HashSet<>(distances.values()));
            Map<Integer, String> calls = new HashMap<>();
            distances.forEach((slot, address) -> {
                String name = names.get(address);
                if (name != null) {
                    calls.put(slot, name);
                }
            });
            return calls;
        } catch (LinkException e) {
            return Map.of();
        }
    }
}
