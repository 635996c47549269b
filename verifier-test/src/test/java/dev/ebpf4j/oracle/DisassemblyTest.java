package dev.ebpf4j.oracle;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ebpf4j.elf.ElfReader;
import dev.ebpf4j.insn.Code;
import dev.ebpf4j.insn.Insn;
import dev.ebpf4j.insn.InsnCodec;
import dev.ebpf4j.oracle.LlvmObjdump.Line;
import dev.ebpf4j.spec.FunctionSpec;
import dev.ebpf4j.spec.ObjectSpec;
import dev.ebpf4j.spec.ProgramSpec;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Every instruction of compiled programs: our words for it are LLVM's, and it is encoded again to the same bytes. */
class DisassemblyTest {
    @TempDir
    Path folder;

    @ParameterizedTest
    @EnumSource(BpfSource.class)
    void compiledProgramsReadAsLlvmReadsThem(BpfSource source) throws IOException {
        LlvmObjdump objdump = LlvmObjdump.find(folder);
        for (String cpu : BpfSource.CPUS) {
            List<Line> lines = objdump.lines(source.compile(cpu, folder));
            assertTrue(lines.size() > 50, () -> "LLVM lists " + lines.size() + " instructions");
            for (Line line : lines) {
                assertEquals(line.texts().getLast(), line.texts().getFirst());
                assertRoundTrip(line.code());
            }
        }
    }

    @ParameterizedTest
    @EnumSource(BpfSource.class)
    void compiledProgramsAreEncodedAgainToTheSameBytes(BpfSource source) throws IOException {
        for (String cpu : BpfSource.CPUS) {
            ObjectSpec object = ElfReader.read(source.compile(cpu, folder));
            Stream.concat(object.programs().stream().map(ProgramSpec::entry), object.subprograms().stream())
                    .map(FunctionSpec::code)
                    .forEach(DisassemblyTest::assertRoundTrip);
        }
    }

    private static void assertRoundTrip(Code code) {
        List<Insn> insns = InsnCodec.decode(code);
        assertFalse(insns.stream().anyMatch(Insn.Raw.class::isInstance), () -> "not understood: " + insns);
        assertEquals(code, InsnCodec.encode(insns));
    }
}
