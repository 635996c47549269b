package dev.ebpf4j.clang.llvm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ebpf4j.clang.Clang;
import dev.ebpf4j.clang.ClangException;
import dev.ebpf4j.clang.CompileRequest;
import dev.ebpf4j.clang.CompiledObject;
import dev.ebpf4j.clang.Diagnostic;
import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BytedecoClangTest {

    private static Clang clang;

    @BeforeAll
    static void unpack() throws IOException {
        clang = Clang20.find();
    }

    @Test
    void isAClang20WithTheBpfTarget() {
        assertEquals(20, clang.majorVersion());
        assertTrue(clang.version().startsWith("clang version 20.1.7"), clang.version());
    }

    @Test
    void makesBpfElfInBothByteOrders() {
        CompileRequest.Builder request = CompileRequest.of("f.bpf.c", "int f(int a) { return a + 1; }\n");
        byte[] little = clang.compile(request.byteOrder(ByteOrder.LITTLE_ENDIAN).build())
                .toBytes();
        byte[] big =
                clang.compile(request.byteOrder(ByteOrder.BIG_ENDIAN).build()).toBytes();
        // ELF header: e_ident[EI_DATA] is 1 for little and 2 for big endian; e_machine 247 is EM_BPF.
        assertEquals(
                List.of(0x7f, (int) 'E', 1, 247),
                List.of(little[0] + 0, little[1] + 0, little[5] + 0, little[18] & 255));
        assertEquals(List.of(0x7f, (int) 'E', 2, 247), List.of(big[0] + 0, big[1] + 0, big[5] + 0, big[19] & 255));
    }

    @Test
    void textInMemoryKeepsItsNameAndSourceLinesInBtf() {
        CompiledObject object = clang.compile(CompileRequest.of("dir/f.bpf.c", "int f(int a)\n{\n  return a + 77;\n}\n")
                .build());
        String bytes = new String(object.toBytes(), StandardCharsets.ISO_8859_1);
        assertTrue(bytes.contains("dir/f.bpf.c\0"));
        assertTrue(bytes.contains("  return a + 77;\0"));
    }

    @Test
    void anErrorCarriesPlaceMessageAndCaret() {
        ClangException e = assertThrows(
                ClangException.class,
                () -> clang.compile(CompileRequest.of("bad.bpf.c", "int f(void)\n{\n  return missing;\n}\n")
                        .build()));
        Diagnostic error = e.errors().getFirst();
        assertEquals(Diagnostic.Severity.ERROR, error.severity());
        assertEquals("bad.bpf.c:3:10", error.file() + ":" + error.line() + ":" + error.column());
        assertEquals("use of undeclared identifier 'missing'", error.message());
        assertTrue(
                error.rendered().contains("return missing;\n")
                        && error.rendered().contains("^"),
                error.rendered());
        assertTrue(e.getMessage().startsWith("bad.bpf.c: 1 error from "), e.getMessage());
    }

    @Test
    void warningsComeWithTheObject() {
        CompiledObject object = clang.compile(
                CompileRequest.of("warn.bpf.c", "int f(void) { }\n").build());
        assertEquals(
                List.of("non-void function does not return a value [-Wreturn-type]"),
                object.warnings().stream().map(Diagnostic::message).toList());
    }

    @Test
    void aMissingHeaderIsFatalAndABadOptionHasNoPlace() {
        ClangException missing = assertThrows(
                ClangException.class,
                () -> clang.compile(
                        CompileRequest.of("a.bpf.c", "#include \"nowhere.h\"\n").build()));
        assertEquals(Diagnostic.Severity.FATAL, missing.errors().getFirst().severity());
        ClangException option = assertThrows(
                ClangException.class,
                () -> clang.compile(
                        CompileRequest.of("a.bpf.c", "int a;\n").cpu("v9").build()));
        assertEquals(0, option.errors().getFirst().line());
        assertTrue(option.errors().getFirst().message().contains("v9"), option.getMessage());
    }

    @Test
    void ownHeadersAndThoseOfTheRequestAreFound(@TempDir Path directory) throws IOException {
        Path spaced = Files.createDirectory(directory.resolve("with space"));
        Files.writeString(spaced.resolve("mine.h"), "#define MINE 5\n");
        Path source = Files.writeString(directory.resolve("-p.bpf.c"), """
                typedef unsigned short __u16;
                #include <stddef.h>
                #include <stdbool.h>
                #include <bpf/bpf_endian.h>
                #include "mine.h"
                _Static_assert(bpf_htons(1) == 256 || MINE != 5, "");
                int f(void) { return MINE; }
                """);
        CompiledObject object = clang.compile(CompileRequest.of(Path.of("-p.bpf.c"))
                .directory(directory)
                .include(spaced)
                .byteOrder(ByteOrder.LITTLE_ENDIAN)
                .dependencies()
                .build());
        List<Path> read = object.dependencies();
        assertTrue(read.contains(spaced.resolve("mine.h")), read.toString());
        assertTrue(read.contains(source.getFileName()), read.toString());
        assertTrue(read.stream().anyMatch(path -> path.endsWith("bpf/bpf_endian.h")), read.toString());
        assertEquals(List.of(), object.warnings());
    }
}
