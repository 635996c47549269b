package dev.ebpf4j.sys;

import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** A processor that Linux runs on, with what differs between them, as data. */
public enum Arch {
    /** x86-64; its {@code struct pt_regs} as in {@code asm/ptrace.h}. */
    X86_64(List.of("amd64", "x86_64"), "x86", 12, 4, new Registers(List.of(112, 104, 96, 88, 72, 64), 80, 152, 128, 32)),
    /** 64-bit ARM; its {@code struct user_pt_regs} as in {@code asm/ptrace.h}. */
    AARCH64(List.of("aarch64", "arm64"), "arm64", 16, 8, new Registers(List.of(0, 8, 16, 24, 32, 40), 0, 248, 256, 232));

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

    private final List<String> javaNames;
    private final String targetName;
    private final int epollEventSize;
    private final int epollDataOffset;
    private final Registers registers;

    Arch(List<String> javaNames, String targetName, int epollEventSize, int epollDataOffset, Registers registers) {
        this.javaNames = javaNames;
        this.targetName = targetName;
        this.epollEventSize = epollEventSize;
        this.epollDataOffset = epollDataOffset;
        this.registers = registers;
    }

    /** The processor that this JVM runs on, or empty where ebpf4j has no tables for it. */
    public static Optional<Arch> host() {
        return ofJavaName(System.getProperty("os.arch", ""));
    }

    /** The processor that the system property {@code os.arch} calls {@code name}, or empty. */
    public static Optional<Arch> ofJavaName(String name) {
        String lower = name.toLowerCase(Locale.ROOT);
        for (Arch arch : values()) {
            if (arch.javaNames.contains(lower)) {
                return Optional.of(arch);
            }
        }
        return Optional.empty();
    }

    /** The macro by which {@code bpf_tracing.h} knows this processor: {@code __TARGET_ARCH_…}. */
    public String targetDefine() {
        return "__TARGET_ARCH_" + targetName;
    }

    /** Where {@code struct pt_regs} keeps the registers of the C calling convention. */
    public Registers registers() {
        return registers;
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
