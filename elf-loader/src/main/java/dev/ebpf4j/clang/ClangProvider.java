package dev.ebpf4j.clang;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A source of a clang executable, found by {@link java.util.ServiceLoader} when neither a setting nor the {@code PATH}
 * has one.
 */
public interface ClangProvider {

    /**
     * Names this source in messages.
     *
     * @return a few words, such as {@code "org.bytedeco:llvm 20.1.7"}
     */
    String name();

    /**
     * Gives the executable, unpacking it first where needed.
     *
     * @param cache where a provider may keep unpacked files
     * @return the executable, or empty when this source has none for this machine
     * @throws IOException if there is one and it cannot be unpacked
     */
    Optional<Path> executable(CacheDirectory cache) throws IOException;
}
