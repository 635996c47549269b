package dev.ebpf4j.btf;

import java.util.List;

/** Writes a CO-RE relocation as the C that asks for it, in the macros of {@code bpf/bpf_core_read.h}. */
final class CoReExpression {
    private final CoReKind kind;
    private final CoReSpec spec;

    private CoReExpression(CoReKind kind, CoReSpec spec) {
        this.kind = kind;
        this.spec = spec;
    }

    static String of(CoReRelo relo, Btf btf) {
        return new CoReExpression(relo.kind(), CoReSpec.local(btf, relo)).text();
    }

    private String text() {
        return switch (kind) {
            case FIELD_BYTE_OFFSET -> isPlain() ? "bpf_core_field_offset(" + macroField() : builtin("BYTE_OFFSET");
            case FIELD_BYTE_SIZE -> isPlain() ? "bpf_core_field_size(" + macroField() : builtin("BYTE_SIZE");
            case FIELD_EXISTS -> isPlain() ? "bpf_core_field_exists(" + macroField() : builtin("EXISTS");
            case FIELD_SIGNED -> builtin("SIGNED");
            case FIELD_LSHIFT_U64 -> builtin("LSHIFT_U64");
            case FIELD_RSHIFT_U64 -> builtin("RSHIFT_U64");
            case TYPE_ID_LOCAL -> "bpf_core_type_id_local(" + root() + ")";
            case TYPE_ID_TARGET -> "bpf_core_type_id_kernel(" + root() + ")";
            case TYPE_EXISTS -> "bpf_core_type_exists(" + root() + ")";
            case TYPE_SIZE -> "bpf_core_type_size(" + root() + ")";
            case TYPE_MATCHES -> "bpf_core_type_matches(" + root() + ")";
            case ENUMVAL_EXISTS -> "bpf_core_enum_value_exists(" + enumerator();
            case ENUMVAL_VALUE -> "bpf_core_enum_value(" + enumerator();
        };
    }

    private String root() {
        return CoReSpelling.type(spec.btf(), spec.rootId());
    }

    /** Whether the path begins with a member of the root itself, which is what the short macros take. */
    private boolean isPlain() {
        List<CoReSpec.Step> steps = spec.steps();
        return steps.size() > 1
                && steps.getFirst().index() == 0
                && !steps.get(1).isElement();
    }

    private String macroField() {
        return root() + ", " + path(1).substring(1) + ")";
    }

    private String enumerator() {
        return root() + ", " + spec.last().name() + ")";
    }

    private String builtin(String what) {
        int index = spec.steps().getFirst().index();
        String pointer = "((" + root() + " *)0)";
        String object =
                index == 0 && isPlain() ? pointer + "->" + path(1).substring(1) : pointer + "[" + index + "]" + path(1);
        return "__builtin_preserve_field_info(" + object + ", BPF_FIELD_" + what + ")";
    }

    /** Such as {@code .sock.daddr[3]}. */
    private String path(int from) {
        StringBuilder path = new StringBuilder();
        for (CoReSpec.Step step : spec.steps().subList(from, spec.steps().size())) {
            if (step.isElement()) {
                path.append('[').append(step.index()).append(']');
            } else {
                path.append('.').append(step.name());
            }
        }
        return path.toString();
    }
}
