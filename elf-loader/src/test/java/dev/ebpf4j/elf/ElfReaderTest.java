package dev.ebpf4j.elf;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ebpf4j.btf.Btf;
import dev.ebpf4j.btf.BtfLinkage;
import dev.ebpf4j.btf.BtfType.Func;
import dev.ebpf4j.spec.ExternSpec;
import dev.ebpf4j.spec.FunctionId;
import dev.ebpf4j.spec.FunctionSpec;
import dev.ebpf4j.spec.MapSpec.Slot;
import dev.ebpf4j.spec.ObjectSpec;
import dev.ebpf4j.spec.ProgramSpec;
import dev.ebpf4j.spec.ProgramType;
import dev.ebpf4j.spec.Reloc;
import dev.ebpf4j.spec.SourceLine;
import dev.ebpf4j.spec.VariableSpec;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the fixtures' C sources say, and offsets that llvm-readelf and llvm-objdump show. */
class ElfReaderTest {
    private final ObjectSpec everything = Fixture.read("everything");

    @Test
    void relocationsNameWhatTheSourceNames() {
        assertEquals(
                List.of(
                        new Reloc.MapRef(4, "inner_a"),
                        new Reloc.SubprogAddress(6, function("visit").id()),
                        new Reloc.DataRef(10, ".bss.only_static_here", 0),
                        new Reloc.SubprogCall(16, function("shared").id()),
                        new Reloc.SubprogCall(18, new FunctionId("tc", 0)),
                        new Reloc.SubprogCall(21, function("second").id()),
                        new Reloc.SubprogCall(25, function("concealed").id()),
                        new Reloc.SubprogCall(28, function("feeble").id()),
                        new Reloc.DataRef(32, ".data.hot", 0)),
                everything.program("classify").entry().relocs());
        // array[3] is array + 12, and the addend is in the instruction: llvm-objdump shows "r2 = 0xc ll"
        assertEquals(
                new Reloc.DataRef(6, ".data", 4), function("first").relocs().get(1));
    }

    @Test
    void callsInsideOneSectionNeedNoRelocation() {
        assertEquals(
                new Reloc.SubprogCall(5, new FunctionId(".text", 0x168)),
                function("second").relocs().get(1));
        assertEquals(
                "first",
                everything.subprograms().stream()
                        .filter(each -> each.id().offset() == 0x168)
                        .findFirst()
                        .orElseThrow()
                        .name());
    }

    @Test
    void linkageSaysHowFunctionsAreVerified() {
        Map<String, FunctionSpec.Linkage> linkages =
                everything.subprograms().stream().collect(Collectors.toMap(FunctionSpec::name, FunctionSpec::linkage));
        assertEquals(
                Map.of(
                        "shared", FunctionSpec.Linkage.GLOBAL,
                        "second", FunctionSpec.Linkage.STATIC,
                        "first", FunctionSpec.Linkage.STATIC,
                        "visit", FunctionSpec.Linkage.STATIC,
                        "concealed", FunctionSpec.Linkage.STATIC,
                        "feeble", FunctionSpec.Linkage.WEAK,
                        "local_of_tc", FunctionSpec.Linkage.STATIC),
                linkages);
        Btf btf = Objects.requireNonNull(everything.btf());
        assertEquals(BtfLinkage.STATIC, ((Func) btf.type(function("concealed").typeId())).linkage());
        assertEquals(BtfLinkage.GLOBAL, ((Func) btf.type(function("shared").typeId())).linkage());
    }

    @Test
    void staticFunctionsOutsideTextAreProgramsUnlessCalled() {
        ProgramSpec entry = everything.program("static_entry");
        assertEquals(ProgramType.XDP, entry.type());
        assertEquals(2, entry.entry().code().size());
        assertEquals(
                List.of(
                        "jump_target",
                        "classify",
                        "classify_more",
                        "static_entry",
                        "not_by_default",
                        "use_externs",
                        "unknown_section"),
                everything.programs().stream().map(ProgramSpec::name).toList());
    }

    @Test
    void anUnknownSectionLeavesTheTypeOpen() {
        assertEquals(ProgramType.UNSPEC, everything.program("unknown_section").type());
        assertEquals("some/section", everything.program("unknown_section").section());
    }

    @Test
    void externsHaveKindsTypesAndStrength() {
        Map<String, String> externs = everything.externs().stream()
                .collect(Collectors.toMap(
                        ExternSpec::name,
                        each -> each.kind()
                                + (each.weak() ? " weak " : " strong ")
                                + each.size()
                                + (each.typeId() == 0 ? " untyped" : "")));
        assertEquals(
                Map.of(
                        "LINUX_KERNEL_VERSION", "KCONFIG strong 4",
                        "CONFIG_BPF_SYSCALL", "KCONFIG weak 1",
                        "bpf_prog_active", "KSYM strong 0 untyped",
                        "runqueues", "KSYM weak 0",
                        "bpf_rcu_read_lock", "KFUNC strong 0",
                        "bpf_missing___flavour", "KFUNC weak 0"),
                externs);
        assertEquals(
                List.of(
                        new Reloc.Kconfig(1, "LINUX_KERNEL_VERSION"),
                        new Reloc.Kconfig(5, "CONFIG_BPF_SYSCALL"),
                        new Reloc.Kfunc(9, "bpf_rcu_read_lock"),
                        new Reloc.Ksym(10, "bpf_missing___flavour"),
                        new Reloc.Kfunc(14, "bpf_missing___flavour"),
                        new Reloc.Ksym(15, "bpf_prog_active"),
                        new Reloc.Ksym(17, "runqueues")),
                everything.program("use_externs").entry().relocs());
    }

    @Test
    void mapsOfMapsAndProgramsHaveInitialElements() {
        assertEquals(
                List.of(new Slot(1, "inner_b"), new Slot(5, "inner_a")),
                everything.map("outer").slots());
        assertEquals(
                List.of(new Slot(2, "jump_target")), everything.map("jumps").slots());
    }

    @Test
    void staticVariablesOfOneNameTakeThoseOfTheirSymbols() {
        assertEquals(36, everything.variable("first.calls").offset());
        assertEquals(32, everything.variable("second.calls").offset());
        VariableSpec hidden = everything.variable("hidden_too");
        assertEquals(20, hidden.offset());
        assertEquals(6, everything.initialValue("hidden_too").toArray()[0]);
    }

    @Test
    void recordsAboutInstructionsAreCountedInTheirFunction() {
        ObjectSpec exec = Fixture.read("exec");
        FunctionSpec parentOf = exec.subprograms().getFirst();
        Btf btf = Objects.requireNonNull(exec.btf());
        assertEquals("parent_of", btf.name(parentOf.typeId()));
        assertEquals(
                List.of("3 0:2", "9 0:0"),
                parentOf.relocs().stream()
                        .map(Reloc.CoRe.class::cast)
                        .map(relo -> relo.slot() + " " + relo.relo().access())
                        .toList());
        SourceLine last = exec.program("on_exit").entry().lines().getLast();
        assertEquals(60, last.slot());
        assertEquals("./exec.bpf.c", btf.string(last.fileName()).replaceFirst("^(?!\\./)", "./"));
        assertEquals("\treturn duration < min_duration_ns ? 0 : emit(pid, duration, 1);", btf.string(last.text()));
    }

    @Test
    void bothByteOrdersSayTheSame() {
        ObjectSpec big = ElfReader.read(Fixture.bytes("everything.big-endian.bpf.o"), "everything");
        assertEquals(ByteOrder.BIG_ENDIAN, big.byteOrder());
        assertEquals(everything.subprograms().size(), big.subprograms().size());
        assertEquals(everything.variables(), big.variables());
        assertEquals(everything.externs(), big.externs());
        assertEquals(0x060102, big.kernelVersion());
        for (ProgramSpec program : everything.programs()) {
            if (program.name().equals("classify")) {
                continue; // compares a byte of a constant, which stands elsewhere
            }
            assertEquals(program, big.program(program.name()));
        }
        assertEquals(List.of(7), List.of((int) big.initialValue("hot").toArray()[3]));
    }

    @Test
    void anObjectWithoutTypesHasItsVariablesFromSymbols() {
        ObjectSpec plain = Fixture.read("plain");
        assertTrue(plain.btf() == null);
        assertEquals(
                List.of(new VariableSpec("counter", ".data", 0, 4, 0), new VariableSpec("local", ".data", 4, 4, 0)),
                plain.variables());
        assertEquals(ProgramType.SOCKET_FILTER, plain.program("filter").type());
    }

    @Test
    void licenceAndVersionAreRead() {
        assertEquals("GPL", everything.license());
        assertEquals("Dual BSD/GPL", Fixture.read("exec").license());
        assertEquals(0x060102, everything.kernelVersion());
        assertEquals(0, Fixture.read("exec").kernelVersion());
    }

    @Test
    void aFileGivesTheObjectItsName(@TempDir Path directory) throws Exception {
        Path file = Files.write(directory.resolve("my_tool.bpf.o"), Fixture.bytes("exec.bpf.o"));
        assertEquals("my_tool", ElfReader.read(file).name());
        assertEquals("object", ElfReader.read(Fixture.bytes("exec.bpf.o")).name());
    }

    private FunctionSpec function(String name) {
        return everything.subprograms().stream()
                .filter(each -> each.name().equals(name))
                .findFirst()
                .orElseThrow();
    }
}
