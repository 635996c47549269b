package dev.ebpf4j.kernel;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.ebpf4j.error.Errno;
import dev.ebpf4j.insn.Helper;
import dev.ebpf4j.insn.Slots;
import dev.ebpf4j.plan.Feature;
import dev.ebpf4j.plan.KernelFeatures;
import dev.ebpf4j.spec.AttachType;
import dev.ebpf4j.spec.ProgramType;
import dev.ebpf4j.sys.BpfAttr;
import dev.ebpf4j.sys.BpfAttr.ProgLoad;
import dev.ebpf4j.sys.Fd;
import dev.ebpf4j.sys.Sys;
import dev.ebpf4j.sys.Uapi;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/**
 * Finds out what a kernel can do by asking for the smallest thing that needs it. What was made is closed at once. Certain
 * answers are kept; where the kernel refused for another reason, the next question tries again.
 */
final class FeatureProbes implements KernelFeatures {
    /** What one request finds out together where the kernel has all of it, as all since 6.9 do. */
    static final Set<Feature> BTF_KINDS = EnumSet.of(
            Feature.BTF,
            Feature.BTF_FUNC,
            Feature.BTF_GLOBAL_FUNC,
            Feature.BTF_DATASEC,
            Feature.BTF_FLOAT,
            Feature.BTF_DECL_TAG,
            Feature.BTF_TYPE_TAG,
            Feature.BTF_ENUM64,
            Feature.BTF_QMARK_DATASEC);

    private static final int MOV64_REG = 0xbf;
    private static final int ADD64_IMM = 0x07;
    private static final int MOV64_IMM = 0xb7;
    private static final int STORE_IMM_WORD = 0x62;
    private static final String NAME = "ebpf4j_probe";

    private final ProbeCalls calls;
    private final Sys sys;
    private final Memlock memlock;
    private final Supplier<Support> syscallWrapper;
    private final Map<Feature, Support> known = new ConcurrentHashMap<>();

    /**
     * @param token descriptor of a BPF token that gives the right to ask, 0 for none; its answers are its own
     * @param memlock the limit to lift where that is what a probe fails for
     * @param syscallWrapper whether system calls enter by wrappers, which is no matter of bpf(2)
     */
    FeatureProbes(Sys sys, int token, Memlock memlock, Supplier<Support> syscallWrapper) {
        this.sys = sys;
        this.calls = new ProbeCalls(sys, token, memlock::raise);
        this.memlock = memlock;
        this.syscallWrapper = syscallWrapper;
    }

    @Override
    public Support support(Feature feature) {
        Support kept = known.get(feature);
        if (kept != null) {
            return kept;
        }
        if (BTF_KINDS.contains(feature) && known.keySet().stream().noneMatch(BTF_KINDS::contains)) {
            probeAllBtf();
        }
        // arguments only grow: a kernel that reads these of a program also reads those that stand before them
        boolean older = feature == Feature.OBJECT_NAMES || feature == Feature.EXPECTED_ATTACH_TYPE;
        if (older && known.get(Feature.BTF_FUNC) == Support.SUPPORTED) {
            keep(feature, Support.SUPPORTED);
        }
        Support found = known.get(feature);
        return found == null ? keep(feature, probe(feature)) : found;
    }

    private Support keep(Feature feature, Support found) {
        if (found != Support.UNKNOWN) {
            known.put(feature, found);
        }
        return found;
    }

    private void probeAllBtf() {
        if (verdict(calls.btf(ProbeBtf.ofAll())) == Support.SUPPORTED) {
            BTF_KINDS.forEach(kind -> keep(kind, Support.SUPPORTED));
        }
    }

    private Support probe(Feature feature) {
        return switch (feature) {
            case OBJECT_NAMES -> named();
            case EXPECTED_ATTACH_TYPE ->
                verdict(program(ProgramType.CGROUP_SOCK, AttachType.CGROUP_INET_SOCK_CREATE.number()));
            case SYSCALL_WRAPPER -> syscallWrapper.get();
            case BTF,
                    BTF_FUNC,
                    BTF_GLOBAL_FUNC,
                    BTF_DATASEC,
                    BTF_QMARK_DATASEC,
                    BTF_FLOAT,
                    BTF_DECL_TAG,
                    BTF_TYPE_TAG,
                    BTF_ENUM64,
                    BTF_LAYOUT -> verdict(calls.btf(ProbeBtf.of(feature)));
            case GLOBAL_DATA -> globalData();
            case ARRAY_MMAP -> verdict(calls.array(Uapi.Flag.BPF_F_MMAPABLE));
            case PROBE_READ_KERNEL -> verdict(calls.program(ProgramType.TRACEPOINT, 0, readKernelMemory()));
            case PROG_BIND_MAP -> bindMap();
            case MODULE_BTF -> moduleBtf();
            case MEMCG_ACCOUNT -> memlock.accountsByGroup();
            case PERF_LINK -> perfLink();
            case BPF_COOKIE -> verdict(program(ProgramType.TRACEPOINT, 0, Helper.GET_ATTACH_COOKIE));
            case UPROBE_MULTI_LINK -> uprobeMulti();
            case ARG_CTX_TAG -> argumentTag();
            case UPROBE_SYSCALL -> expect(sys.uprobe(), Errno.ENXIO);
            case LDIMM64_FULL_RANGE_OFF -> farOffset();
            case SYSCALL_COMMON_ATTRS -> commonAttributes();
        };
    }

    /** Closes what was made. Refusals for want of a right or of room say nothing about the feature. */
    private Support verdict(long result) {
        return verdict(sys, result);
    }

    /** Closes what was made. Refusals for want of a right or of room say nothing about the feature. */
    static Support verdict(Sys sys, long result) {
        if (result >= 0) {
            new Fd(sys, result).close();
            return Support.SUPPORTED;
        }
        return switch ((int) -result) {
            case Errno.EINVAL, Errno.E2BIG, Errno.EOPNOTSUPP, Errno.ENOSYS, 524 -> Support.UNSUPPORTED;
            default -> Support.UNKNOWN;
        };
    }

    /** For requests that can't succeed: a kernel that knows them gets as far as one error. */
    private static Support expect(long result, int errno) {
        return switch ((int) -result) {
            case Errno.EPERM, Errno.EACCES, Errno.ENOMEM -> Support.UNKNOWN;
            default -> result >= 0 || result == -errno ? Support.SUPPORTED : Support.UNSUPPORTED;
        };
    }

    private long program(ProgramType type, int attachType) {
        return calls.program(type, attachType, ProbeCalls.RESULT_ZERO, ProbeCalls.RETURN);
    }

    private long program(ProgramType type, int attachType, Helper helper) {
        return calls.program(type, attachType, ProbeCalls.call(helper.id()), ProbeCalls.RETURN);
    }

    private Support named() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment attr =
                    calls.programAttr(arena, ProgramType.SOCKET_FILTER, 0, ProbeCalls.RESULT_ZERO, ProbeCalls.RETURN);
            attr.setString(ProgLoad.PROG_NAME, NAME);
            return verdict(calls.load(attr));
        }
    }

    /** Two answers in one: the map of variables may be one that can be mapped. */
    private Support globalData() {
        long map = calls.array(Uapi.Flag.BPF_F_MMAPABLE);
        if (map >= 0) {
            keep(Feature.ARRAY_MMAP, Support.SUPPORTED);
        } else {
            keep(Feature.ARRAY_MMAP, verdict(map));
            map = calls.array(0);
        }
        if (map < 0) {
            return verdict(map);
        }
        try (Fd fd = new Fd(sys, map)) {
            long[] address = ProbeCalls.mapValue(1, fd.fd(), ProbeCalls.VALUE_BYTES / 2);
            return verdict(calls.program(
                    ProgramType.SOCKET_FILTER,
                    0,
                    address[0],
                    address[1],
                    Slots.of(STORE_IMM_WORD, 1, 0, 0, 42),
                    ProbeCalls.RESULT_ZERO,
                    ProbeCalls.RETURN));
        }
    }

    private static long[] readKernelMemory() {
        return new long[] {
            Slots.of(MOV64_REG, 1, 10, 0, 0),
            Slots.of(ADD64_IMM, 1, 0, 0, -8),
            Slots.of(MOV64_IMM, 2, 0, 0, 8),
            Slots.of(MOV64_IMM, 3, 0, 0, 0),
            ProbeCalls.call(Helper.PROBE_READ_KERNEL.id()),
            ProbeCalls.RETURN
        };
    }

    /** No program and no map: a kernel that knows the command looks for them first. */
    private Support bindMap() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment attr = arena.allocate(BpfAttr.ProgBindMap.BYTES, Long.BYTES);
            attr.set(JAVA_INT, BpfAttr.ProgBindMap.PROG_FD, -1);
            attr.set(JAVA_INT, BpfAttr.ProgBindMap.MAP_FD, -1);
            return expect(calls.bpf(Uapi.Cmd.BPF_PROG_BIND_MAP, attr, BpfAttr.ProgBindMap.BYTES), Errno.EBADF);
        }
    }

    /** Kernels that know the types of modules tell the name of type information, which is the module's. */
    private Support moduleBtf() {
        long btf = calls.btf(ProbeBtf.of(Feature.BTF));
        if (btf < 0) {
            return verdict(btf);
        }
        try (Fd fd = new Fd(sys, btf);
                Arena arena = Arena.ofConfined()) {
            MemorySegment info = arena.allocate(ModuleInfo.BYTES, Long.BYTES);
            info.set(JAVA_LONG, ModuleInfo.NAME, arena.allocate(16).address());
            info.set(JAVA_INT, ModuleInfo.NAME_LEN, 16);
            MemorySegment attr = arena.allocate(BpfAttr.InfoByFd.BYTES, Long.BYTES);
            attr.set(JAVA_INT, BpfAttr.InfoByFd.BPF_FD, fd.fd());
            attr.set(JAVA_INT, BpfAttr.InfoByFd.INFO_LEN, ModuleInfo.BYTES);
            attr.set(JAVA_LONG, BpfAttr.InfoByFd.INFO, info.address());
            return expect(calls.bpf(Uapi.Cmd.BPF_OBJ_GET_INFO_BY_FD, attr, BpfAttr.InfoByFd.BYTES), 0);
        }
    }

    /** {@code struct bpf_btf_info}: address and size of the BTF, its id, then address and size of its name. */
    private static final class ModuleInfo {
        static final int NAME = 16;
        static final int NAME_LEN = 24;
        static final int BYTES = 32;
    }

    private Support perfLink() {
        long program = program(ProgramType.TRACEPOINT, 0);
        if (program < 0) {
            return verdict(program);
        }
        try (Fd fd = new Fd(sys, program);
                Arena arena = Arena.ofConfined()) {
            MemorySegment attr = link(arena, fd, AttachType.PERF_EVENT);
            return expect(closed(calls.bpf(Uapi.Cmd.BPF_LINK_CREATE, attr, BpfAttr.LinkCreate.BYTES)), Errno.EBADF);
        }
    }

    private static MemorySegment link(Arena arena, Fd program, AttachType type) {
        MemorySegment attr = arena.allocate(BpfAttr.LinkCreate.BYTES, Long.BYTES);
        attr.set(JAVA_INT, BpfAttr.LinkCreate.PROG_FD, program.fd());
        attr.set(JAVA_INT, BpfAttr.LinkCreate.TARGET_FD, -1);
        attr.set(JAVA_INT, BpfAttr.LinkCreate.ATTACH_TYPE, type.number());
        return attr;
    }

    private long closed(long result) {
        if (result >= 0) {
            new Fd(sys, result).close();
        }
        return result;
    }

    /** The first kernels with such links took threads for processes; those that don't refuse a process -1 by itself. */
    private Support uprobeMulti() {
        long program = program(ProgramType.KPROBE, AttachType.TRACE_UPROBE_MULTI.number());
        if (program < 0) {
            return verdict(program);
        }
        try (Fd fd = new Fd(sys, program);
                Arena arena = Arena.ofConfined()) {
            MemorySegment attr = link(arena, fd, AttachType.TRACE_UPROBE_MULTI);
            attr.set(
                    JAVA_LONG,
                    BpfAttr.LinkCreate.UPROBE_MULTI_PATH,
                    arena.allocateFrom("/").address());
            attr.set(
                    JAVA_LONG,
                    BpfAttr.LinkCreate.UPROBE_MULTI_OFFSETS,
                    arena.allocate(JAVA_LONG).address());
            attr.set(JAVA_INT, BpfAttr.LinkCreate.UPROBE_MULTI_CNT, 1);
            Support links =
                    expect(closed(calls.bpf(Uapi.Cmd.BPF_LINK_CREATE, attr, BpfAttr.LinkCreate.BYTES)), Errno.EBADF);
            if (links != Support.SUPPORTED) {
                return links;
            }
            attr.set(JAVA_INT, BpfAttr.LinkCreate.UPROBE_MULTI_PID, -1);
            return expect(closed(calls.bpf(Uapi.Cmd.BPF_LINK_CREATE, attr, BpfAttr.LinkCreate.BYTES)), Errno.EINVAL);
        }
    }

    /** A global function whose argument is the context by its tag alone calls a helper that takes a context. */
    private Support argumentTag() {
        long btf = calls.btf(ProbeBtf.of(Feature.ARG_CTX_TAG));
        if (btf < 0) {
            return verdict(btf);
        }
        try (Fd types = new Fd(sys, btf);
                Arena arena = Arena.ofConfined()) {
            MemorySegment attr = calls.programAttr(
                    arena,
                    ProgramType.KPROBE,
                    0,
                    Slots.of(0x85, 0, 1, 0, 1),
                    ProbeCalls.RETURN,
                    ProbeCalls.call(Helper.GET_FUNC_IP.id()),
                    ProbeCalls.RETURN);
            attr.set(JAVA_INT, ProgLoad.PROG_BTF_FD, types.fd());
            attr.set(JAVA_INT, ProgLoad.FUNC_INFO_REC_SIZE, 8);
            attr.set(
                    JAVA_LONG,
                    ProgLoad.FUNC_INFO,
                    arena.allocateFrom(JAVA_INT, 0, ProbeBtf.MAIN, 2, ProbeBtf.TAGGED)
                            .address());
            attr.set(JAVA_INT, ProgLoad.FUNC_INFO_CNT, 2);
            long result = calls.load(attr);
            return result == -Errno.EACCES ? Support.UNSUPPORTED : verdict(result);
        }
    }

    /** The load fails in any case; older kernels say that the offset as such is too large. */
    private Support farOffset() {
        long map = calls.array(0);
        if (map < 0) {
            return verdict(map);
        }
        try (Fd fd = new Fd(sys, map);
                Arena arena = Arena.ofConfined()) {
            long[] address = ProbeCalls.mapValue(1, fd.fd(), 1 << 30);
            MemorySegment attr =
                    calls.programAttr(arena, ProgramType.SOCKET_FILTER, 0, address[0], address[1], ProbeCalls.RETURN);
            MemorySegment log = arena.allocate(1024);
            attr.set(JAVA_INT, ProgLoad.LOG_LEVEL, 1);
            attr.set(JAVA_INT, ProgLoad.LOG_SIZE, (int) log.byteSize());
            attr.set(JAVA_LONG, ProgLoad.LOG_BUF, log.address());
            long result = calls.load(attr);
            String text = ProbeCalls.text(log);
            if (result >= 0 || text.contains("invalid access to map value pointer")) {
                closed(result);
                return Support.SUPPORTED;
            }
            return text.contains("direct value offset of") ? Support.UNSUPPORTED : Support.UNKNOWN;
        }
    }

    private Support commonAttributes() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment attr = arena.allocate(ProgLoad.BYTES, Long.BYTES);
            long result = closed(sys.bpfCommon(Uapi.Cmd.BPF_PROG_LOAD, attr, ProgLoad.BYTES, null));
            return expect(result, Errno.EFAULT);
        }
    }
}
