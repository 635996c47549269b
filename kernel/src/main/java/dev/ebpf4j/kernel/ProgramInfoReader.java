package dev.ebpf4j.kernel;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.ebpf4j.btf.Btf;
import dev.ebpf4j.error.BpfException;
import dev.ebpf4j.insn.Code;
import dev.ebpf4j.kernel.ProgramDump.Function;
import dev.ebpf4j.kernel.ProgramDump.Line;
import dev.ebpf4j.kernel.ProgramDump.MachineCode;
import dev.ebpf4j.spec.Bytes;
import dev.ebpf4j.spec.ProgramType;
import dev.ebpf4j.sys.BpfObjects;
import dev.ebpf4j.sys.Sys;
import dev.ebpf4j.sys.UapiStruct.ProgInfo;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads {@code struct bpf_prog_info}: once for the sizes of its arrays, and once more with room for those that are wanted. */
final class ProgramInfoReader {
    private static final int FUNC_INFO_BYTES = 8;
    private static final int LINE_INFO_BYTES = 16;
    private static final int COLUMN_BITS = 10;

    private final Sys sys;
    private final int fd;
    private final String program;
    private final Arena arena;
    private final MemorySegment info;

    private ProgramInfoReader(Sys sys, int fd, String program, Arena arena) {
        this.sys = sys;
        this.fd = fd;
        this.program = program;
        this.arena = arena;
        this.info = arena.allocate(ProgInfo.BYTES, Long.BYTES);
        ask();
    }

    static ProgramInfo info(Sys sys, int fd, String program) {
        try (Arena arena = Arena.ofConfined()) {
            return new ProgramInfoReader(sys, fd, program, arena).info();
        }
    }

    static ProgramDump dump(Sys sys, int fd, String program, @Nullable Btf types, Kallsyms symbols) {
        try (Arena arena = Arena.ofConfined()) {
            return new ProgramInfoReader(sys, fd, program, arena).dump(types, symbols);
        }
    }

    private void ask() {
        BpfException.checked(BpfObjects.info(sys, fd, info), "read the info of program '" + program + "'");
    }

    private int get(int field) {
        return info.get(JAVA_INT, field);
    }

    /** An array of the answer: where its address and its count or length stand, and the bytes of one element. */
    private record Part(int address, int count, int elementBytes) {
        static final Part MAPS = new Part(ProgInfo.MAP_IDS, ProgInfo.NR_MAP_IDS, Integer.BYTES);
        static final Part XLATED = new Part(ProgInfo.XLATED_PROG_INSNS, ProgInfo.XLATED_PROG_LEN, 1);
        static final Part JITED = new Part(ProgInfo.JITED_PROG_INSNS, ProgInfo.JITED_PROG_LEN, 1);
        static final Part JITED_AT = new Part(ProgInfo.JITED_KSYMS, ProgInfo.NR_JITED_KSYMS, Long.BYTES);
        static final Part JITED_LENGTHS =
                new Part(ProgInfo.JITED_FUNC_LENS, ProgInfo.NR_JITED_FUNC_LENS, Integer.BYTES);
        static final Part FUNCTIONS = new Part(ProgInfo.FUNC_INFO, ProgInfo.NR_FUNC_INFO, FUNC_INFO_BYTES);
        static final Part LINES = new Part(ProgInfo.LINE_INFO, ProgInfo.NR_LINE_INFO, LINE_INFO_BYTES);
    }

    /** Asks for arrays, in room for as many elements as the first answer said there are. */
    private List<MemorySegment> arrays(Part... parts) {
        int[] counts = Arrays.stream(parts).mapToInt(part -> get(part.count())).toArray();
        List<MemorySegment> arrays = new ArrayList<>();
        info.fill((byte) 0);
        for (int i = 0; i < parts.length; i++) {
            long bytes = Integer.toUnsignedLong(counts[i]) * parts[i].elementBytes();
            MemorySegment array = arena.allocate(bytes, Long.BYTES);
            arrays.add(array);
            if (bytes > 0) {
                info.set(JAVA_INT, parts[i].count(), counts[i]);
                info.set(JAVA_LONG, parts[i].address(), array.address());
            }
        }
        if (Arrays.asList(parts).contains(Part.FUNCTIONS)) {
            info.set(JAVA_INT, ProgInfo.FUNC_INFO_REC_SIZE, FUNC_INFO_BYTES);
            info.set(JAVA_INT, ProgInfo.LINE_INFO_REC_SIZE, LINE_INFO_BYTES);
        }
        ask();
        return arrays;
    }

    /** An array as it was filled; empty if the kernel does not show it to this process. */
    private MemorySegment filled(MemorySegment array, Part part) {
        if (info.get(JAVA_LONG, part.address()) == 0) {
            return array.asSlice(0, 0);
        }
        long bytes = Integer.toUnsignedLong(get(part.count())) * part.elementBytes();
        return array.asSlice(0, Math.min(bytes, array.byteSize()));
    }

    private ProgramInfo info() {
        List<MemorySegment> arrays = arrays(Part.MAPS, Part.XLATED);
        return new ProgramInfo(
                get(ProgInfo.ID),
                ProgramType.of(get(ProgInfo.TYPE)),
                info.getString(ProgInfo.NAME),
                HexFormat.of().formatHex(info.asSlice(ProgInfo.TAG, Long.BYTES).toArray(JAVA_BYTE)),
                (get(ProgInfo.GPL_COMPATIBLE_BIT / Byte.SIZE) & 1) != 0,
                get(ProgInfo.CREATED_BY_UID),
                info.get(JAVA_LONG, ProgInfo.LOAD_TIME),
                get(ProgInfo.XLATED_PROG_LEN),
                get(ProgInfo.JITED_PROG_LEN),
                get(ProgInfo.VERIFIED_INSNS),
                Arrays.stream(filled(arrays.getFirst(), Part.MAPS).toArray(JAVA_INT))
                        .boxed()
                        .toList(),
                get(ProgInfo.BTF_ID),
                new ProgramInfo.AttachType(get(ProgInfo.ATTACH_BTF_OBJ_ID), get(ProgInfo.ATTACH_BTF_ID)),
                new ProgramInfo.Runs(
                        info.get(JAVA_LONG, ProgInfo.RUN_CNT),
                        info.get(JAVA_LONG, ProgInfo.RUN_TIME_NS),
                        info.get(JAVA_LONG, ProgInfo.RECURSION_MISSES)),
                code(filled(arrays.getLast(), Part.XLATED)));
    }

    private static Code code(MemorySegment bytes) {
        return Code.of(bytes.toArray(JAVA_BYTE), ByteOrder.nativeOrder());
    }

    private ProgramDump dump(@Nullable Btf types, Kallsyms symbols) {
        Part[] parts = {Part.XLATED, Part.JITED, Part.JITED_AT, Part.JITED_LENGTHS, Part.FUNCTIONS, Part.LINES};
        List<MemorySegment> arrays = arrays(parts);
        for (int i = 0; i < parts.length; i++) {
            arrays.set(i, filled(arrays.get(i), parts[i]));
        }
        Code xlated = code(arrays.get(0));
        return new ProgramDump(
                xlated,
                functions(arrays.get(4), types),
                lines(arrays.get(5), types),
                XlatedCode.calls(xlated, symbols),
                machineCode(arrays.get(1), arrays.get(2), arrays.get(3)));
    }

    private static List<Function> functions(MemorySegment records, @Nullable Btf types) {
        List<Function> functions = new ArrayList<>();
        for (long at = 0; at < records.byteSize(); at += FUNC_INFO_BYTES) {
            int typeId = records.get(JAVA_INT, at + 4);
            String name = types == null ? "" : types.name(typeId);
            functions.add(new Function(records.get(JAVA_INT, at), typeId, name));
        }
        return functions;
    }

    private static List<Line> lines(MemorySegment records, @Nullable Btf types) {
        List<Line> lines = new ArrayList<>();
        for (long at = 0; at < records.byteSize(); at += LINE_INFO_BYTES) {
            int place = records.get(JAVA_INT, at + 12);
            lines.add(new Line(
                    records.get(JAVA_INT, at),
                    types == null ? "" : types.string(records.get(JAVA_INT, at + 4)),
                    types == null
                            ? ""
                            : types.string(records.get(JAVA_INT, at + 8)).strip(),
                    place >>> COLUMN_BITS,
                    place & (1 << COLUMN_BITS) - 1));
        }
        return lines;
    }

    /** The functions stand one after the other in {@code code}. */
    private static List<MachineCode> machineCode(MemorySegment code, MemorySegment at, MemorySegment lengths) {
        List<MachineCode> functions = new ArrayList<>();
        long start = 0;
        for (long i = 0; i < lengths.byteSize() / Integer.BYTES; i++) {
            long length = Integer.toUnsignedLong(lengths.getAtIndex(JAVA_INT, i));
            if (start + length > code.byteSize()) {
                break;
            }
            long address = i < at.byteSize() / Long.BYTES ? at.getAtIndex(JAVA_LONG, i) : 0;
            functions.add(new MachineCode(
                    address, Bytes.of(code.asSlice(start, length).toArray(JAVA_BYTE))));
            start += length;
        }
        return functions;
    }
}
