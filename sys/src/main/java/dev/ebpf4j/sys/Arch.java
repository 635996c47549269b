package dev.ebpf4j.sys;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** A processor that Linux runs on, with what differs between them, as data. */
public enum Arch {
    /** x86-64. */
    X86_64("amd64", "x86", 12, 4),
    /** 64-bit ARM. */
    AARCH64("aarch64", "arm64", 16, 8);

    /**
     * Byte offsets of registers in the context of a kprobe or uprobe.
     *
     * @param arguments where the first six integer arguments of a function are
     * @param result where its return value is
     * @param stackPointer the stack pointer
     * @param instructionPointer the program counter
     * @param framePointer the frame pointer
     */
    public record Registers(
            List<Integer> arguments, int result, int stackPointer, int instructionPointer, int framePointer) {}

    private final String javaName;
    private final String targetName;
    private final int epollEventSize;
    private final int epollDataOffset;

    Arch(String javaName, String targetName, int epollEventSize, int epollDataOffset) {
        this.javaName = javaName;
        this.targetName = targetName;
        this.epollEventSize = epollEventSize;
        this.epollDataOffset = epollDataOffset;
    }

    /** The processor that this JVM runs on, or empty where ebpf4j has no tables for it. */
    public static Optional<Arch> host() {
        return ofJavaName(System.getProperty("os.arch", ""));
    }

    /** The processor that the system property {@code os.arch} calls {@code name}, or empty. */
    public static Optional<Arch> ofJavaName(String name) {
        return Arrays.stream(values())
                .filter(arch -> arch.javaName.equals(name))
                .findFirst();
    }

    /** The macro by which {@code bpf_tracing.h} knows this processor: {@code __TARGET_ARCH_…}. */
    public String targetDefine() {
        return "__TARGET_ARCH_" + targetName;
    }

    /**
     * Where the registers of the C calling convention are in {@code struct pt_regs} (x86-64) and {@code struct
     * user_pt_regs} (arm64) of {@code asm/ptrace.h}.
     */
    public Registers registers() {
        return switch (this) {
            case X86_64 -> new Registers(List.of(112, 104, 96, 88, 72, 64), 80, 152, 128, 32);
            case AARCH64 -> new Registers(List.of(0, 8, 16, 24, 32, 40), 0, 248, 256, 232);
        };
    }

    /** Bytes of {@code struct epoll_event}, which is packed on x86-64 only. */
    int epollEventSize() {
        return epollEventSize;
    }

    /** Offset of {@code data} in {@code struct epoll_event}. */
    int epollDataOffset() {
        return epollDataOffset;
    }
}
