package dev.ebpf4j.link;

import dev.ebpf4j.btf.Btf;
import dev.ebpf4j.btf.BtfType;
import dev.ebpf4j.link.LinkedProgram.Target;
import dev.ebpf4j.spec.ProgramSpec;
import dev.ebpf4j.spec.ProgramType;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/** Finds the kernel's type for what a program is attached to, where the verifier needs it at load time. */
final class ResolveAttachTargets implements Pass {
    private final LinkInputs inputs;
    private final KernelTypes kernel;

    ResolveAttachTargets(LinkInputs inputs) {
        this.inputs = inputs;
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
        ProgramSpec spec = program.spec();
        if (spec.type() == ProgramType.EXT || spec.attachProgram() != 0) {
            return program.withTarget(inProgram(spec));
        }
        if (isOfMany(spec)) {
            return program.withTarget(ofMany(spec));
        }
        Family family = family(spec);
        return family == null ? program : program.withTarget(target(spec, family));
    }

    /** A program that replaces or traces a function of another one. */
    private Target inProgram(ProgramSpec program) {
        String who = "program '" + program.name() + "' (section '" + program.section() + "')";
        String name = program.attachTo();
        if (program.attachProgram() == 0) {
            throw new LinkException(
                    who + " replaces a function of a program that is loaded, and nothing says of which; use"
                            + " withAttachProgram(id)");
        }
        if (name.isEmpty()) {
            throw new LinkException(who + " names no function of program " + program.attachProgram()
                    + "; write it into the section name or use withAttachTo(…)");
        }
        Btf types = inputs.programTypes(program.attachProgram())
                .orElseThrow(() -> new LinkException(who + ": there is no program " + program.attachProgram()
                        + " with type information, which is needed to find function '" + name + "' in it"));
        OptionalInt id = types.find(name, BtfType.Func.class);
        if (id.isEmpty()) {
            throw new LinkException(who + ": program " + program.attachProgram() + " has no function '" + name + "'"
                    + LinkException.hint(name, KernelTypes.names(types, "", BtfType.Func.class)));
        }
        return new Target(id.getAsInt(), null, Target.NO_MEMBER);
    }

    private static boolean isOfMany(ProgramSpec program) {
        return switch (program.attachType()) {
            case TRACE_FENTRY_MULTI, TRACE_FEXIT_MULTI, TRACE_FSESSION_MULTI -> program.type() == ProgramType.TRACING;
            default -> false;
        };
    }

    /** Functions are chosen when the program is attached; only the module that they are of is told when it is loaded. */
    private Target ofMany(ProgramSpec program) {
        int colon = program.attachTo().indexOf(':');
        if (colon < 0) {
            return Target.NONE;
        }
        String name = program.attachTo().substring(0, colon);
        ModuleBtf module = inputs.modules().stream()
                .filter(each -> each.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new LinkException("program '" + program.name() + "' (section '" + program.section()
                        + "'): this kernel has no module '" + name + "' with type information"));
        return new Target(0, module, Target.NO_MEMBER);
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
