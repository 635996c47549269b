package dev.ebpf4j.clang.llvm;

import dev.ebpf4j.clang.CacheDirectory;
import dev.ebpf4j.clang.ClangProvider;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Unpacks the clang 20 of {@code org.bytedeco:llvm}. The tree is a normal installation, so that clang finds its shared
 * libraries by its own run path and its headers by its own place:
 *
 * <pre>
 * llvm-20.1.7-1.5.12-linux-x86_64/
 *   bin/clang
 *   lib/libLLVM.so.20.1   lib/libclang-cpp.so.20.1      the names that clang was linked with
 *   lib/clang/20/include/std*.h
 * </pre>
 */
public final class BytedecoClang implements ClangProvider {

    private static final String VERSION = "20.1.7-1.5.12";

    /** Java's name of a machine to the classifier of its jar. */
    private static final Map<String, String> PLATFORMS =
            Map.of("amd64", "linux-x86_64", "x86_64", "linux-x86_64", "aarch64", "linux-arm64");

    /** Where a file of the jar goes. */
    private record Part(String from, String to) {}

    private static final List<Part> PARTS = List.of(
            new Part("clang", "bin/clang"),
            new Part("libLLVM.so", "lib/libLLVM.so.20.1"),
            new Part("libclang-cpp.so", "lib/libclang-cpp.so.20.1"));

    /** Those of clang's own headers that compile without a C library, and what they include. */
    private static final List<String> HEADERS = List.of(
            "__stdarg___gnuc_va_list.h",
            "__stdarg___va_copy.h",
            "__stdarg_header_macro.h",
            "__stdarg_va_arg.h",
            "__stdarg_va_copy.h",
            "__stdarg_va_list.h",
            "__stddef_header_macro.h",
            "__stddef_max_align_t.h",
            "__stddef_null.h",
            "__stddef_nullptr_t.h",
            "__stddef_offsetof.h",
            "__stddef_ptrdiff_t.h",
            "__stddef_rsize_t.h",
            "__stddef_size_t.h",
            "__stddef_unreachable.h",
            "__stddef_wchar_t.h",
            "__stddef_wint_t.h",
            "limits.h",
            "stdalign.h",
            "stdarg.h",
            "stdatomic.h",
            "stdbool.h",
            "stddef.h",
            "stdint.h",
            "stdnoreturn.h");

    /** Made by {@link java.util.ServiceLoader}. */
    public BytedecoClang() {}

    @Override
    public String name() {
        return "org.bytedeco:llvm " + VERSION;
    }

    @Override
    public Optional<Path> executable(CacheDirectory cache) throws IOException {
        Optional<String> platform = platform();
        if (platform.isEmpty()) {
            return Optional.empty();
        }
        try (JarFiles files = JarFiles.of(platform.get())) {
            if (!files.has("clang")) {
                return Optional.empty();
            }
            Path tree = cache.directory("llvm-" + VERSION + "-" + platform.get(), to -> unpack(files, to));
            return Optional.of(tree.resolve("bin/clang"));
        }
    }

    private static Optional<String> platform() {
        return System.getProperty("os.name", "").equals("Linux")
                ? Optional.ofNullable(PLATFORMS.get(System.getProperty("os.arch", "")))
                : Optional.empty();
    }

    private static void unpack(JarFiles files, Path tree) throws IOException {
        for (Part part : PARTS) {
            copy(files, part, tree);
        }
        for (String header : HEADERS) {
            copy(files, new Part("lib/clang/20/include/" + header, "lib/clang/20/include/" + header), tree);
        }
        if (!tree.resolve("bin/clang").toFile().setExecutable(true, false)) {
            throw new IOException("cannot make " + tree.resolve("bin/clang") + " executable");
        }
    }

    private static void copy(JarFiles files, Part part, Path tree) throws IOException {
        Path to = tree.resolve(part.to());
        Files.createDirectories(to.getParent());
        try (InputStream in = files.open(part.from());
                OutputStream out = Files.newOutputStream(to)) {
            in.transferTo(out);
        }
    }
}
