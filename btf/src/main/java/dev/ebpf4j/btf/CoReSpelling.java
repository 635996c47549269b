package dev.ebpf4j.btf;

/** Types and paths as a C programmer writes them. */
final class CoReSpelling {
    private CoReSpelling() {}

    /** Such as {@code struct task_struct}. */
    static String type(Btf btf, int id) {
        String name = btf.name(id);
        String known = name.isEmpty() ? "(anonymous)" : name;
        return switch (btf.kind(id)) {
            case VOID -> "void";
            case STRUCT -> "struct " + known;
            case UNION -> "union " + known;
            case ENUM, ENUM64 -> "enum " + known;
            case FWD -> (btf.type(id) instanceof BtfType.Fwd fwd && fwd.union() ? "union " : "struct ") + known;
            default -> name.isEmpty() ? btf.kind(id) + " (anonymous)" : name;
        };
    }

    /** Such as {@code struct task_struct.exit_code}, {@code struct a[1].b[2]} or {@code enum e::VALUE}. */
    static String subject(CoReSpec spec) {
        StringBuilder text = new StringBuilder(type(spec.btf(), spec.rootId()));
        for (int i = 0; i < spec.steps().size(); i++) {
            CoReSpec.Step step = spec.steps().get(i);
            if (!step.isElement()) {
                text.append(spec.btf().kind(step.typeId()).isEnum() ? "::" : ".")
                        .append(step.name());
            } else if (i > 0 || step.index() > 0) {
                text.append('[').append(step.index()).append(']');
            }
        }
        return text.toString();
    }
}
