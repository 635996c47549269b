package dev.ebpf4j.codec;

import dev.ebpf4j.hot.StaysInside;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Constants of a Java enum for the enumerators of a C enum, by name. */
@SuppressWarnings("EnumOrdinal") // the index of tables that live as long as the class
final class EnumCodec<E extends Enum<E>> implements Codec<E>, StaysInside {
    /** The constant for numbers that have no other. */
    static final String FALLBACK = "UNKNOWN";

    private static final int SPAN = 1024;

    private final Class<E> type;
    private final NumberCodec<?> numbers;
    private final String cName;
    private final long[] numberOf; // by ordinal
    private final boolean[] known; // by ordinal
    private final long first; // the lowest number
    private final @Nullable E[] byNumber; // from the lowest on; empty where they are too far apart
    private final @Nullable E fallback;

    private EnumCodec(Class<E> type, NumberCodec<?> numbers, String cName, long[] numberOf, boolean[] known) {
        this.type = type;
        this.numbers = numbers;
        this.cName = cName;
        this.numberOf = numberOf;
        this.known = known;
        E[] constants = type.getEnumConstants();
        long low = Long.MAX_VALUE;
        long high = Long.MIN_VALUE;
        E unknown = null;
        for (E constant : constants) {
            int i = constant.ordinal();
            if (known[i]) {
                low = Math.min(low, numberOf[i]);
                high = Math.max(high, numberOf[i]);
            } else {
                unknown = constant;
            }
        }
        this.first = low;
        this.fallback = unknown;
        boolean near = high >= low && high - low >= 0 && high - low < SPAN;
        this.byNumber = Arrays.copyOf(constants, near ? (int) (high - low) + 1 : 0);
        Arrays.fill(byNumber, null);
        for (int i = constants.length - 1; near && i >= 0; i--) { // of two names for one number the first is read
            if (known[i]) {
                byNumber[(int) (numberOf[i] - low)] = constants[i];
            }
        }
    }

    /**
     * A codec, or the reason why the two do not fit.
     *
     * @param numbers how the enum's numbers stand in memory
     */
    static <E extends Enum<E>> Fit match(
            Class<E> type, NumberCodec<?> numbers, String cName, List<CTypes.Enumerator> enumerators) {
        E[] constants = type.getEnumConstants();
        long[] numberOf = new long[constants.length];
        boolean[] known = new boolean[constants.length];
        int prefix = commonPrefix(enumerators);
        for (E constant : constants) {
            CTypes.Enumerator found = find(constant.name(), enumerators, prefix);
            if (found != null) {
                numberOf[constant.ordinal()] = found.value();
                known[constant.ordinal()] = true;
            } else if (!constant.name().equals(FALLBACK)) {
                return Fit.no("no enumerator for " + constant.name() + "; there are " + names(enumerators, prefix));
            }
        }
        return Fit.yes(new EnumCodec<>(type, numbers, cName, numberOf, known));
    }

    private static CTypes.@Nullable Enumerator find(String java, List<CTypes.Enumerator> enumerators, int prefix) {
        for (CTypes.Enumerator e : enumerators) {
            if (java.equals(upper(e.name())) || java.equals(upper(e.name().substring(prefix)))) {
                return e;
            }
        }
        return null;
    }

    private static String names(List<CTypes.Enumerator> enumerators, int prefix) {
        StringBuilder text = new StringBuilder();
        int shown = Math.min(8, enumerators.size());
        for (CTypes.Enumerator e : enumerators.subList(0, shown)) {
            text.append(text.isEmpty() ? "" : ", ").append(upper(e.name().substring(prefix)));
        }
        return text.append(shown < enumerators.size() ? ", …" : "").toString();
    }

    private static String upper(String name) {
        return name.toUpperCase(Locale.ROOT);
    }

    /** Up to the last underscore of what all names begin with: {@code TCP_} of {@code TCP_LISTEN} and {@code TCP_CLOSE}. */
    private static int commonPrefix(List<CTypes.Enumerator> enumerators) {
        if (enumerators.isEmpty()) {
            return 0;
        }
        String first = enumerators.getFirst().name();
        int common = first.length();
        for (CTypes.Enumerator e : enumerators) {
            int same = 0;
            while (same < Math.min(common, e.name().length()) && e.name().charAt(same) == first.charAt(same)) {
                same++;
            }
            common = same;
        }
        int end = first.lastIndexOf('_', common - 1) + 1;
        for (CTypes.Enumerator e : enumerators) {
            if (e.name().length() == end || Character.isDigit(e.name().charAt(end))) {
                return 0; // nothing, or no Java name, would be left
            }
        }
        return end;
    }

    @Override
    public int size() {
        return numbers.size();
    }

    @Override
    public Codec<E> bind(TypeRef ref) {
        return Codecs.enumeration(type).bind(ref);
    }

    @Override
    public E read(MemorySegment source, long offset) {
        long number = numbers.readLong(source, offset);
        long index = number - first;
        E constant = index >= 0 && index < byNumber.length ? byNumber[(int) index] : null;
        if (constant == null) {
            constant = search(number);
        }
        if (constant == null) {
            throw new UnknownEnumeratorException(cName, number, type);
        }
        return constant;
    }

    private @Nullable E search(long number) {
        if (byNumber.length == 0) {
            for (int i = 0; i < numberOf.length; i++) {
                if (known[i] && numberOf[i] == number) {
                    return type.getEnumConstants()[i];
                }
            }
        }
        return fallback;
    }

    @Override
    public void write(E value, MemorySegment target, long offset) {
        int i = value.ordinal();
        if (!known[i]) {
            throw new IllegalArgumentException(
                    type.getSimpleName() + "." + value + " stands for no number of " + cName);
        }
        numbers.writeLong(numberOf[i], target, offset);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof EnumCodec<?> that
                && type == that.type
                && numbers.equals(that.numbers)
                && cName.equals(that.cName)
                && Arrays.equals(numberOf, that.numberOf)
                && Arrays.equals(known, that.known);
    }

    @Override
    public int hashCode() {
        return 31 * type.hashCode() + Arrays.hashCode(numberOf);
    }

    @Override
    public String toString() {
        return "enum " + type.getSimpleName();
    }
}
