package dev.ebpf4j.oracle;

import static org.junit.jupiter.api.Assumptions.abort;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;

/**
 * Where bpftool and libbpf are: named by the system properties {@code ebpf4j.bpftool} and {@code ebpf4j.libbpf}, installed,
 * or unpacked from the distribution's packages into {@code ~/.cache/ebpf4j/oracles}, which happens by itself where apt-get
 * can download them. Nothing is installed. A test that gets neither is aborted.
 */
final class Oracles {
    private static final Duration DOWNLOAD_LIMIT = Duration.ofMinutes(1);
    private static final Path CACHE = Path.of(System.getProperty("user.home"), ".cache", "ebpf4j", "oracles");
    private static final String MULTIARCH =
            System.getProperty("os.arch").equals("aarch64") ? "aarch64-linux-gnu" : "x86_64-linux-gnu";
    private static final List<Path> LIBRARY_FOLDERS = Stream.of(
                    "/usr/lib/" + MULTIARCH, "/lib/" + MULTIARCH, "/usr/lib64", "/usr/lib", "/usr/local/lib")
            .map(Path::of)
            .toList();

    private static final Map<String, Optional<Path>> PACKAGES = new ConcurrentHashMap<>();
    private static final List<String> TROUBLE = new CopyOnWriteArrayList<>();

    private Oracles() {}

    /** A program or library, and the folder of those libraries that it may need. */
    record Found(Path file, Path libraries) {}

    /** bpftool, or the test is aborted. */
    static Found bpftool() {
        return setting("ebpf4j.bpftool")
                .or(() -> first(searchPath(), "bpftool"))
                .or(() -> unpacked("bpftool").flatMap(root -> first(List.of(root), "usr/sbin/bpftool")))
                .map(file -> new Found(file, libraries()))
                .orElseGet(() -> abort(missing("bpftool", "ebpf4j.bpftool")));
    }

    /** libbpf's shared library, or the test is aborted. */
    static Found libbpf() {
        return setting("ebpf4j.libbpf")
                .or(() -> first(LIBRARY_FOLDERS, "libbpf.so.1"))
                .or(() -> unpacked("libbpf1").flatMap(root -> first(folders(root), "libbpf.so.1")))
                .map(file -> new Found(file, libraries()))
                .orElseGet(() -> abort(missing("libbpf.so.1", "ebpf4j.libbpf")));
    }

    /** The files of a package, or the test is aborted. */
    static Path tree(String name) {
        return unpacked(name).orElseGet(() -> abort("no package " + name + " can be downloaded: " + TROUBLE));
    }

    private static String missing(String what, String property) {
        return "no " + what + " to compare with: not installed, not named by -D" + property
                + ", and no package of it can be downloaded: " + TROUBLE;
    }

    private static Optional<Path> setting(String property) {
        return Optional.ofNullable(System.getProperty(property)).map(Path::of);
    }

    private static List<Path> searchPath() {
        String path = System.getenv().getOrDefault("PATH", "") + File.pathSeparator + "/usr/sbin";
        return Arrays.stream(path.split(File.pathSeparator))
                .filter(folder -> !folder.isBlank())
                .map(Path::of)
                .toList();
    }

    private static Optional<Path> first(List<Path> folders, String name) {
        return folders.stream()
                .map(folder -> folder.resolve(name))
                .filter(Files::isReadable)
                .findFirst();
    }

    private static List<Path> folders(Path root) {
        return LIBRARY_FOLDERS.stream()
                .map(folder -> root.resolve(folder.subpath(0, folder.getNameCount())))
                .toList();
    }

    /** libelf of the packages, for a machine without. Its name has a suffix since 2024. */
    private static Path libraries() {
        if (first(LIBRARY_FOLDERS, "libelf.so.1").isPresent()) {
            return LIBRARY_FOLDERS.getFirst();
        }
        return Stream.of("libelf1", "libelf1t64")
                .flatMap(name -> unpacked(name).stream())
                .flatMap(root -> first(folders(root), "libelf.so.1").stream())
                .map(library -> library.resolve("..").normalize())
                .findFirst()
                .orElse(CACHE);
    }

    private static Optional<Path> unpacked(String name) {
        return PACKAGES.computeIfAbsent(name, Oracles::unpack);
    }

    private static Optional<Path> unpack(String name) {
        Path root = CACHE.resolve(name);
        if (Files.isDirectory(root)) {
            return Optional.of(root);
        }
        try {
            Files.createDirectories(CACHE);
            Path fresh = Files.createTempDirectory(CACHE, name + "-");
            String script =
                    "cd \"$1\" && apt-get download \"$2\" && dpkg -x ./*.deb tree && mv -T tree \"$3\"; rm -r \"$1\"";
            List<String> command = List.of("sh", "-c", script, "sh", fresh.toString(), name, root.toString());
            Tool.Output output = Tool.run(CACHE, DOWNLOAD_LIMIT, command);
            if (Files.isDirectory(root)) { // by us, or by another run that was faster
                return Optional.of(root);
            }
            throw new IOException(output.errors());
        } catch (IOException e) {
            TROUBLE.add(name + ": " + e.getMessage());
            return Optional.empty();
        }
    }
}
