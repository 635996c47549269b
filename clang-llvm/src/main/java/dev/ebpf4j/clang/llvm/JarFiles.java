package dev.ebpf4j.clang.llvm;

import java.io.File;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.lang.module.FindException;
import java.lang.module.ModuleFinder;
import java.lang.module.ModuleReader;
import java.lang.module.ModuleReference;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The files of the LLVM jar, wherever it is. On the class path the class loader sees them. On the module path nothing
 * requires that module, so it is not in the module graph: its jar is read without being loaded.
 */
final class JarFiles implements AutoCloseable {

    private final String directory;
    private final @Nullable ModuleReader module;

    private JarFiles(String directory, @Nullable ModuleReader module) {
        this.directory = directory;
        this.module = module;
    }

    static JarFiles of(String platform) throws IOException {
        Optional<ModuleReference> module = onModulePath("org.bytedeco.llvm." + platform.replace('-', '.'));
        return new JarFiles(
                "org/bytedeco/llvm/" + platform + "/",
                module.isPresent() ? module.get().open() : null);
    }

    private static Optional<ModuleReference> onModulePath(String name) throws IOException {
        Path[] path = Arrays.stream(System.getProperty("jdk.module.path", "").split(File.pathSeparator, -1))
                .filter(entry -> !entry.isEmpty())
                .map(Path::of)
                .toArray(Path[]::new);
        try {
            return ModuleFinder.of(path).find(name);
        } catch (FindException e) {
            throw new IOException("the module path cannot be searched for " + name, e);
        }
    }

    boolean has(String name) throws IOException {
        try (InputStream in = find(name)) {
            return in != null;
        }
    }

    InputStream open(String name) throws IOException {
        InputStream in = find(name);
        if (in == null) {
            throw new FileNotFoundException("the jar of org.bytedeco:llvm has no " + directory + name);
        }
        return in;
    }

    private @Nullable InputStream find(String name) throws IOException {
        return module == null
                ? JarFiles.class.getClassLoader().getResourceAsStream(directory + name)
                : module.open(directory + name).orElse(null);
    }

    @Override
    public void close() throws IOException {
        if (module != null) {
            module.close();
        }
    }
}
