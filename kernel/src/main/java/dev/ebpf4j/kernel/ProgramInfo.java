package dev.ebpf4j.kernel;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.ebpf4j.error.BpfException;
import dev.ebpf4j.error.Errno;
import dev.ebpf4j.insn.Code;
import dev.ebpf4j.spec.ProgramType;
import dev.ebpf4j.sys.BpfAttr;
import dev.ebpf4j.sys.Sys;
import dev.ebpf4j.sys.Uapi;
import dev.ebpf4j.sys.UapiStruct;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;

/**
 * The kernel's view of a program at one time. Figures that a kernel does not tell are 0.
 *
 * @param id the kernel's number of the program
 * @param type the type
 * @param name name in the kernel, at most 15 characters
 * @param tag hash of the instructions as they were loaded, 16 hexadecimal digits
 * @param xlatedLength length of the instructions as the kernel translated them, in bytes
 * @param jitedLength length of the machine code, in bytes
 * @param loadTime when it was loaded, in nanoseconds after the machine was booted
 * @param mapIds the kernel's numbers of the maps it uses
 * @param btfId the kernel's number of its type information
 * @param runCount how often it ran, while statistics were on
 * @param runTime how long it ran, in nanoseconds, while statistics were on
 * @param verifiedInstructions how many instructions the verifier looked at
 * @param xlated the instructions as the kernel translated them; none without the right to see them
 */
public record ProgramInfo(
        int id,
        ProgramType type,
        String name,
        String tag,
        int xlatedLength,
        int jitedLength,
        long loadTime,
        List<Integer> mapIds,
        int btfId,
        long runCount,
        long runTime,
        int verifiedInstructions,
        Code xlated) {

    /** Asks for sizes first, then for the arrays. */
    static ProgramInfo of(Sys sys, int fd, String program) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment info = arena.allocate(UapiStruct.ProgInfo.BYTES, Long.BYTES);
            ask(sys, fd, program, arena, info);
            int mapCount = info.get(JAVA_INT, UapiStruct.ProgInfo.NR_MAP_IDS);
            int xlatedLength = info.get(JAVA_INT, UapiStruct.ProgInfo.XLATED_PROG_LEN);
            MemorySegment maps = arena.allocate(Math.max(1, mapCount) * (long) Integer.BYTES, Integer.BYTES);
            MemorySegment xlated = arena.allocate(Math.max(1, xlatedLength), Long.BYTES);
            info.fill((byte) 0);
            info.set(JAVA_INT, UapiStruct.ProgInfo.NR_MAP_IDS, mapCount);
            info.set(JAVA_LONG, UapiStruct.ProgInfo.MAP_IDS, maps.address());
            info.set(JAVA_INT, UapiStruct.ProgInfo.XLATED_PROG_LEN, xlatedLength);
            info.set(JAVA_LONG, UapiStruct.ProgInfo.XLATED_PROG_INSNS, xlated.address());
            ask(sys, fd, program, arena, info);
            boolean visible = info.get(JAVA_LONG, UapiStruct.ProgInfo.XLATED_PROG_INSNS) != 0;
            byte[] code = visible ? xlated.asSlice(0, xlatedLength).toArray(JAVA_BYTE) : new byte[0];
            return read(info, maps.toArray(JAVA_INT), Code.of(code, ByteOrder.nativeOrder()));
        }
    }

    private static void ask(Sys sys, int fd, String program, Arena arena, MemorySegment info) {
        MemorySegment attr = arena.allocate(BpfAttr.InfoByFd.BYTES, Long.BYTES);
        attr.set(JAVA_INT, BpfAttr.InfoByFd.BPF_FD, fd);
        attr.set(JAVA_INT, BpfAttr.InfoByFd.INFO_LEN, UapiStruct.ProgInfo.BYTES);
        attr.set(JAVA_LONG, BpfAttr.InfoByFd.INFO, info.address());
        long result = sys.bpf(Uapi.Cmd.BPF_OBJ_GET_INFO_BY_FD, attr, BpfAttr.InfoByFd.BYTES);
        if (result < 0) {
            throw new BpfException("read the info of program '" + program + "'", Errno.of(result));
        }
    }

    private static ProgramInfo read(MemorySegment info, int[] maps, Code xlated) {
        int count = Math.min(maps.length, info.get(JAVA_INT, UapiStruct.ProgInfo.NR_MAP_IDS));
        return new ProgramInfo(
                info.get(JAVA_INT, UapiStruct.ProgInfo.ID),
                ProgramType.of(info.get(JAVA_INT, UapiStruct.ProgInfo.TYPE)),
                info.getString(UapiStruct.ProgInfo.NAME),
                HexFormat.of()
                        .formatHex(info.asSlice(UapiStruct.ProgInfo.TAG, 8).toArray(JAVA_BYTE)),
                info.get(JAVA_INT, UapiStruct.ProgInfo.XLATED_PROG_LEN),
                info.get(JAVA_INT, UapiStruct.ProgInfo.JITED_PROG_LEN),
                info.get(JAVA_LONG, UapiStruct.ProgInfo.LOAD_TIME),
                Arrays.stream(maps, 0, count).boxed().toList(),
                info.get(JAVA_INT, UapiStruct.ProgInfo.BTF_ID),
                info.get(JAVA_LONG, UapiStruct.ProgInfo.RUN_CNT),
                info.get(JAVA_LONG, UapiStruct.ProgInfo.RUN_TIME_NS),
                info.get(JAVA_INT, UapiStruct.ProgInfo.VERIFIED_INSNS),
                xlated);
    }
}
