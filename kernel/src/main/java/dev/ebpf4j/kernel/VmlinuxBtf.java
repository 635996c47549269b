package dev.ebpf4j.kernel;

import dev.ebpf4j.btf.Btf;
import dev.ebpf4j.btf.BtfFormatException;
import dev.ebpf4j.sys.Fd;
import dev.ebpf4j.sys.Sys;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;

/** Finds and parses the BTF of the running kernel. */
final class VmlinuxBtf {
    private static final String RUNNING = "sys/kernel/btf/vmlinux";
    private static final int PROT_READ = 1;
    private static final int MAP_PRIVATE = 2;

    private final Sys sys;
    private final Path root;
    private final String release;

    VmlinuxBtf(Sys sys, Path root, String release) {
        this.sys = sys;
        this.root = root;
        this.release = release;
    }

    /** What the kernel itself shows; else what the file that it was booted from has. */
    Optional<Btf> read() {
        try {
            Path running = root.resolve(RUNNING);
            if (Files.isReadable(running)) {
                return Optional.of(running(running));
            }
            for (String image : images()) {
                Path file = root.resolve(image);
                Optional<Btf> btf = Files.isReadable(file) ? image(file) : Optional.empty();
                if (btf.isPresent()) {
                    return btf;
                }
            }
            return Optional.empty();
        } catch (IOException e) {
            throw new UncheckedIOException("can't read the kernel's BTF", e);
        }
    }

    /** The places where distributions keep the uncompressed kernel. */
    private List<String> images() {
        return List.of(
                "boot/vmlinux-" + release,
                "lib/modules/" + release + "/vmlinux-" + release,
                "lib/modules/" + release + "/build/vmlinux",
                "usr/lib/modules/" + release + "/kernel/vmlinux",
                "usr/lib/debug/boot/vmlinux-" + release,
                "usr/lib/debug/boot/vmlinux-" + release + ".debug",
                "usr/lib/debug/lib/modules/" + release + "/vmlinux");
    }

    /** Kernels from 6.16 on let the file be mapped. The mapping stays: the types are read where they stand. */
    private Btf running(Path file) throws IOException {
        long size = Files.size(file);
        long address = map(file, size);
        if (address < 0) {
            return Btf.parse(Files.readAllBytes(file));
        }
        try {
            return Btf.parseInPlace(Sys.memory(address, size));
        } catch (BtfFormatException e) {
            sys.munmap(address, size);
            throw e;
        }
    }

    private long map(Path file, long size) {
        long opened = sys.openat(Sys.AT_FDCWD, file.toString(), 0, 0);
        if (opened < 0) {
            return -1;
        }
        try (Fd fd = new Fd(sys, opened)) {
            return sys.mmap(size, PROT_READ, MAP_PRIVATE, fd.fd(), 0);
        }
    }

    private static Optional<Btf> image(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ);
                Arena arena = Arena.ofConfined()) {
            MemorySegment bytes = channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena);
            return VmlinuxElf.btf(bytes).map(Btf::parse);
        }
    }
}
