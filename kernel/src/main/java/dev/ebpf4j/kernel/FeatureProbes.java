package dev.ebpf4j.kernel;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.ebpf4j.error.Errno;
import dev.ebpf4j.insn.Helper;
import dev.ebpf4j.insn.Slots;
import dev.ebpf4j.plan.Feature;
import dev.ebpf4j.plan.KernelFeatures;
import dev.ebpf4j.spec.AttachType;
import dev.ebpf4j.spec.MapType;
import dev.ebpf4j.spec.ProgramType;
import dev.ebpf4j.sys.BpfAttr;
import dev.ebpf4j.sys.Fd;
import dev.ebpf4j.sys.Sys;
import dev.ebpf4j.sys.Uapi;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Finds out what a kernel can do by asking for the smallest thing that needs it. What was made is closed at once. Certain
 * answers are kept; where the kernel refused for another reason, the next question tries again.
 */
final class FeatureProbes implements KernelFeatures {
    private static final int MOV64_IMM = 0xb7;
    private static final int STORE_IMM_WORD = 0x62;
    private static final int CALL = 0x85;
    private static final int EXIT = 0x95;
    private static final int PSEUDO_MAP_VALUE = 2;
    private static final int PROBE_VALUE_BYTES = 32;

    private static final long[] RETURN_ZERO = {Slots.of(MOV64_IMM, 0, 0, 0, 0), Slots.of(EXIT, 0, 0, 0, 0)};
    private static final long CALL_GET_ATTACH_COOKIE = Slots.of(CALL, 0, 0, 0, Helper.GET_ATTACH_COOKIE.id());
    private static final String NAME = "ebpf4j_probe";

    private final Sys sys;
    private final Map<Feature, Support> known = new ConcurrentHashMap<>();

    FeatureProbes(Sys sys) {
        this.sys = sys;
    }

    @Override
    public Support support(Feature feature) {
        Support kept = known.get(feature);
        if (kept != null) {
            return kept;
        }
        Support found = verdict(sys, probe(feature));
        if (found != Support.UNKNOWN) {
            known.put(feature, found);
        }
        return found;
    }

    /** Closes what was made. Refusals for want of a right or of room say nothing about the feature. */
    static Support verdict(Sys sys, long result) {
        if (result >= 0) {
            new Fd(sys, result).close();
            return Support.SUPPORTED;
        }
        return switch ((int) -result) {
            case Errno.EINVAL, Errno.E2BIG, Errno.EOPNOTSUPP, 524 -> Support.UNSUPPORTED;
            default -> Support.UNKNOWN;
        };
    }

    /** Answers a descriptor or {@code -errno}. */
    private long probe(Feature feature) {
        return switch (feature) {
            case OBJECT_NAMES -> program(ProgramType.SOCKET_FILTER, 0, NAME, RETURN_ZERO);
            case EXPECTED_ATTACH_TYPE ->
                program(ProgramType.CGROUP_SOCK, AttachType.CGROUP_INET_SOCK_CREATE.number(), "", RETURN_ZERO);
            case BTF,
                    BTF_FUNC,
                    BTF_GLOBAL_FUNC,
                    BTF_DATASEC,
                    BTF_QMARK_DATASEC,
                    BTF_FLOAT,
                    BTF_DECL_TAG,
                    BTF_TYPE_TAG,
                    BTF_ENUM64 -> btf(ProbeBtf.of(feature));
            case GLOBAL_DATA -> globalData();
            case ARRAY_MMAP -> array(Uapi.Flag.BPF_F_MMAPABLE);
            case BPF_COOKIE -> program(ProgramType.TRACEPOINT, 0, "", CALL_GET_ATTACH_COOKIE, RETURN_ZERO[1]);
        };
    }

    private long globalData() {
        long map = array(0);
        if (map < 0) {
            return map;
        }
        try (Fd fd = new Fd(sys, map)) {
            return program(
                    ProgramType.SOCKET_FILTER,
                    0,
                    "",
                    Slots.of(Slots.LOAD_IMM64, 1, PSEUDO_MAP_VALUE, 0, fd.fd()),
                    Slots.of(0, 0, 0, 0, PROBE_VALUE_BYTES / 2),
                    Slots.of(STORE_IMM_WORD, 1, 0, 0, 42),
                    RETURN_ZERO[0],
                    RETURN_ZERO[1]);
        }
    }

    private long array(int flags) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment attr = arena.allocate(BpfAttr.MapCreate.BYTES, Long.BYTES);
            attr.set(JAVA_INT, BpfAttr.MapCreate.MAP_TYPE, MapType.ARRAY.number());
            attr.set(JAVA_INT, BpfAttr.MapCreate.KEY_SIZE, Integer.BYTES);
            attr.set(JAVA_INT, BpfAttr.MapCreate.VALUE_SIZE, PROBE_VALUE_BYTES);
            attr.set(JAVA_INT, BpfAttr.MapCreate.MAX_ENTRIES, 1);
            attr.set(JAVA_INT, BpfAttr.MapCreate.MAP_FLAGS, flags);
            return sys.bpf(Uapi.Cmd.BPF_MAP_CREATE, attr, BpfAttr.MapCreate.BYTES);
        }
    }

    private long btf(byte[] bytes) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment attr = arena.allocate(BpfAttr.BtfLoad.BYTES, Long.BYTES);
            MemorySegment copy = arena.allocate(bytes.length);
            copy.copyFrom(MemorySegment.ofArray(bytes));
            attr.set(JAVA_LONG, BpfAttr.BtfLoad.BTF, copy.address());
            attr.set(JAVA_INT, BpfAttr.BtfLoad.BTF_SIZE, bytes.length);
            return sys.bpf(Uapi.Cmd.BPF_BTF_LOAD, attr, BpfAttr.BtfLoad.BYTES);
        }
    }

    private long program(ProgramType type, int attachType, String name, long... code) {
        return loadProgram(sys, type, attachType, name, code);
    }

    /** Loads a program of a few instructions; answers its descriptor, which the caller closes, or {@code -errno}. */
    static long loadProgram(Sys sys, ProgramType type, int attachType, String name, long... code) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment attr = arena.allocate(BpfAttr.ProgLoad.BYTES, Long.BYTES);
            attr.set(JAVA_INT, BpfAttr.ProgLoad.PROG_TYPE, type.number());
            attr.set(JAVA_INT, BpfAttr.ProgLoad.EXPECTED_ATTACH_TYPE, attachType);
            attr.set(JAVA_INT, BpfAttr.ProgLoad.INSN_CNT, code.length);
            attr.set(
                    JAVA_LONG,
                    BpfAttr.ProgLoad.INSNS,
                    arena.allocateFrom(JAVA_LONG, code).address());
            attr.set(
                    JAVA_LONG,
                    BpfAttr.ProgLoad.LICENSE,
                    arena.allocateFrom("GPL").address());
            attr.setString(BpfAttr.ProgLoad.PROG_NAME, name);
            return sys.bpf(Uapi.Cmd.BPF_PROG_LOAD, attr, BpfAttr.ProgLoad.BYTES);
        }
    }
}
