package dev.ebpf4j.btf;

/** What to do about one CO-RE relocation. Patching the instruction needs no BTF any more. */
public sealed interface CoReFixup {

    /**
     * Put a number into the instruction.
     *
     * <p>It goes to the immediate of ALU instructions and {@code ldimm64} (both halves), and to the offset of LDX, ST and
     * STX. Those three also change their access size when {@link Sizes#differ()}: from {@code local}, which must be
     * theirs, to {@code target}, if that is 1, 2, 4 or 8; where {@link Sizes#safe()} is false or the size is another
     * one, they are to be poisoned.
     *
     * @param value the number on the target
     * @param localValue the number by the program's own BTF
     * @param validateLocal whether the instruction must hold {@code localValue} before it is patched
     * @param sizes sizes of the accessed field; {@link Sizes#NONE} unless {@link CoReKind#FIELD_BYTE_OFFSET} of a field
     *     that is no bitfield
     * @param target index of the target BTF that gave the value; -1 when none was needed or none matched
     */
    record Value(long value, long localValue, boolean validateLocal, Sizes sizes, int target) implements CoReFixup {}

    /**
     * Make the instruction one that the verifier refuses if it can be reached: the target lacks what is asked for.
     *
     * @param reason what is missing
     */
    record Poison(CoReReason reason) implements CoReFixup {}

    /**
     * Refuse to load the program: the relocation cannot be answered, whether the instruction is reachable or not.
     *
     * @param reason what is wrong
     */
    record Refused(CoReReason reason) implements CoReFixup {}

    /**
     * Sizes of an accessed field.
     *
     * @param local bytes by the program's BTF
     * @param target bytes on the target
     * @param safe whether a load of the other size gives the same number: equal sizes, two pointers, or two integers
     *     neither of which is signed
     */
    record Sizes(int local, int target, boolean safe) {
        /** Where no memory access is relocated. */
        public static final Sizes NONE = new Sizes(0, 0, true);

        /**
         * Whether the access size changes.
         *
         * @return true if it does
         */
        public boolean differ() {
            return local != target;
        }
    }
}
