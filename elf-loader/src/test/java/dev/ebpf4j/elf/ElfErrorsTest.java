package dev.ebpf4j.elf;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ebpf4j.btf.BtfFormatException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Objects;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/** What the messages tell about files that can't be read. Offsets are those of the System V ABI's structures. */
class ElfErrorsTest {
    private static final int SECTION_TYPE = 4;
    private static final int SECTION_SIZE = 32;

    private final byte[] exec = Fixture.bytes("exec.bpf.o");

    @Test
    void anExecutableOfThisMachineIsCalledSo() throws IOException {
        Path program = Path.of("/bin/true");
        Assumptions.assumeTrue(Files.isReadable(program), "this machine has no /bin/true");
        String message = message(Files.readAllBytes(program));
        assertTrue(message.contains("executable"), message);
        assertTrue(message.contains("clang -target bpf -c"), message);
    }

    @Test
    void otherFilesAreNamed() {
        assertTrue(message("int main() {}".getBytes(StandardCharsets.UTF_8)).contains("text that begins 'int'"));
        assertTrue(message(new byte[] {1, 2, 3, 4, 5}).contains("the bytes 01 02 03 04"));
        assertTrue(message(new byte[0]).contains("an empty file"));
        assertTrue(message(new byte[] {'B', 'C', (byte) 0xc0, (byte) 0xde, 0}).contains("LLVM bitcode"));
        exec[4] = 1;
        assertTrue(message(exec).contains("a 32-bit ELF file"));
    }

    @Test
    void everyTruncationIsRefused() {
        for (int length = 0; length < exec.length; length++) {
            byte[] cut = Arrays.copyOf(exec, length);
            assertThrows(ElfFormatException.class, () -> ElfReader.read(cut), "cut to " + length + " bytes");
        }
    }

    @Test
    void aHugeBssIsRefusedBeforeItIsAllocated() {
        set(exec, ".bss", SECTION_SIZE, 4L << 30);
        ElfFormatException e = assertThrows(ElfFormatException.class, () -> ElfReader.read(exec));
        assertEquals(".bss", e.section());
        assertTrue(e.getMessage().contains("4294967296 bytes, expected at most 67108864"), e.getMessage());
    }

    @Test
    void aStrippedObjectIsRefused() {
        setInt(exec, ".symtab", SECTION_TYPE, 1);
        assertTrue(message(exec).contains("0 symbol tables, expected one (was the file stripped?)"), message(exec));
    }

    @Test
    void mapsWithoutTypesAreTheProblemOfThoseThatUseThem() {
        setInt(exec, ".BTF", SECTION_TYPE, 0x7000_0000);
        String problem =
                Objects.requireNonNull(ElfReader.read(exec).map("starts").problem());
        assertTrue(problem.contains("section '.maps'") && problem.contains("compile with -g"), problem);
    }

    @Test
    void corruptTypesAreRefused() {
        byte[] bytes = exec;
        ByteBuffer header = header(bytes, ".BTF");
        bytes[(int) header.getLong(24)] ^= 1;
        assertThrows(BtfFormatException.class, () -> ElfReader.read(bytes));
    }

    private static String message(byte[] bytes) {
        return assertThrows(ElfFormatException.class, () -> ElfReader.read(bytes))
                .getMessage();
    }

    private static void set(byte[] elf, String section, int field, long value) {
        header(elf, section).putLong(field, value);
    }

    private static void setInt(byte[] elf, String section, int field, int value) {
        header(elf, section).putInt(field, value);
    }

    /** The header of a section, to be changed. */
    private static ByteBuffer header(byte[] elf, String section) {
        ByteBuffer file = ByteBuffer.wrap(elf).order(ByteOrder.LITTLE_ENDIAN);
        int index = ElfFile.parse(elf).sections().stream()
                .filter(each -> each.name().equals(section))
                .findFirst()
                .orElseThrow()
                .index();
        return file.slice((int) file.getLong(40) + index * ElfSection.HEADER_BYTES, ElfSection.HEADER_BYTES)
                .order(ByteOrder.LITTLE_ENDIAN);
    }
}
