package dev.ebpf4j.errors;

import static dev.ebpf4j.errors.Messages.assertFails;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ebpf4j.btf.BtfFormatException;
import dev.ebpf4j.clang.ClangException;
import dev.ebpf4j.elf.ElfFormatException;
import dev.ebpf4j.elf.ElfReader;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a user reads who has the wrong bytes. No kernel is asked. */
class FileErrorsTest {
    private static final String EXPECTED =
            ", expected a 64-bit relocatable BPF object file, as 'clang -target bpf -c' makes";
    private static final int BTF_MAGIC = 0xeb9f;
    private static final int BTF_HEADER_BYTES = 24;

    @TempDir
    Path directory;

    @Test
    void anEmptyFile() {
        assertFails(
                ElfFormatException.class,
                "ELF file at byte 0: found an empty file" + EXPECTED,
                () -> read(new byte[0]));
    }

    @Test
    void aShellScript() {
        byte[] script = "#!/bin/sh\necho hello\n".getBytes(UTF_8);
        assertFails(ElfFormatException.class, "ELF file at byte 0: found a script" + EXPECTED, () -> read(script));
    }

    @Test
    void theSourceInsteadOfTheObject() {
        byte[] source = Sources.GOOD.getBytes(UTF_8);
        assertFails(
                ElfFormatException.class,
                "ELF file at byte 0: found text that begins '#inc'" + EXPECTED,
                () -> read(source));
    }

    @Test
    void aJavaClass() throws IOException {
        byte[] bytes;
        try (InputStream in = FileErrorsTest.class.getResourceAsStream("FileErrorsTest.class")) {
            bytes = Objects.requireNonNull(in).readAllBytes();
        }
        assertFails(
                ElfFormatException.class, "ELF file at byte 0: found a Java class file" + EXPECTED, () -> read(bytes));
    }

    @Test
    void aProgramOfThisMachineNamesTheFile() {
        Path program = Path.of("/bin/true");
        assumeTrue(Files.isReadable(program), "there is no /bin/true");
        assertFails(
                ElfFormatException.class,
                "/bin/true: ELF file at byte 16: found an executable… for …" + EXPECTED,
                () -> ElfReader.read(program));
    }

    @Test
    void anObjectForAnotherProcessor() {
        byte[] object = good();
        object[18] = 62;
        object[19] = 0;
        assertFails(
                ElfFormatException.class,
                "ELF file at byte 16: found a relocatable object file for x86-64" + EXPECTED,
                () -> read(object));
    }

    @Test
    void aTruncatedFile() throws IOException {
        Path file = directory.resolve("half.bpf.o");
        byte[] object = good();
        Files.write(file, Arrays.copyOf(object, object.length / 2));
        assertFails(
                ElfFormatException.class,
                file + ": ELF file: found 64 bytes at file offset …, expected an extent inside the file's "
                        + object.length / 2 + " bytes (is it truncated?)",
                () -> ElfReader.read(file));
        assertFails(
                ElfFormatException.class,
                "ELF file at byte 20: found the end of the file, expected an ELF header of 64 bytes",
                () -> read(Arrays.copyOf(object, 20)));
    }

    @Test
    void corruptTypeInformation() throws IOException {
        byte[] object = good();
        int btf = startOfBtf(object);
        Arrays.fill(object, btf + BTF_HEADER_BYTES, btf + BTF_HEADER_BYTES + 3, (byte) 0xff);
        Path file = directory.resolve("corrupt.bpf.o");
        Files.write(file, object);
        assertFails(
                BtfFormatException.class,
                file + ": BTF types at byte 0: found name offset 16777215, expected less than …",
                () -> ElfReader.read(file));
    }

    @Test
    void aMistakeInTheSourceIsShownAsClangShowsIt() {
        String source = """
                #include "types.h"
                SEC("kprobe/do_exit")
                int on_exit(void *ctx)
                {
                	return undeclared + 1;
                }
                """;
        ClangException e = assertFails(ClangException.class, """
                broken.bpf.c: 1 error from …
                broken.bpf.c:5:9: error: use of undeclared identifier 'undeclared'
                …return undeclared + 1;
                …^…
                """, () -> Sources.compile("broken", source));
        assertFalse(e.diagnostics().isEmpty());
    }

    private static void read(byte[] bytes) {
        ElfReader.read(bytes, "test");
    }

    private static byte[] good() {
        return Sources.compile("good", Sources.GOOD);
    }

    /** Magic number and version 1. */
    private static int startOfBtf(byte[] object) {
        for (int i = 0; i + 4 < object.length; i++) {
            if ((object[i] & 0xff) == (BTF_MAGIC & 0xff)
                    && (object[i + 1] & 0xff) == BTF_MAGIC >> 8
                    && object[i + 2] == 1) {
                return i;
            }
        }
        throw new AssertionError("the object has no BTF");
    }
}
