package dev.ebpf4j.insn;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ebpf4j.insn.Insn.CallHelper;
import dev.ebpf4j.insn.Insn.CallKfunc;
import dev.ebpf4j.insn.Insn.CallSubprogram;
import dev.ebpf4j.insn.Insn.Goto;
import dev.ebpf4j.insn.Insn.GotoIndirect;
import dev.ebpf4j.insn.Insn.LoadAcquire;
import dev.ebpf4j.insn.Insn.LoadImm64;
import dev.ebpf4j.insn.Insn.PacketInd;
import dev.ebpf4j.insn.Insn.Raw;
import dev.ebpf4j.insn.Insn.StoreRelease;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Our text against LLVM's: its disassembler must say the same, and its assembler must make the same bytes of ours. */
class LlvmTextTest {
    private static final int RANDOM_INSNS = 20_000;

    private static final Pattern LINE = Pattern.compile("\\s*(\\d+):\\s+(.*?)\\s*(<\\.text.*>)?");
    private static final Pattern HEX = Pattern.compile("(-?)0x([0-9a-f]+)");
    private static final Pattern ENCODING = Pattern.compile("encoding: \\[([^\\]]*)\\]");

    @TempDir
    Path folder;

    @Test
    void conformanceProgramsReadAsLlvmReadsThem() throws IOException {
        Llvm objdump = Llvm.find("llvm-objdump");
        Code code = Code.concat(
                Conformance.programs().stream().map(Conformance.Program::code).toList());
        assertEquals(code.insns().size(), compare(objdump, code));
    }

    @Test
    void randomInstructionsReadAsLlvmReadsThem() throws IOException {
        Llvm objdump = Llvm.find("llvm-objdump");
        RandomInsns random = new RandomInsns(6);
        List<Insn> insns = Stream.generate(random::next)
                .limit(RANDOM_INSNS)
                .filter(insn -> knows(objdump, insn))
                .toList();
        assertEquals(insns.size(), compare(objdump, Code.of(insns)));
    }

    /** LLVM ignores most reserved fields, so it may read what we keep raw; never the other way round. */
    @Test
    void everyOpcodeWithTypicalFieldsReadsAsLlvmReadsIt() throws IOException {
        Llvm objdump = Llvm.find("llvm-objdump");
        List<Long> slots = new ArrayList<>();
        for (int opcode = 0; opcode < 256; opcode++) {
            for (int src : new int[] {0, 2}) {
                for (int off : new int[] {0, 1, 8, 16, 32, -2}) {
                    for (int imm : new int[] {0, 1, 16, 32, 64, 0xe1, -7}) {
                        slots.add(Slots.of(opcode, 0, src, off, imm));
                        slots.add(Slots.of(opcode, 3, src, off, imm));
                    }
                }
            }
        }
        slots.removeIf(Slots::isLoadImm64);
        slots.removeIf(slot -> !knows(objdump, Code.of(slot).insn(0)));
        Code code = Code.of(slots.stream().mapToLong(Long::longValue).toArray());
        assertTrue(compare(objdump, code) > 2000);
    }

    @Test
    void llvmAssemblesOurTextToTheSameBytes() throws IOException {
        Llvm mc = Llvm.find("llvm-mc");
        RandomInsns random = new RandomInsns(7);
        List<Insn> insns = Stream.generate(random::next)
                .limit(RANDOM_INSNS)
                .filter(insn -> knows(mc, insn) && hasLlvmSyntax(insn))
                .toList();
        Path source = Files.writeString(
                folder.resolve("in.s"),
                insns.stream().map(Disassembler::text).collect(Collectors.joining("\n", "", "\n")));
        List<String> encodings = mc.lines("-triple=bpfel", "-mcpu=v4", "--show-encoding", source.toString()).stream()
                .map(ENCODING::matcher)
                .filter(Matcher::find)
                .map(found -> found.group(1).replace("0x", "").replace(",", ""))
                .toList();
        assertEquals(insns.size(), encodings.size());
        for (int i = 0; i < insns.size(); i++) {
            Insn insn = insns.get(i);
            String ours = HexFormat.of().formatHex(InsnCodec.encode(insn).toBytes(ByteOrder.LITTLE_ENDIAN));
            assertEquals(ours, encodings.get(i), () -> Disassembler.text(insn));
        }
    }

    /** Compares every instruction that is not raw; returns how many that were. */
    private int compare(Llvm objdump, Code code) throws IOException {
        Path object = Files.write(folder.resolve("code.o"), elf(code));
        Map<Integer, String> theirs = new TreeMap<>();
        for (String line : objdump.lines("-d", "--mcpu=v4", "--no-show-raw-insn", object.toString())) {
            Matcher matcher = LINE.matcher(line);
            if (matcher.matches()) {
                theirs.put(Integer.valueOf(matcher.group(1)), normal(matcher.group(2)));
            }
        }
        int compared = 0;
        int slot = 0;
        for (Insn insn : code.insns()) {
            int at = slot;
            if (!(insn instanceof Raw)) {
                assertEquals(normal(inLlvmWords(insn)), theirs.get(slot), () -> "slot " + at + ": " + insn);
                compared++;
            }
            slot += insn.slots();
        }
        assertFalse(theirs.containsKey(slot), "LLVM sees more instructions");
        return compared;
    }

    private static boolean knows(Llvm llvm, Insn insn) {
        return switch (insn) {
            case LoadAcquire _, StoreRelease _ -> llvm.version() >= 20;
            case GotoIndirect _ -> llvm.version() >= 22;
            default -> true;
        };
    }

    /** What bpftool and the verifier name, LLVM prints as numbers; and it forgets the offset of an indirect packet load. */
    private static String inLlvmWords(Insn insn) {
        return switch (insn) {
            case CallHelper i -> "call " + i.id();
            case CallSubprogram i -> "call " + i.delta();
            case CallKfunc i -> "call " + i.btfId();
            case LoadImm64 i
            when i.kind() != LoadImm64.Kind.CONSTANT ->
                "ld_pseudo " + i.dst() + ", " + i.kind().number() + ", " + Integer.toUnsignedString(i.low());
            case PacketInd i -> Disassembler.text(i).replaceFirst(" [+-] \\d+]", "]");
            default -> Disassembler.text(insn);
        };
    }

    private static boolean hasLlvmSyntax(Insn insn) {
        return switch (insn) {
            case CallHelper _, CallSubprogram _, CallKfunc _, PacketInd _ -> false;
            case LoadImm64 i -> i.kind() == LoadImm64.Kind.CONSTANT;
            case Goto i -> i.delta() == (short) i.delta(); // its assembler refuses longer numbers even for gotol
            default -> true;
        };
    }

    /** One spelling: decimal numbers, single spaces, and r for the w of a narrow load or store. */
    private static String normal(String text) {
        String decimal = HEX.matcher(text.replaceAll("\\s+", " ")).replaceAll(LlvmTextTest::decimal);
        boolean plainMemory = decimal.contains("*(u") && !decimal.startsWith("lock");
        return plainMemory ? decimal.replaceAll("\\bw(\\d)", "r$1") : decimal;
    }

    private static String decimal(MatchResult hex) {
        long value = Long.parseUnsignedLong(hex.group(2), 16);
        return Long.toString(hex.group(1).isEmpty() ? value : -value);
    }

    /** The smallest relocatable object that holds the code: a null section, .text, and the section names. */
    private static byte[] elf(Code code) {
        byte[] names = "\0.text\0.shstrtab\0".getBytes(StandardCharsets.US_ASCII);
        byte[] text = code.toBytes(ByteOrder.LITTLE_ENDIAN);
        int headers = 64 + text.length + 24;
        ByteBuffer out = ByteBuffer.allocate(headers + 3 * 64).order(ByteOrder.LITTLE_ENDIAN);
        out.put(new byte[] {0x7f, 'E', 'L', 'F', 2, 1, 1}).position(16);
        out.putShort((short) 1).putShort((short) 247).putInt(1).putLong(0).putLong(0);
        out.putLong(headers).putInt(0).putShort((short) 64).putInt(0);
        out.putShort((short) 64).putShort((short) 3).putShort((short) 2);
        out.put(text).put(names).position(headers + 64);
        section(out, 1, 1, 6, 64, text.length);
        section(out, 7, 3, 0, 64 + text.length, names.length);
        return out.array();
    }

    private static void section(ByteBuffer out, int name, int type, long flags, long offset, long size) {
        out.putInt(name).putInt(type).putLong(flags).putLong(0).putLong(offset).putLong(size);
        out.putLong(0).putLong(8).putLong(0);
    }
}
