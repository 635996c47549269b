package dev.ebpf4j.link;

import dev.ebpf4j.insn.Code;
import dev.ebpf4j.spec.FunctionId;
import dev.ebpf4j.spec.FunctionSpec;
import dev.ebpf4j.spec.ObjectSpec;
import dev.ebpf4j.spec.ProgramSpec;
import dev.ebpf4j.spec.Reloc;
import java.util.HashMap;
import java.util.Map;

/** Makes each program whole: its entry function, then each function that it uses once, with all calls pointing there. */
final class FlattenSubprograms implements Pass {
    /** {@code BPF_PSEUDO_CALL}: the call is of a function of this program. */
    private static final int PSEUDO_CALL = 1;

    /** {@code BPF_PSEUDO_FUNC}: the wide load gives the address of a function of this program. */
    private static final int PSEUDO_FUNC = 4;

    @Override
    public LinkedObject apply(LinkedObject object) {
        Map<FunctionId, FunctionSpec> functions = functions(object.spec());
        ExceptionCallbacks callbacks = new ExceptionCallbacks(object.spec());
        return object.mapPrograms(program -> {
            FunctionSpec callback = callbacks.of(program.spec());
            return flatten(program, FunctionLayout.of(program.spec(), functions, callback));
        });
    }

    private static Map<FunctionId, FunctionSpec> functions(ObjectSpec spec) {
        Map<FunctionId, FunctionSpec> functions = new HashMap<>();
        for (ProgramSpec program : spec.programs()) {
            functions.put(program.entry().id(), program.entry());
        }
        for (FunctionSpec function : spec.subprograms()) {
            functions.put(function.id(), function);
        }
        return functions;
    }

    private static LinkedProgram flatten(LinkedProgram program, FunctionLayout layout) {
        LinkedProgram flat = new LinkedProgram(
                program.spec(),
                Code.concat(layout.placed().stream()
                        .map(placed -> placed.function().code())
                        .toList()),
                layout.relocs(),
                layout.functionStarts(),
                layout.lines(),
                program.mapUses(),
                program.poisons(),
                program.moduleUses(),
                program.target());
        return patchCalls(flat, layout);
    }

    private static LinkedProgram patchCalls(LinkedProgram program, FunctionLayout layout) {
        ProgramPatcher patcher = new ProgramPatcher(program);
        for (Reloc reloc : program.relocs()) {
            switch (reloc) {
                case Reloc.SubprogCall call -> {
                    int slot = patcher.call(call);
                    patcher.code().setSrc(slot, PSEUDO_CALL).setImm(slot, layout.startOf(call.callee()) - slot - 1);
                }
                case Reloc.SubprogAddress address -> {
                    int slot = patcher.wideLoad(address);
                    patcher.setWideLoad(slot, PSEUDO_FUNC, layout.startOf(address.callee()) - slot - 1, 0);
                }
                case Reloc.Broken broken -> throw patcher.bad(broken.slot(), broken.reason());
                default -> patcher.keep(reloc);
            }
        }
        return patcher.done();
    }
}
