package dev.ebpf4j.link;

import dev.ebpf4j.btf.Btf;
import dev.ebpf4j.btf.BtfKind;
import dev.ebpf4j.spec.ExternSpec;
import dev.ebpf4j.spec.Reloc;
import java.util.Optional;
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
        Btf local = object.spec().btf();
        return object.mapPrograms(program -> ProgramPatcher.resolve(
                program, Reloc.Ksym.class, (patcher, use) -> resolve(patcher, use, externs, local)));
    }

    private void resolve(ProgramPatcher patcher, Reloc.Ksym use, Externs externs, @Nullable Btf local) {
        int slot = patcher.wideLoad(use);
        ExternSpec extern = externs.get(patcher, slot, use.name());
        if (local != null && extern.kind() == ExternSpec.Kind.KFUNC) {
            put(patcher, slot, kernel.function(patcher, slot, extern, local));
        } else if (local != null && isTyped(extern, local)) {
            put(patcher, slot, kernel.variable(patcher, slot, extern, local));
        } else {
            long address = address(patcher, slot, extern);
            patcher.setWideLoad(slot, 0, (int) address, (int) (address >>> 32));
        }
    }

    /** What is weak and missing has the address 0. */
    private static void put(ProgramPatcher patcher, int slot, Optional<KernelType> symbol) {
        if (symbol.isPresent()) {
            patcher.setWideLoad(slot, BTF_ID, symbol.get().id(), 0);
            patcher.useModule(slot, symbol.get().module());
        } else {
            patcher.setWideLoad(slot, 0, 0, 0);
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
