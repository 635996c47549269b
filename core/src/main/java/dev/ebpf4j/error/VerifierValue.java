package dev.ebpf4j.error;

/**
 * What the verifier knows of a register or a stack slot at one point. Any text can be parsed: what is not understood is
 * {@link Other}, and numbers that are not there have their widest meaning.
 */
public sealed interface VerifierValue {
    /** {@return the value as the log has it} */
    String text();

    /**
     * A number.
     *
     * @param text as the log has it
     * @param id what it has in common with other copies of the same unknown number, 0 for none
     * @param signed its range as a signed number
     * @param unsigned its range as an unsigned number; {@code max} is to be read as unsigned
     * @param bits which of its bits are known
     * @param precise whether later checks depend on its exact value
     */
    record Scalar(String text, int id, Range signed, Range unsigned, Bits bits, boolean precise)
            implements VerifierValue {
        /** {@return whether it has one value only} */
        public boolean isConstant() {
            return bits.mask() == 0;
        }
    }

    /**
     * A pointer.
     *
     * @param text as the log has it
     * @param type what it points to, in the verifier's words: {@code ctx}, {@code fp}, {@code map_value}, {@code
     *     ptr_task_struct}; without {@code _or_null}
     * @param nullable whether it may be NULL
     * @param id what it has in common with other copies, 0 for none
     * @param reference number of the reference that must be released, 0 for none
     * @param offset constant part of its offset in bytes
     * @param variable range of the unknown part of its offset, from 0 to 0 for none
     */
    record Pointer(String text, String type, boolean nullable, int id, int reference, long offset, Range variable)
            implements VerifierValue {}

    /**
     * Something else: bytes of the stack ({@code mmmm????}), a reference, an iterator, a dynptr, or a form of a newer kernel.
     *
     * @param text as the log has it
     */
    record Other(String text) implements VerifierValue {}

    /**
     * A range of numbers.
     *
     * @param min smallest
     * @param max largest
     */
    record Range(long min, long max) {
        /** All signed numbers. */
        static final Range SIGNED = new Range(Long.MIN_VALUE, Long.MAX_VALUE);

        /** All unsigned numbers. */
        static final Range UNSIGNED = new Range(0, -1);

        /** Only 0. */
        static final Range ZERO = new Range(0, 0);
    }

    /**
     * Known and unknown bits of a number.
     *
     * @param value the known bits; 0 where a bit is unknown
     * @param mask 1 where a bit is unknown
     */
    record Bits(long value, long mask) {}

    /**
     * Takes a value apart. Never fails.
     *
     * @param text what stands behind {@code R1=} in a log
     * @return the value
     */
    static VerifierValue parse(String text) {
        return new VerifierValueParser(text).parse();
    }
}
