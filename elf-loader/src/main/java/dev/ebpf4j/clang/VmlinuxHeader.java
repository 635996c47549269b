package dev.ebpf4j.clang;

import dev.ebpf4j.btf.Btf;
import dev.ebpf4j.btf.BtfCPrinter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.zip.CRC32;
import java.util.zip.CRC32C;
import java.util.zip.Checksum;

/**
 * The {@code vmlinux.h} of one kernel: all its types as C, printed from its BTF. Printing takes some hundred milliseconds,
 * so the text is kept in the cache under checksums of the BTF.
 */
public final class VmlinuxHeader {

    private static final Path RUNNING = Path.of("/sys/kernel/btf/vmlinux");

    private final Path btf;

    private VmlinuxHeader(Path btf) {
        this.btf = btf;
    }

    /**
     * The header of the running kernel.
     *
     * @return the header, or empty where there is no {@code /sys/kernel/btf/vmlinux}
     * @kernel 5.4
     */
    public static Optional<VmlinuxHeader> ofRunningKernel() {
        return Files.isReadable(RUNNING) ? Optional.of(new VmlinuxHeader(RUNNING)) : Optional.empty();
    }

    /**
     * The header of a kernel whose BTF is at hand.
     *
     * @param btf a file of raw BTF, such as a copy of another machine's {@code /sys/kernel/btf/vmlinux}
     * @return the header; the file is read when the header is used
     */
    public static VmlinuxHeader of(Path btf) {
        return new VmlinuxHeader(btf);
    }

    /**
     * The directory that has {@code vmlinux.h}, for a compiler's {@code -I}.
     *
     * @param cache where to keep it
     * @return the directory
     * @throws IOException if the BTF cannot be read, or the cache not written
     * @throws dev.ebpf4j.btf.BtfFormatException if the file is no BTF
     */
    public Path directory(CacheDirectory cache) throws IOException {
        byte[] bytes = Files.readAllBytes(btf);
        return cache.directory(
                "vmlinux-" + BtfCPrinter.TEXT_VERSION + "-" + key(bytes),
                directory -> Files.writeString(directory.resolve("vmlinux.h"), BtfCPrinter.header(Btf.parse(bytes))));
    }

    /** Two checksums and the length: SHA-256 takes a JVM that has just started 20 times as long, and nobody attacks. */
    private static String key(byte[] bytes) {
        return "%08x%08x-%d".formatted(checksum(new CRC32(), bytes), checksum(new CRC32C(), bytes), bytes.length);
    }

    private static long checksum(Checksum checksum, byte[] bytes) {
        checksum.update(bytes);
        return checksum.getValue();
    }

    @Override
    public String toString() {
        return "vmlinux.h of " + btf;
    }
}
