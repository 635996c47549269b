package dev.ebpf4j.oracle;

import static org.junit.jupiter.api.Assumptions.abort;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ebpf4j.clang.Clang;
import dev.ebpf4j.clang.ClangNotFoundException;
import dev.ebpf4j.clang.CompileRequest;
import dev.ebpf4j.clang.VmlinuxHeader;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;

/** C that becomes the objects of these tests. */
enum BpfSource {
    /** The program of the example, compiled from its place. */
    BOOTSTRAP("bootstrap.bpf.c"),
    /** Everything that a loader may have to patch. */
    RELOCATIONS("relocations.bpf.c"),
    /** A program for each kind of section that most kernels permit. */
    HOOKS("hooks.bpf.c"),
    /** One half of a program that is linked of two files. */
    LINK_A("link_a.bpf.c"),
    /** The other half. */
    LINK_B("link_b.bpf.c");

    /** Instruction sets that are compiled for; the newest needs clang 18. */
    static final List<String> CPUS = List.of("v2", "v3", "v4");

    private static final Path EXAMPLES = Path.of("..", "examples", "src", "main", "bpf");
    private static final int FIRST_CLANG_WITH_V4 = 18;

    private final String file;
    private final Map<String, byte[]> compiled = new ConcurrentHashMap<>();

    BpfSource(String file) {
        this.file = file;
    }

    /** Compiles, once, to a file of the same name for one instruction set; aborts the test if no clang can. */
    Path compile(String cpu, Path folder) throws IOException {
        byte[] object = compiled.get(cpu);
        if (object == null) {
            object = compile(cpu);
            compiled.put(cpu, object);
        }
        String name = file.substring(0, file.indexOf('.'));
        return Files.write(Files.createDirectories(folder.resolve(cpu)).resolve(name + ".bpf.o"), object);
    }

    private byte[] compile(String cpu) throws IOException {
        boolean hasTypes =
                this == RELOCATIONS || VmlinuxHeader.ofRunningKernel().isPresent();
        assumeTrue(hasTypes, file + " needs the vmlinux.h of a running kernel with BTF");
        Clang clang = clang();
        if (cpu.equals("v4") && clang.majorVersion() < FIRST_CLANG_WITH_V4) {
            return abort(clang.version() + " knows no instruction set v4");
        }
        return clang.compile(CompileRequest.of(file, text())
                        .include(EXAMPLES)
                        .cpu(cpu)
                        .build())
                .toBytes();
    }

    /** The clang that compiles, or the test is aborted. */
    static Clang clang() {
        try {
            return Clang.find();
        } catch (ClangNotFoundException e) {
            return abort("no clang to compile with: " + e.getMessage());
        }
    }

    private String text() throws IOException {
        if (this == BOOTSTRAP) {
            return Files.readString(EXAMPLES.resolve(file));
        }
        try (InputStream source = BpfSource.class.getResourceAsStream(file)) {
            return new String(Objects.requireNonNull(source).readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
