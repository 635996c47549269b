package dev.ebpf4j.link;

import dev.ebpf4j.btf.Btf;
import dev.ebpf4j.btf.BtfKind;
import dev.ebpf4j.spec.ExternSpec;
import dev.ebpf4j.spec.Reloc;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * Answers {@code extern … __ksym} for data: a variable with a type becomes its id in the kernel's BTF, one without (void)
 * its address, a weak one that is missing 0. The address of a kernel function is its BTF id too.
 */
final class ResolveKsyms implements Pass {
    /** {@code BPF_PSEUDO_BTF_ID}: the load gives the address of what this BTF id stands for. */
    private static final int BTF_ID = 3;

    private final LinkInputs inputs;
    private final KernelTypes kernel;

    ResolveKsyms(LinkInputs inputs) {
        this.inputs = inputs;
        this.kernel = new KernelTypes(inputs);
    }

    @Override
    public LinkedObject apply(LinkedObject object) {
        Externs externs = new Externs(object.spec());
        return object.mapPrograms(
                program -> resolve(program, externs, object.spec().btf()));
    }

    private LinkedProgram resolve(LinkedProgram program, Externs externs, @Nullable Btf local) {
        ProgramPatcher patcher = new ProgramPatcher(program);
        for (Reloc reloc : program.relocs()) {
            if (reloc instanceof Reloc.Ksym ksym) {
                resolve(patcher, ksym, externs.get(patcher, ksym.slot(), ksym.name()), local);
            } else {
                patcher.keep(reloc);
            }
        }
        return patcher.done();
    }

    private void resolve(ProgramPatcher patcher, Reloc.Ksym use, ExternSpec extern, @Nullable Btf local) {
        int slot = patcher.wideLoad(use);
        if (local != null && extern.kind() == ExternSpec.Kind.KFUNC) {
            OptionalInt id = kernel.function(patcher, slot, extern, local);
            patcher.setWideLoad(slot, id.isPresent() ? BTF_ID : 0, id.orElse(0), 0);
        } else if (local != null && isTyped(extern, local)) {
            OptionalInt id = kernel.variable(patcher, slot, extern, local);
            patcher.setWideLoad(slot, id.isPresent() ? BTF_ID : 0, id.orElse(0), 0);
        } else {
            long address = address(patcher, slot, extern);
            patcher.setWideLoad(slot, 0, (int) address, (int) (address >>> 32));
        }
    }

    private static boolean isTyped(ExternSpec extern, Btf local) {
        return extern.typeId() != 0 && local.kind(local.resolve(extern.typeId())) != BtfKind.VOID;
    }

    private long address(ProgramPatcher patcher, int slot, ExternSpec extern) {
        OptionalLong address = inputs.symbol(extern.name());
        if (address.isEmpty() && !extern.weak()) {
            throw patcher.bad(
                    slot, "this kernel has no symbol '" + extern.name() + "'; declare it __weak to get 0 then");
        }
        return address.orElse(0);
    }
}
