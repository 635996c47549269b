package dev.ebpf4j.link;

import dev.ebpf4j.btf.Btf;
import dev.ebpf4j.spec.ExternSpec;
import dev.ebpf4j.spec.Reloc;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Answers calls of kernel functions: each becomes the function's id in the BTF of the kernel, or of a module. */
final class ResolveKfuncs implements Pass {
    /** {@code BPF_PSEUDO_KFUNC_CALL}: the call is of the kernel function with this BTF id. */
    private static final int KFUNC_CALL = 2;

    /** Helper numbers from here on stand for weak functions that are missing; libbpf's number, so that logs look alike. */
    private static final int MISSING_KFUNC = 2_002_000_000;

    private final KernelTypes kernel;

    ResolveKfuncs(LinkInputs inputs) {
        this.kernel = new KernelTypes(inputs);
    }

    @Override
    public LinkedObject apply(LinkedObject object) {
        Externs externs = new Externs(object.spec());
        Btf local = object.spec().btf();
        return object.mapPrograms(program -> ProgramPatcher.resolve(
                program, Reloc.Kfunc.class, (patcher, use) -> resolve(patcher, use, externs, local)));
    }

    private void resolve(ProgramPatcher patcher, Reloc.Kfunc use, Externs externs, @Nullable Btf local) {
        int slot = patcher.call(use);
        ExternSpec extern = externs.get(patcher, slot, use.name());
        if (local == null) {
            throw patcher.bad(slot, "calls kernel function '" + use.name() + "', but the object has no BTF");
        }
        Optional<KernelType> function = kernel.function(patcher, slot, extern, local);
        if (function.isPresent()) {
            patcher.code()
                    .setSrc(slot, KFUNC_CALL)
                    .setOff(slot, 0)
                    .setImm(slot, function.get().id());
            patcher.useModule(slot, function.get().module());
        } else {
            patcher.poison(
                    slot,
                    MISSING_KFUNC + externs.number(extern),
                    kernel.lacks() + " no function '" + use.name() + "' of this prototype");
        }
    }
}
