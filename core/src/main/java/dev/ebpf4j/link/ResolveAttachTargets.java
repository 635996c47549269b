package dev.ebpf4j.link;

import dev.ebpf4j.btf.BtfType;
import dev.ebpf4j.link.LinkedProgram.Target;
import dev.ebpf4j.spec.ProgramSpec;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Finds the kernel's type for what a program is attached to, where the verifier needs it at load time. */
final class ResolveAttachTargets implements Pass {
    private final KernelTypes kernel;

    ResolveAttachTargets(LinkInputs inputs) {
        this.kernel = new KernelTypes(inputs);
    }

    /** How the kernel's BTF spells the targets of one family of programs. */
    private record Family(String words, String prefix, Class<? extends BtfType> kind) {}

    private static final Family TRACEPOINT = new Family("tracepoint", "btf_trace_", BtfType.Typedef.class);
    private static final Family FUNCTION = new Family("function", "", BtfType.Func.class);
    private static final Family LSM_HOOK = new Family("LSM hook", "bpf_lsm_", BtfType.Func.class);
    private static final Family ITERATOR = new Family("iterator", "bpf_iter_", BtfType.Func.class);

    @Override
    public LinkedObject apply(LinkedObject object) {
        return object.mapPrograms(this::resolve);
    }

    private LinkedProgram resolve(LinkedProgram program) {
        Family family = family(program.spec());
        return family == null ? program : program.withTarget(target(program.spec(), family));
    }

    private static @Nullable Family family(ProgramSpec program) {
        return switch (program.type()) {
            case TRACING ->
                switch (program.attachType()) {
                    case TRACE_RAW_TP -> TRACEPOINT;
                    case TRACE_ITER -> ITERATOR;
                    case TRACE_FENTRY, TRACE_FEXIT, MODIFY_RETURN, TRACE_FSESSION -> FUNCTION;
                    default -> null;
                };
            case LSM -> LSM_HOOK;
            case EXT ->
                throw new LinkException("program '" + program.name() + "' (" + program.section()
                        + ") extends another program or object, which ebpf4j can't do yet; use withAutoload(false)");
            default -> null;
        };
    }

    private Target target(ProgramSpec program, Family family) {
        String name = program.attachTo();
        if (name.isEmpty()) {
            throw new LinkException("program '" + program.name() + "' (section '" + program.section() + "') names no "
                    + family.words + " to attach to; write it into the section name or use withAttachTo(…)");
        }
        kernel.require("program '" + program.name() + "' (section '" + program.section() + "')");
        KernelType found = find(family, name)
                .orElseThrow(() -> new LinkException("program '" + program.name() + "': " + kernel.lacks() + " no "
                        + family.words + " '" + name + "'" + kernel.hint(name, family.prefix, family.kind)));
        return Target.of(found);
    }

    /** A module's name before a colon narrows the search to it; {@code vmlinux} is the kernel proper. */
    private Optional<KernelType> find(Family family, String name) {
        int colon = name.indexOf(':');
        String module = name.substring(0, Math.max(colon, 0));
        String inBtf = family.prefix + name.substring(colon + 1);
        return switch (module) {
            case "" -> kernel.find(inBtf, family.kind);
            case "vmlinux" -> kernel.findInKernel(inBtf, family.kind);
            default -> kernel.findIn(module, inBtf, family.kind);
        };
    }
}
