package dev.ebpf4j.clang;

import java.util.List;
import java.util.Optional;

/**
 * The machine whose registers and system calls a BPF program reads: which {@code __TARGET_ARCH_} define picks its
 * columns in {@code bpf/bpf_tracing.h}. The names are those of libbpf's headers.
 */
public enum TargetArch {
    /** 32 and 64-bit x86. */
    X86("x86", "x86_64-linux-gnu", "amd64", "x86_64", "i386", "x86"),
    /** 64-bit ARM. */
    ARM64("arm64", "aarch64-linux-gnu", "aarch64"),
    /** 32-bit ARM. */
    ARM("arm", "arm-linux-gnueabihf", "arm"),
    /** IBM Z. */
    S390("s390", "s390x-linux-gnu", "s390x"),
    /** RISC-V. */
    RISCV("riscv", "riscv64-linux-gnu", "riscv64"),
    /** POWER. */
    POWERPC("powerpc", "powerpc64le-linux-gnu", "ppc64le", "ppc64"),
    /** LoongArch. */
    LOONGARCH("loongarch", "loongarch64-linux-gnu", "loongarch64"),
    /** MIPS. */
    MIPS("mips", "mips64el-linux-gnuabi64", "mips64el", "mips64", "mips", "mipsel"),
    /** SPARC. */
    SPARC("sparc", "sparc64-linux-gnu", "sparcv9", "sparc"),
    /** ARC. */
    ARC("arc", "arc-linux-gnu", "arc");

    private final String headerName;
    private final String multiarch;
    private final List<String> javaNames;

    TargetArch(String headerName, String multiarch, String... javaNames) {
        this.headerName = headerName;
        this.multiarch = multiarch;
        this.javaNames = List.of(javaNames);
    }

    /**
     * The machine that this JVM runs on, by {@code os.arch}.
     *
     * @return the machine, or empty when these tables do not have it
     */
    public static Optional<TargetArch> host() {
        return ofJavaName(System.getProperty("os.arch", ""));
    }

    static Optional<TargetArch> ofJavaName(String osArch) {
        for (TargetArch arch : values()) {
            if (arch.javaNames.contains(osArch)) {
                return Optional.of(arch);
            }
        }
        return Optional.empty();
    }

    /**
     * The macro that a compilation for this machine defines.
     *
     * @return such as {@code __TARGET_ARCH_arm64}
     */
    public String define() {
        return "__TARGET_ARCH_" + headerName;
    }

    /** Debian's directory name for this machine's own headers, where {@code asm/types.h} lies. */
    String multiarch() {
        return multiarch;
    }
}
