package dev.ebpf4j.clang.llvm;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.ebpf4j.clang.Clang;
import dev.ebpf4j.clang.ClangException;
import dev.ebpf4j.clang.CompileRequest;
import dev.ebpf4j.clang.CompiledObject;
import dev.ebpf4j.clang.TargetArch;
import dev.ebpf4j.clang.VmlinuxHeader;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A program that uses every macro of our headers, compiled with them and with libbpf's. */
class HeadersTest {

    private static Clang clang;
    private static String macros;

    @BeforeAll
    static void find() throws IOException {
        Assumptions.assumeTrue(
                VmlinuxHeader.ofRunningKernel().isPresent(), "this kernel has no /sys/kernel/btf/vmlinux to print");
        clang = Clang20.find();
        try (InputStream in = HeadersTest.class.getResourceAsStream("macros.bpf.c")) {
            macros = new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static CompileRequest.Builder request(TargetArch arch, ByteOrder order) {
        return CompileRequest.of("macros.bpf.c", macros)
                .arch(arch)
                .byteOrder(order)
                .arguments("-Wall");
    }

    @ParameterizedTest
    @EnumSource(names = {"X86", "ARM64"})
    void everyMacroCompilesWithoutAWarning(TargetArch arch) {
        for (ByteOrder order : List.of(ByteOrder.LITTLE_ENDIAN, ByteOrder.BIG_ENDIAN)) {
            assertEquals(List.of(), clang.compile(request(arch, order).build()).warnings());
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"X86", "ARM64"})
    void theObjectIsThatOfLibbpfsHeaders(TargetArch arch) {
        Path libbpf = libbpf();
        for (ByteOrder order : List.of(ByteOrder.LITTLE_ENDIAN, ByteOrder.BIG_ENDIAN)) {
            Map<String, byte[]> ours =
                    compared(clang.compile(request(arch, order).build()));
            Map<String, byte[]> theirs =
                    compared(clang.compile(request(arch, order).include(libbpf).build()));
            assertEquals(theirs.keySet(), ours.keySet());
            theirs.forEach((name, bytes) -> assertArrayEquals(bytes, ours.get(name), name));
        }
    }

    /** Not the debug information; of symbols and relocations the indices may differ. */
    private static Map<String, byte[]> compared(CompiledObject object) {
        Map<String, byte[]> sections = ObjectSections.of(object.toBytes());
        sections.keySet()
                .removeIf(name -> name.startsWith(".debug")
                        || name.startsWith(".rel")
                        || name.startsWith(".BTF")
                        || List.of(".symtab", ".strtab", ".llvm_addrsig").contains(name));
        return sections;
    }

    private static Path libbpf() {
        return Stream.of(Optional.ofNullable(System.getenv("EBPF4J_LIBBPF_INCLUDE")), Optional.of("/usr/include"))
                .flatMap(Optional::stream)
                .map(Path::of)
                .filter(directory -> Files.exists(directory.resolve("bpf/usdt.bpf.h")))
                .findFirst()
                .orElseGet(() -> Assumptions.abort("no libbpf headers: neither EBPF4J_LIBBPF_INCLUDE nor libbpf-dev"));
    }

    @Test
    void aMachineThatIsNotNamedIsAnErrorOnlyWhereRegistersAreRead() {
        String unused = "#include \"vmlinux.h\"\n#include <bpf/bpf_tracing.h>\n";
        String used = unused + "long f(struct pt_regs *ctx) { return PT_REGS_PARM1(ctx); }\n";
        CompileRequest.Builder fine = CompileRequest.of("a.bpf.c", unused).arguments("-U" + TargetArch.X86.define());
        CompileRequest.Builder bad = CompileRequest.of("a.bpf.c", used).arguments("-U" + TargetArch.X86.define());
        clang.compile(fine.arch(TargetArch.X86).build());
        String message = assertThrows(
                        ClangException.class,
                        () -> clang.compile(bad.arch(TargetArch.X86).build()))
                .errors()
                .getFirst()
                .message();
        assertEquals("Must specify a BPF target arch via __TARGET_ARCH_xxx", message);
    }
}
