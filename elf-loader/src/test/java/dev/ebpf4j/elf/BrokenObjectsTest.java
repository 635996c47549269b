package dev.ebpf4j.elf;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ebpf4j.link.LinkException;
import dev.ebpf4j.link.LinkInputs;
import dev.ebpf4j.link.ObjectLinker;
import dev.ebpf4j.spec.FunctionId;
import dev.ebpf4j.spec.ObjectSpec;
import dev.ebpf4j.spec.ProgramSpec;
import dev.ebpf4j.spec.ProgramType;
import dev.ebpf4j.spec.Reloc;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** One bad part spoils only the programs that use it; and what other loaders refuse without need is read. */
class BrokenObjectsTest {
    private static final long WIDE = 0x118;
    private static final long EXIT = 0x95;
    private static final long CALL = 0xffff_ffff_0000_1085L;

    @Test
    void anUndefinedFunctionSpoilsItsCallersOnly() {
        Assumptions.assumeTrue(
                ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN, "the linker takes this machine's byte order only");
        TestElf elf = new TestElf();
        int good = elf.code("xdp", EXIT);
        int bad = elf.code("tc", CALL, EXIT);
        elf.function("good", good, 0, 8);
        elf.function("bad", bad, 0, 16);
        int missing = elf.symbol("memset", ElfSymbol.GLOBAL, ElfSymbol.NOTYPE, 0, 0, 0);
        ObjectSpec object = ElfReader.read(elf.reloc(bad, 0, missing, 10).bytes());
        LinkInputs anyKernel = LinkInputs.of(Optional::empty);
        assertEquals(
                1, ObjectLinker.link(object.only("good"), anyKernel).programs().size());
        LinkException e = assertThrows(LinkException.class, () -> ObjectLinker.link(object.only("bad"), anyKernel));
        assertTrue(e.getMessage().startsWith("program 'bad', instruction 0: "), e.getMessage());
        assertTrue(e.getMessage().contains("undefined symbol 'memset'"), e.getMessage());
    }

    @Test
    void aFunctionThatIsNoWholeInstructionsIsBrokenAlone() {
        TestElf elf = new TestElf();
        int code = elf.code("xdp", EXIT, EXIT, EXIT);
        elf.function("whole", code, 0, 8);
        elf.function("runs_over", code, 8, 16);
        elf.function("inside", code, 16, 8);
        ObjectSpec object = ElfReader.read(elf.bytes());
        assertEquals(List.of(), object.program("whole").entry().relocs());
        assertTrue(reason(object.program("runs_over")).contains("whole instructions that end by byte 16"));
    }

    @Test
    void relocationsInsideAnInstructionAndTwoAtOneAreBroken() {
        TestElf elf = new TestElf();
        int code = elf.code("xdp", WIDE, 0, WIDE, 0, EXIT);
        int data = elf.words(".data", 1);
        elf.function("main", code, 0, 40);
        int variable = elf.object("variable", data, 0, 4);
        List<Reloc> relocs = ElfReader.read(elf.reloc(code, 8, variable, 1)
                        .reloc(code, 16, variable, 1)
                        .reloc(code, 16, variable, 1)
                        .bytes())
                .program("main")
                .entry()
                .relocs();
        assertEquals(new Reloc.DataRef(2, ".data", 0), relocs.get(1));
        assertEquals(
                List.of(1, 2),
                relocs.stream()
                        .filter(Reloc.Broken.class::isInstance)
                        .map(Reloc::slot)
                        .toList());
    }

    @Test
    void variablesOfASectionWithANameOfItsOwnAreFound() {
        TestElf elf = new TestElf();
        int code = elf.code("xdp", WIDE, 0, EXIT);
        int data = elf.words("settings", 1, 2);
        elf.words("unused", 3);
        elf.function("main", code, 0, 24);
        int variable = elf.object("limit", data, 4, 4);
        ObjectSpec object = ElfReader.read(elf.reloc(code, 0, variable, 1).bytes());
        assertEquals(
                List.of(new Reloc.DataRef(0, ".settings", 4)),
                object.program("main").entry().relocs());
        assertEquals(1, object.maps().size());
        assertEquals(2, object.initialValue("limit").buffer(object.byteOrder()).getInt(0));
    }

    @Test
    void brokenRecordsAboutInstructionsAreLeftOutWithTheReason() {
        byte[] elf = Fixture.bytes("exec.bpf.o");
        ElfSection ext = ElfFile.parse(elf).sections().stream()
                .filter(section -> section.name().equals(".BTF.ext"))
                .findFirst()
                .orElseThrow();
        elf[ext.bytes().arrayOffset()] ^= 1;
        ObjectSpec object = ElfReader.read(elf);
        assertEquals(1, object.warnings().size());
        assertTrue(
                object.warnings().getFirst().startsWith("source lines and CO-RE relocations are left out: "),
                object.warnings().toString());
        assertEquals(List.of(), object.program("on_exit").entry().lines());
    }

    @Test
    void brokenTypesThatNobodyNeedsAreLeftOutWithTheReason() {
        TestElf elf = new TestElf();
        elf.function("main", elf.code("xdp", EXIT), 0, 8);
        elf.section(".BTF", "", new byte[] {1, 2, 3});
        elf.words("version", 0x060102);
        elf.section("license", "A", new byte[0]);
        ObjectSpec object = ElfReader.read(elf.bytes());
        assertNull(object.btf());
        assertTrue(object.warnings().getFirst().startsWith("types are left out: "));
        assertEquals(0x060102, object.kernelVersion());
        assertEquals("", object.license());
    }

    @Test
    @DisplayName("trap 8: static functions in a program section, and global callees there")
    void functionsOutsideTextAreCalled() {
        ObjectSpec object = Fixture.read("everything");
        List<Reloc> relocs = object.program("classify").entry().relocs();
        assertTrue(relocs.contains(new Reloc.SubprogCall(18, function(object, "local_of_tc"))), relocs.toString());
        assertEquals(ProgramType.XDP, object.program("static_entry").type());
        TestElf elf = new TestElf();
        int code = elf.code("xdp", CALL, EXIT);
        int callee = elf.code("tc", EXIT);
        elf.function("main", code, 0, 16);
        int global = elf.function("global", callee, 0, 8);
        ObjectSpec built = ElfReader.read(elf.reloc(code, 0, global, 10).bytes());
        assertEquals(
                List.of(new Reloc.SubprogCall(0, built.program("global").entry().id())),
                built.program("main").entry().relocs());
    }

    @Test
    @DisplayName("trap 9: an unknown section is read; it matters only if the program is loaded")
    void anUnknownSectionIsRead() {
        TestElf elf = new TestElf();
        elf.function("main", elf.code("nothing/known", EXIT), 0, 8);
        elf.function("foo", elf.code("xdp/foo", EXIT), 0, 8);
        ObjectSpec object = ElfReader.read(elf.bytes());
        assertEquals(ProgramType.UNSPEC, object.program("main").type());
        assertEquals(ProgramType.XDP, object.program("foo").type());
    }

    @Test
    @DisplayName("trap 20: the addend of a variable's address stands in the first immediate")
    void theAddendOfAVariableStandsInTheInstruction() {
        TestElf elf = new TestElf();
        int code = elf.code("xdp", 12L << 32 | WIDE, 0, EXIT);
        int data = elf.words(".data", 0, 1, 2, 3, 4);
        elf.function("main", code, 0, 24);
        elf.object("array", data, 0, 20);
        int section = elf.symbol("", ElfSymbol.LOCAL, ElfSymbol.SECTION, data, 0, 0);
        assertEquals(
                List.of(new Reloc.DataRef(0, ".data", 12)),
                ElfReader.read(elf.reloc(code, 0, section, 1).bytes())
                        .program("main")
                        .entry()
                        .relocs());
    }

    @Test
    @DisplayName("trap 21: calls of static functions count from the section's symbol; addresses are bytes")
    void staticFunctionsAreNamedByTheirSection() {
        TestElf elf = new TestElf();
        // the second of two functions is called with -1 + 2, and its address is taken with byte 16
        int code = elf.code("xdp", 0x1_0000_1085L, 16L << 32 | WIDE, 0, EXIT);
        int text = elf.code(".text", EXIT, EXIT, EXIT);
        elf.function("main", code, 0, 32);
        elf.symbol("first", ElfSymbol.LOCAL, ElfSymbol.FUNC, text, 0, 16);
        elf.symbol("second", ElfSymbol.LOCAL, ElfSymbol.FUNC, text, 16, 8);
        int section = elf.symbol("", ElfSymbol.LOCAL, ElfSymbol.SECTION, text, 0, 0);
        ObjectSpec object = ElfReader.read(
                elf.reloc(code, 0, section, 10).reloc(code, 8, section, 1).bytes());
        assertEquals(
                List.of(
                        new Reloc.SubprogCall(0, function(object, "second")),
                        new Reloc.SubprogAddress(1, function(object, "second"))),
                object.program("main").entry().relocs());
    }

    @Test
    @DisplayName("trap 25: attach type 0 is real, and that of XDP is not 0")
    void expectedAttachTypesAreThoseOfTheSections() {
        TestElf elf = new TestElf();
        for (String section : List.of("cgroup_skb/ingress", "cgroup_skb/egress", "xdp", "sk_lookup")) {
            elf.function(section.replace('/', '_'), elf.code(section, EXIT), 0, 8);
        }
        assertEquals(
                List.of(0, 1, 37, 36),
                ElfReader.read(elf.bytes()).programs().stream()
                        .map(program -> program.attachType().number())
                        .toList());
    }

    @Test
    @DisplayName("trap 34: the numbers of relocation types say nothing")
    void relocationTypesAreNotLookedAt() {
        for (int type : new int[] {0, 1, 2, 10, 77}) {
            TestElf elf = new TestElf();
            int code = elf.code("xdp", WIDE, 0, EXIT);
            elf.function("main", code, 0, 24);
            int variable = elf.object("variable", elf.words(".data", 1), 0, 4);
            assertEquals(
                    List.of(new Reloc.DataRef(0, ".data", 0)),
                    ElfReader.read(elf.reloc(code, 0, variable, type).bytes())
                            .program("main")
                            .entry()
                            .relocs());
        }
    }

    private static String reason(ProgramSpec program) {
        return program.entry().relocs().getFirst() instanceof Reloc.Broken broken ? broken.reason() : "not broken";
    }

    private static FunctionId function(ObjectSpec object, String name) {
        return object.subprograms().stream()
                .filter(function -> function.name().equals(name))
                .findFirst()
                .orElseThrow()
                .id();
    }
}
