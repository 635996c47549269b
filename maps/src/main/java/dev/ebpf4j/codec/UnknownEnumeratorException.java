package dev.ebpf4j.codec;

/**
 * Memory has a number for which a Java enum has no constant. An enum with a constant named {@code UNKNOWN} that no C name
 * stands for gives that one instead.
 */
public final class UnknownEnumeratorException extends IllegalStateException {
    private static final long serialVersionUID = 1L;

    /** What was found. */
    private final long number;

    UnknownEnumeratorException(String cName, long number, Class<?> type) {
        super(cName + " is " + number + ", for which " + type.getSimpleName()
                + " has no constant; add it, or one named " + EnumCodec.FALLBACK);
        this.number = number;
    }

    /** {@return the number in memory} */
    public long number() {
        return number;
    }
}
