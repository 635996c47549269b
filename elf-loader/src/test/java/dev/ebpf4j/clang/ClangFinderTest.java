package dev.ebpf4j.clang;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClangFinderTest {

    @TempDir
    private Path directory;

    private Path bin;
    private final Map<String, String> properties = new HashMap<>();
    private final Map<String, String> environment = new HashMap<>();
    private List<ClangProvider> providers = List.of();

    @BeforeEach
    void emptyPath() throws IOException {
        bin = Files.createDirectory(directory.resolve("bin"));
        environment.put("PATH", directory.resolve("absent") + "::" + bin);
    }

    private ClangFinder finder() {
        return new ClangFinder(properties::get, environment::get, providers, CacheDirectory.of(directory));
    }

    @Test
    void theOrderIsPropertyEnvironmentPathProvider() throws IOException {
        Path provided = FakeClang.write(directory.resolve("provided"), "clang version 20.1.7", "");
        providers = List.of(provider(Optional.of(provided)));
        assertEquals(provided, finder().find().executable());
        Path onPath = FakeClang.write(bin.resolve("clang"), "Debian clang version 14.0.6", "");
        assertEquals(onPath, finder().find().executable());
        Path byVariable = FakeClang.write(directory.resolve("variable"), "clang version 15.0.0", "");
        environment.put("EBPF4J_CLANG", byVariable.toString());
        assertEquals(byVariable, finder().find().executable());
        Path byProperty = FakeClang.write(directory.resolve("property"), "clang version 16.0.0", "");
        properties.put("ebpf4j.clang", byProperty.toString());
        Clang clang = finder().find();
        assertEquals(byProperty, clang.executable());
        assertEquals(16, clang.majorVersion());
    }

    @Test
    void aBareNameInASettingIsLookedUpOnThePath() throws IOException {
        Path clang = FakeClang.write(bin.resolve("my-clang"), "clang version 18.1.0", "");
        environment.put("EBPF4J_CLANG", "my-clang");
        assertEquals(clang, finder().find().executable());
    }

    @Test
    void anOldOrTargetlessClangIsPassedOverForTheNewestNumbered() throws IOException {
        FakeClang.write(bin.resolve("clang"), "clang version 11.1.0", "");
        FakeClang.write(bin.resolve("clang-9"), "clang version 9.0.0", "");
        Path newest = FakeClang.write(bin.resolve("clang-19"), "Debian clang version 19.1.7 (3~deb12u1)", "");
        FakeClang.writeWithTargets(bin.resolve("clang-20"), "clang version 20.1.0", "x86 - 32-bit X86", "");
        FakeClang.write(bin.resolve("clang-format-21"), "clang version 21.1.0", "");
        assertEquals(newest, finder().find().executable());
    }

    @Test
    void nothingFoundNamesTheThreePlacesWhatWasSeenAndWhatToInstall() throws IOException {
        FakeClang.write(bin.resolve("clang"), "clang version 11.1.0", "");
        Path plain = FakeClang.write(bin.resolve("clang-13"), "clang version 13.0.0", "");
        assertTrue(plain.toFile().setExecutable(false, false));
        providers = List.of(provider(Optional.empty()));
        ClangNotFoundException e = assertThrows(ClangNotFoundException.class, () -> finder().find());
        assertEquals("""
                no clang of version 12 or newer with the BPF target; searched:
                  1. settings: neither the system property ebpf4j.clang nor the variable EBPF4J_CLANG is set
                  2. PATH %s: %s is version 11, and 12 is the oldest that will do
                  3. class path and module path: a test's clang has none for this machine
                Install clang (package "clang" of your distribution), or add dev.ebpf4j:ebpf4j-clang-llvm, which \
                carries one.""".formatted(environment.get("PATH"), bin.resolve("clang")), e.getMessage());
    }

    @Test
    void aSettingThatDoesNotWorkIsAnErrorAlthoughThePathHasAClang() throws IOException {
        FakeClang.write(bin.resolve("clang"), "clang version 19.1.0", "");
        properties.put("ebpf4j.clang", "/absent/clang");
        ClangNotFoundException missing = assertThrows(ClangNotFoundException.class, () -> finder().find());
        assertEquals(
                "the system property ebpf4j.clang names a clang that will not do: /absent/clang does not exist",
                missing.getMessage());
        Path gcc = FakeClang.write(directory.resolve("gcc"), "gcc (Debian 12.2.0) 12.2.0", "");
        properties.put("ebpf4j.clang", gcc.toString());
        ClangNotFoundException other = assertThrows(ClangNotFoundException.class, () -> finder().find());
        assertTrue(other.getMessage().contains("does not say that it is a clang (\"gcc (Debian"), other.getMessage());
    }

    @Test
    void aClangThatCannotStartTellsItsOwnReason() throws IOException {
        Path broken = directory.resolve("broken");
        Files.writeString(broken, """
                #!/bin/sh
                echo "error while loading shared libraries: libstdc++.so.6: cannot open shared object file" >&2
                exit 127
                """);
        assertTrue(broken.toFile().setExecutable(true));
        providers = List.of(provider(Optional.of(broken)));
        ClangNotFoundException e = assertThrows(ClangNotFoundException.class, () -> finder().find());
        assertTrue(
                e.getMessage().contains("ended with status 127: error while loading shared libraries: libstdc++"),
                e.getMessage());
    }

    @Test
    void aReplacedExecutableIsAskedAgain() throws IOException {
        Path clang = FakeClang.write(bin.resolve("clang"), "clang version 13.0.0", "");
        assertEquals(13, finder().find().majorVersion());
        Files.delete(clang);
        FakeClang.write(clang, "clang version 14.0.0 with a longer line", "");
        assertEquals(14, finder().find().majorVersion());
    }

    private static ClangProvider provider(Optional<Path> executable) {
        return new ClangProvider() {
            @Override
            public String name() {
                return "a test's clang";
            }

            @Override
            public Optional<Path> executable(CacheDirectory cache) {
                return executable;
            }
        };
    }
}
