package dev.ebpf4j.insn;

/**
 * A register of the BPF virtual machine. By convention r0 is the result, r1 to r5 are arguments that a call destroys,
 * r6 to r9 survive calls, r10 is the read-only frame pointer.
 */
public enum Reg implements Operand {
    /** Result of calls and of the program. */
    R0(0),
    /** First argument; the context at program entry. */
    R1(1),
    /** Second argument. */
    R2(2),
    /** Third argument. */
    R3(3),
    /** Fourth argument. */
    R4(4),
    /** Fifth argument. */
    R5(5),
    /** Survives calls. */
    R6(6),
    /** Survives calls. */
    R7(7),
    /** Survives calls. */
    R8(8),
    /** Survives calls. */
    R9(9),
    /** Frame pointer: the end of this function's 512 bytes of stack. */
    R10(10);

    private static final Reg[] ALL = values();

    /** How many registers programs may name; the 4-bit fields of a slot can say more. */
    static final int COUNT = ALL.length;

    private final int number;

    Reg(int number) {
        this.number = number;
    }

    /**
     * {@return the register of the given number}
     *
     * @param number the number in a slot
     * @throws IllegalArgumentException if {@code number} is not 0 to 10
     */
    public static Reg of(int number) {
        if (number < 0 || number >= COUNT) {
            throw new IllegalArgumentException("no register " + number + ": expected 0 to " + (COUNT - 1));
        }
        return ALL[number];
    }

    /** {@return the number in a slot, 0 to 10} */
    public int number() {
        return number;
    }

    /** {@return the name of all 64 bits, as in {@code r3}} */
    @Override
    public String toString() {
        return "r" + number;
    }
}
