package dev.ebpf4j.clang;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CacheDirectoryTest {

    @TempDir
    private Path root;

    @Test
    void theRootFollowsPropertyThenXdgThenHome() {
        Map<String, String> properties = Map.of("ebpf4j.cache", "/a", "user.home", "/home/u");
        Map<String, String> home = Map.of("user.home", "/home/u");
        Map<String, String> xdg = Map.of("XDG_CACHE_HOME", "/x");
        assertEquals(
                Path.of("/a"),
                CacheDirectory.ofSettings(properties::get, xdg::get).root());
        assertEquals(
                Path.of("/x/ebpf4j"),
                CacheDirectory.ofSettings(home::get, xdg::get).root());
        // The XDG specification: a relative path is to be ignored.
        Map<String, String> relative = Map.of("XDG_CACHE_HOME", "x");
        assertEquals(
                Path.of("/home/u/.cache/ebpf4j"),
                CacheDirectory.ofSettings(home::get, relative::get).root());
    }

    @Test
    void aFailedFillingLeavesNothingAndMayBeRepeated() throws IOException {
        CacheDirectory cache = CacheDirectory.of(root.resolve("deep/cache"));
        IOException e = assertThrows(
                IOException.class,
                () -> cache.directory("d", directory -> {
                    Files.writeString(directory.resolve("half"), "x");
                    throw new IOException("disk full");
                }));
        assertEquals("disk full", e.getMessage());
        assertFalse(Files.exists(cache.root().resolve("d")));
        Path whole = cache.directory("d", directory -> Files.writeString(directory.resolve("whole"), "y"));
        assertFalse(Files.exists(whole.resolve("half")));
        assertEquals("y", Files.readString(whole.resolve("whole")));
    }

    @Test
    void whatAKilledProcessLeftIsReplaced() throws IOException {
        Files.createDirectories(root.resolve(".d.new/sub"));
        Files.writeString(root.resolve(".d.new/sub/half"), "x");
        Path whole =
                CacheDirectory.of(root).directory("d", directory -> Files.writeString(directory.resolve("f"), "y"));
        assertEquals("y", Files.readString(whole.resolve("f")));
        assertFalse(Files.exists(whole.resolve("sub")));
    }
}
