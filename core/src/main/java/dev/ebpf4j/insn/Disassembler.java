package dev.ebpf4j.insn;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.IntFunction;

/**
 * Prints code as people read it: the syntax of LLVM and of the kernel's verifier log, one instruction a line behind the
 * number of its first slot.
 *
 * <pre>
 *    0: r1 = *(u64 *)(r10 - 8)
 *    1: if r1 s&gt; 5 goto +4
 *    2: lock *(u32 *)(r1 + 0) += w2
 *    3: call bpf_ktime_get_ns
 *    4: r1 = map[fd:7] ll
 *    6: exit
 * </pre>
 *
 * Immutable; each {@code with} method returns another disassembler. Safe for any number of threads.
 */
public final class Disassembler {
    private static final Disassembler PLAIN = new Disassembler(Map.of(), false, _ -> Optional.empty());

    /** What stands in a call until a linker knows where the function is; nothing calls itself. */
    private static final int NOT_LINKED = -1;

    private final Map<Integer, String> names;
    private final boolean labels;
    private final IntFunction<Optional<String>> notes;

    private Disassembler(Map<Integer, String> names, boolean labels, IntFunction<Optional<String>> notes) {
        this.names = names;
        this.labels = labels;
        this.notes = notes;
    }

    /** {@return the disassembler that prints distances, and nothing above the instructions} */
    public static Disassembler plain() {
        return PLAIN;
    }

    /** {@return one that prints a label above each target of a jump or call, and that label in place of the distance} */
    public Disassembler withLabels() {
        return withLabels(names);
    }

    /**
     * {@return one that prints labels, those of some slots by the given names, such as the names of functions}
     *
     * @param slotNames names by slot number
     */
    public Disassembler withLabels(Map<Integer, String> slotNames) {
        return new Disassembler(Map.copyOf(slotNames), true, notes);
    }

    /**
     * {@return one that prints notes, such as the C source line, above instructions}
     *
     * @param slotNotes asked for each instruction's first slot
     */
    public Disassembler withNotes(IntFunction<Optional<String>> slotNotes) {
        return new Disassembler(names, labels, slotNotes);
    }

    /**
     * {@return one instruction as text, with distances rather than labels}
     *
     * @param insn the instruction
     */
    public static String text(Insn insn) {
        return InsnText.of(insn, InsnText::distance);
    }

    /**
     * {@return the code as text, each line ended by a newline}
     *
     * @param code what to print
     * @throws InsnFormatException if a 64-bit immediate load starts at the last slot
     */
    public String text(Code code) {
        Map<Integer, String> labelled = labels ? labelsOf(code) : Map.of();
        StringBuilder out = new StringBuilder();
        int slot = 0;
        for (Insn insn : code.insns()) {
            appendAbove(out, slot, labelled);
            String number = Integer.toString(slot);
            out.repeat(' ', Math.max(0, 4 - number.length())).append(number).append(": ");
            out.append(textAt(slot, insn, labelled)).append('\n');
            slot += insn.slots();
        }
        return out.toString();
    }

    private void appendAbove(StringBuilder out, int slot, Map<Integer, String> labelled) {
        String label = labelled.get(slot);
        if (label != null) {
            out.append(label).append(":\n");
        }
        for (String line : notes.apply(slot).orElse("").lines().toList()) {
            out.append("; ").append(line).append('\n');
        }
    }

    private static String textAt(int slot, Insn insn, Map<Integer, String> labelled) {
        return InsnText.of(insn, delta -> {
            String label = labelled.get(slot + 1 + delta);
            return label == null ? InsnText.distance(delta) : label;
        });
    }

    /** Labels of all instructions that have a name or that something jumps to or calls. */
    private Map<Integer, String> labelsOf(Code code) {
        Set<Integer> starts = new HashSet<>();
        Set<Integer> targets = new HashSet<>(names.keySet());
        int slot = 0;
        for (Insn insn : code.insns()) {
            starts.add(slot);
            OptionalInt delta = delta(insn);
            if (delta.isPresent()) {
                targets.add(slot + 1 + delta.getAsInt());
            }
            slot += insn.slots();
        }
        targets.retainAll(starts);
        Map<Integer, String> labelled = new HashMap<>();
        targets.forEach(target -> labelled.put(target, names.getOrDefault(target, "L" + target)));
        return labelled;
    }

    private static OptionalInt delta(Insn insn) {
        return switch (insn) {
            case Insn.Jump i -> OptionalInt.of(i.delta());
            case Insn.Goto i -> OptionalInt.of(i.delta());
            case Insn.MayGoto i -> OptionalInt.of(i.delta());
            case Insn.CallSubprogram i when i.delta() != NOT_LINKED -> OptionalInt.of(i.delta());
            case Insn.LoadImm64 i when i.kind() == Insn.LoadImm64.Kind.FUNC -> OptionalInt.of(i.low());
            default -> OptionalInt.empty();
        };
    }
}
