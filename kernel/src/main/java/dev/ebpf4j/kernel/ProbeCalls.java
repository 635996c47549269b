package dev.ebpf4j.kernel;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.ebpf4j.error.Errno;
import dev.ebpf4j.insn.Slots;
import dev.ebpf4j.spec.MapType;
import dev.ebpf4j.spec.ProgramType;
import dev.ebpf4j.sys.BpfAttr;
import dev.ebpf4j.sys.BpfAttr.ProgLoad;
import dev.ebpf4j.sys.Sys;
import dev.ebpf4j.sys.Uapi;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.function.BooleanSupplier;

/**
 * The smallest requests to a kernel, of which probes are made. Each answers a descriptor, which the caller closes, or
 * {@code -errno}.
 */
final class ProbeCalls {
    static final long RETURN = Slots.of(0x95, 0, 0, 0, 0);
    static final long RESULT_ZERO = Slots.of(0xb7, 0, 0, 0, 0);
    static final int VALUE_BYTES = 32;

    private static final int CALL = 0x85;
    /** {@code BPF_F_TOKEN_FD}, the same bit for maps, programs and type information. */
    private static final int TOKEN_FD = 1 << 16;

    private final Sys sys;
    private final int token;
    private final BooleanSupplier makeRoom;

    /**
     * @param token descriptor of a BPF token that gives the right to ask, 0 for none
     * @param makeRoom tries to lift the limit of locked memory after EPERM; says whether to ask once more
     */
    ProbeCalls(Sys sys, int token, BooleanSupplier makeRoom) {
        this.sys = sys;
        this.token = token;
        this.makeRoom = makeRoom;
    }

    Sys sys() {
        return sys;
    }

    /** Loads a program of a few instructions under the licence GPL. */
    long program(ProgramType type, int attachType, long... code) {
        try (Arena arena = Arena.ofConfined()) {
            return load(programAttr(arena, type, attachType, code));
        }
    }

    /** The arguments for a program of a few instructions; more may be added before {@link #load}. */
    MemorySegment programAttr(Arena arena, ProgramType type, int attachType, long... code) {
        MemorySegment attr = arena.allocate(ProgLoad.BYTES, Long.BYTES);
        attr.set(JAVA_INT, ProgLoad.PROG_TYPE, type.number());
        attr.set(JAVA_INT, ProgLoad.EXPECTED_ATTACH_TYPE, attachType);
        attr.set(JAVA_INT, ProgLoad.INSN_CNT, code.length);
        attr.set(JAVA_LONG, ProgLoad.INSNS, arena.allocateFrom(JAVA_LONG, code).address());
        attr.set(JAVA_LONG, ProgLoad.LICENSE, arena.allocateFrom("GPL").address());
        if (token != 0) {
            attr.set(JAVA_INT, ProgLoad.PROG_FLAGS, TOKEN_FD);
            attr.set(JAVA_INT, ProgLoad.PROG_TOKEN_FD, token);
        }
        return attr;
    }

    long load(MemorySegment attr) {
        return bpf(Uapi.Cmd.BPF_PROG_LOAD, attr, ProgLoad.BYTES);
    }

    /** Creates an array of one value of {@link #VALUE_BYTES}. */
    long array(int flags) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment attr = arena.allocate(BpfAttr.MapCreate.BYTES, Long.BYTES);
            attr.set(JAVA_INT, BpfAttr.MapCreate.MAP_TYPE, MapType.ARRAY.number());
            attr.set(JAVA_INT, BpfAttr.MapCreate.KEY_SIZE, Integer.BYTES);
            attr.set(JAVA_INT, BpfAttr.MapCreate.VALUE_SIZE, VALUE_BYTES);
            attr.set(JAVA_INT, BpfAttr.MapCreate.MAX_ENTRIES, 1);
            attr.set(JAVA_INT, BpfAttr.MapCreate.MAP_FLAGS, token == 0 ? flags : flags | TOKEN_FD);
            attr.set(JAVA_INT, BpfAttr.MapCreate.MAP_TOKEN_FD, token);
            return bpf(Uapi.Cmd.BPF_MAP_CREATE, attr, BpfAttr.MapCreate.BYTES);
        }
    }

    /** Loads type information. */
    long btf(byte[] bytes) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment attr = arena.allocate(BpfAttr.BtfLoad.BYTES, Long.BYTES);
            attr.set(
                    JAVA_LONG,
                    BpfAttr.BtfLoad.BTF,
                    arena.allocateFrom(JAVA_BYTE, bytes).address());
            attr.set(JAVA_INT, BpfAttr.BtfLoad.BTF_SIZE, bytes.length);
            if (token != 0) {
                attr.set(JAVA_INT, BpfAttr.BtfLoad.BTF_FLAGS, TOKEN_FD);
                attr.set(JAVA_INT, BpfAttr.BtfLoad.BTF_TOKEN_FD, token);
            }
            return bpf(Uapi.Cmd.BPF_BTF_LOAD, attr, BpfAttr.BtfLoad.BYTES);
        }
    }

    long bpf(int command, MemorySegment attr, int size) {
        long result = sys.bpf(command, attr, size);
        return result == -Errno.EPERM && makeRoom.getAsBoolean() ? sys.bpf(command, attr, size) : result;
    }

    /** A call of a helper. */
    static long call(int helper) {
        return Slots.of(CALL, 0, 0, 0, helper);
    }

    /** The two slots of a load of an address {@code offset} bytes into the first value of a map. */
    static long[] mapValue(int register, int mapFd, int offset) {
        return new long[] {Slots.of(Slots.LOAD_IMM64, register, 2, 0, mapFd), Slots.of(0, 0, 0, 0, offset)};
    }

    /** The text that the kernel left in a buffer. */
    static String text(MemorySegment buffer) {
        byte[] bytes = buffer.toArray(JAVA_BYTE);
        int end = 0;
        while (end < bytes.length && bytes[end] != 0) {
            end++;
        }
        return new String(bytes, 0, end, US_ASCII);
    }
}
