package dev.ebpf4j.plan;

import dev.ebpf4j.btf.Btf;
import dev.ebpf4j.btf.BtfBuilder;
import dev.ebpf4j.btf.BtfKind;
import dev.ebpf4j.btf.BtfLinkage;
import dev.ebpf4j.btf.BtfType;
import dev.ebpf4j.link.LinkedObject;
import dev.ebpf4j.link.LinkedProgram;
import dev.ebpf4j.link.LinkedProgram.FunctionStart;
import dev.ebpf4j.spec.ProgramType;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Arguments of global functions that the source marks as the program's context ({@code __arg_ctx}, a declaration tag
 * {@code arg:ctx}). Kernels that don't know the tag take an argument for the context by the name of its type, which each
 * type of program has its own of; so each program that uses such a function gets a copy of its prototype with that type:
 *
 * <pre>
 *   int f(void *ctx)   in a program of type XDP becomes   int f(struct xdp_md *ctx)
 * </pre>
 */
final class ContextArguments {
    private static final String TAG = "arg:ctx";
    private static final String KPROBE_CONTEXT = "bpf_user_pt_regs_t";

    /** What {@code bpf_user_pt_regs_t} stands for on one processor or another. */
    private static final Set<String> REGISTERS = Set.of("pt_regs", "user_pt_regs", "user_regs_struct");

    private final Btf btf;
    private final BtfBuilder builder;
    private final List<BtfType.DeclTag> tags;

    private ContextArguments(Btf btf, List<BtfType.DeclTag> tags) {
        this.btf = btf;
        this.builder = BtfBuilder.of(btf);
        this.tags = tags;
    }

    /** Returns the object as a kernel takes it that may lack the tag; it is asked only if the tag is used. */
    static LinkedObject fit(LinkedObject object, Degradations features) {
        Btf btf = object.spec().btf();
        List<BtfType.DeclTag> tags = btf == null ? List.of() : tags(btf);
        if (btf == null
                || tags.isEmpty()
                || !features.lacks(Feature.ARG_CTX_TAG, "functions get the type of their context by name")) {
            return object;
        }
        ContextArguments fitter = new ContextArguments(btf, tags);
        List<LinkedProgram> programs =
                object.programs().stream().map(fitter::fit).toList();
        return new LinkedObject(
                object.spec().toBuilder().btf(fitter.builder.build()).build(),
                object.maps(),
                object.variables(),
                programs,
                object.structOps());
    }

    private static List<BtfType.DeclTag> tags(Btf btf) {
        List<BtfType.DeclTag> tags = new ArrayList<>();
        for (int id = btf.firstOwnId(); id < btf.typeCount(); id++) {
            if (btf.kind(id) == BtfKind.DECL_TAG
                    && btf.type(id) instanceof BtfType.DeclTag tag
                    && tag.name().equals(TAG)) {
                tags.add(tag);
            }
        }
        return tags;
    }

    private LinkedProgram fit(LinkedProgram program) {
        ProgramType type = program.spec().type();
        String context = context(type);
        if (context == null) {
            return program;
        }
        Map<Integer, List<BtfType.DeclTag>> wrong = new LinkedHashMap<>();
        for (BtfType.DeclTag tag : tags) {
            boolean used = program.functions().stream().anyMatch(start -> start.typeId() == tag.typeId());
            if (used && isWrong(tag, type, context)) {
                wrong.computeIfAbsent(tag.typeId(), function -> new ArrayList<>())
                        .add(tag);
            }
        }
        return wrong.isEmpty() ? program : withCopies(program, context, wrong);
    }

    private LinkedProgram withCopies(LinkedProgram program, String context, Map<Integer, List<BtfType.DeclTag>> wrong) {
        int pointer = builder.add(new BtfType.Ptr(builder.add(new BtfType.Struct(context, 0, List.of()))));
        Map<Integer, Integer> copies = new LinkedHashMap<>();
        wrong.forEach((function, arguments) -> copies.put(function, copy(function, arguments, pointer)));
        List<FunctionStart> functions = program.functions().stream()
                .map(start -> new FunctionStart(start.slot(), copies.getOrDefault(start.typeId(), start.typeId())))
                .toList();
        return new LinkedProgram(
                program.spec(),
                program.code(),
                program.relocs(),
                functions,
                program.lines(),
                program.mapUses(),
                program.poisons(),
                program.moduleUses(),
                program.target());
    }

    private int copy(int functionId, List<BtfType.DeclTag> arguments, int pointer) {
        BtfType.Func function = (BtfType.Func) btf.type(functionId);
        BtfType.FuncProto prototype = (BtfType.FuncProto) btf.type(function.typeId());
        List<BtfType.Param> params = new ArrayList<>(prototype.params());
        for (BtfType.DeclTag argument : arguments) {
            params.set(
                    argument.component(),
                    new BtfType.Param(params.get(argument.component()).name(), pointer));
        }
        int proto = builder.add(new BtfType.FuncProto(prototype.returnTypeId(), params));
        int copy = builder.add(new BtfType.Func(function.name(), proto, BtfLinkage.GLOBAL));
        arguments.forEach(argument -> builder.add(new BtfType.DeclTag(TAG, copy, argument.component(), false)));
        return copy;
    }

    private boolean isWrong(BtfType.DeclTag tag, ProgramType type, String context) {
        return btf.type(tag.typeId()) instanceof BtfType.Func function
                && function.linkage() == BtfLinkage.GLOBAL
                && btf.type(function.typeId()) instanceof BtfType.FuncProto prototype
                && tag.component() >= 0
                && tag.component() < prototype.params().size()
                && isOtherPointer(prototype.params().get(tag.component()).typeId(), type, context);
    }

    /** Whether a type is a pointer that stands for the context, but not by the name that old kernels know. */
    private boolean isOtherPointer(int typeId, ProgramType type, String context) {
        if (!(btf.type(btf.resolve(typeId)) instanceof BtfType.Ptr pointer)) {
            return false;
        }
        boolean registers = type == ProgramType.KPROBE || type == ProgramType.PERF_EVENT;
        if (registers
                && unqualified(pointer.typeId()) instanceof BtfType.Typedef alias
                && alias.name().equals(KPROBE_CONTEXT)) {
            return false;
        }
        return switch (btf.type(btf.resolve(pointer.typeId()))) {
            case BtfType.Void nothing -> true;
            case BtfType.Struct struct ->
                !struct.name().equals(context) && registers && REGISTERS.contains(struct.name());
            case BtfType.Int number -> number.size() == Long.BYTES && context.equals("bpf_raw_tracepoint_args");
            default -> false;
        };
    }

    /** The first type behind qualifiers that is none; what is checked before is not nested without end. */
    private BtfType unqualified(int typeId) {
        BtfType type = btf.type(typeId);
        while (type instanceof BtfType.Modifier modifier) {
            type = btf.type(modifier.typeId());
        }
        return type;
    }

    /** The name of the context's struct; null for types of programs whose context has none. Facts of libbpf 1.8. */
    private static @Nullable String context(ProgramType type) {
        return switch (type) {
            case CGROUP_DEVICE -> "bpf_cgroup_dev_ctx";
            case CGROUP_SKB, FLOW_DISSECTOR, LWT_IN, LWT_OUT, LWT_SEG6LOCAL, LWT_XMIT -> "__sk_buff";
            case SCHED_ACT, SCHED_CLS, SK_SKB, SOCKET_FILTER -> "__sk_buff";
            case CGROUP_SOCK -> "bpf_sock";
            case CGROUP_SOCK_ADDR -> "bpf_sock_addr";
            case CGROUP_SOCKOPT -> "bpf_sockopt";
            case CGROUP_SYSCTL -> "bpf_sysctl";
            case KPROBE -> KPROBE_CONTEXT;
            case NETFILTER -> "bpf_nf_ctx";
            case PERF_EVENT -> "bpf_perf_event_data";
            case RAW_TRACEPOINT, RAW_TRACEPOINT_WRITABLE -> "bpf_raw_tracepoint_args";
            case SK_LOOKUP -> "bpf_sk_lookup";
            case SK_MSG -> "sk_msg_md";
            case SK_REUSEPORT -> "sk_reuseport_md";
            case SOCK_OPS -> "bpf_sock_ops";
            case XDP -> "xdp_md";
            case UNSPEC, TRACEPOINT, TRACING, STRUCT_OPS, EXT, LSM, SYSCALL, LIRC_MODE2 -> null;
        };
    }
}
