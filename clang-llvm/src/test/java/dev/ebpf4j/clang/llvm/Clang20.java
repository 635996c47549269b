package dev.ebpf4j.clang.llvm;

import dev.ebpf4j.clang.CacheDirectory;
import dev.ebpf4j.clang.Clang;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;

/** The clang that this module carries. */
final class Clang20 {

    private Clang20() {}

    static Clang find() throws IOException {
        Path executable = new BytedecoClang()
                .executable(CacheDirectory.ofUser())
                .orElseGet(() -> Assumptions.abort("org.bytedeco:llvm has no clang for this machine"));
        return Clang.at(executable);
    }
}
