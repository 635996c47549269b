package dev.ebpf4j.clang;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Directories that can be made again at any time: headers, printed types, an unpacked compiler. Each is named after
 * what is in it and appears whole or not at all; processes and threads may ask for the same one at the same time.
 */
public final class CacheDirectory {

    /** Writes the content of a new directory. */
    @FunctionalInterface
    public interface Filler {
        /**
         * Writes everything.
         *
         * @param directory an empty directory, under another name until this returns
         * @throws IOException if it cannot be written; nothing is kept then
         */
        void fill(Path directory) throws IOException;
    }

    /** File locks exclude processes only; this one excludes the threads of this process. */
    private static final Object THREADS = new Object();

    private final Path root;

    private CacheDirectory(Path root) {
        this.root = root.toAbsolutePath();
    }

    /**
     * The user's cache: the system property {@code ebpf4j.cache}, else {@code $XDG_CACHE_HOME/ebpf4j}, else
     * {@code ~/.cache/ebpf4j}. Nothing is created yet.
     *
     * @return the cache
     */
    public static CacheDirectory ofUser() {
        return ofSettings(System::getProperty, System::getenv);
    }

    static CacheDirectory ofSettings(
            Function<String, @Nullable String> property, Function<String, @Nullable String> env) {
        String chosen = property.apply("ebpf4j.cache");
        if (chosen != null && !chosen.isEmpty()) {
            return of(Path.of(chosen));
        }
        String xdg = env.apply("XDG_CACHE_HOME");
        if (xdg != null && xdg.startsWith("/")) {
            return of(Path.of(xdg, "ebpf4j"));
        }
        String home = property.apply("user.home");
        return of(Path.of(home == null ? "" : home, ".cache", "ebpf4j"));
    }

    /**
     * A cache at a place of the caller's choice.
     *
     * @param root the directory; it need not exist
     * @return the cache
     */
    public static CacheDirectory of(Path root) {
        return new CacheDirectory(root);
    }

    /**
     * Where the directories lie.
     *
     * @return the absolute path, perhaps not there yet
     */
    public Path root() {
        return root;
    }

    /**
     * Gives the directory of this name, filling it first when it is not there. Blocks while another process fills it.
     *
     * @param name a file name that changes whenever the content would
     * @param filler writes the content; called at most once
     * @return the complete directory
     * @throws IOException if it cannot be written
     */
    public Path directory(String name, Filler filler) throws IOException {
        Path directory = root.resolve(name);
        if (Files.isDirectory(directory)) {
            return directory;
        }
        Files.createDirectories(root);
        synchronized (THREADS) {
            fillLocked(directory, filler);
        }
        return directory;
    }

    private void fillLocked(Path directory, Filler filler) throws IOException {
        Path lockFile = root.resolve("." + directory.getFileName() + ".lock");
        Path growing = root.resolve("." + directory.getFileName() + ".new");
        try (FileChannel channel = FileChannel.open(lockFile, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                FileLock lock = channel.lock()) {
            if (!lock.isValid() || Files.isDirectory(directory)) {
                return;
            }
            deleteTree(growing); // left by a process that was killed
            try {
                filler.fill(Files.createDirectory(growing));
                Files.move(growing, directory, StandardCopyOption.ATOMIC_MOVE);
            } finally {
                deleteTree(growing);
            }
        }
    }

    private static void deleteTree(Path tree) throws IOException {
        if (!Files.exists(tree)) {
            return;
        }
        Files.walkFileTree(tree, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.delete(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path directory, @Nullable IOException problem)
                    throws IOException {
                Files.delete(directory);
                return FileVisitResult.CONTINUE;
            }
        });
    }
}
