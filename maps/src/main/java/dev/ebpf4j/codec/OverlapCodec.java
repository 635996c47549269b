package dev.ebpf4j.codec;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import dev.ebpf4j.hot.StaysInside;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Writes components that share bytes: the members of a union. Those that are null, or zero in all their bytes, are not
 * given; those that are given must say the same about the bits that they share.
 */
final class OverlapCodec implements Codec<@Nullable Object[]>, StaysInside {
    private final List<Field> fields;
    private final List<Codec<Object>> codecs;
    private final int from;
    private final int size;

    @SuppressWarnings("unchecked") // each codec gets the values of its own component
    OverlapCodec(List<Field> fields) {
        this.fields = fields;
        this.codecs = fields.stream().map(f -> (Codec<Object>) f.codec()).toList();
        this.from = fields.stream().mapToInt(Field::from).min().orElse(0) / 8;
        this.size = (fields.stream().mapToInt(Field::to).max().orElse(0) + 7) / 8 - from;
    }

    @Override
    public int size() {
        return size;
    }

    @Override
    public Codec<@Nullable Object[]> bind(TypeRef type) {
        return this;
    }

    @Override
    public @Nullable Object[] read(MemorySegment source, long offset) {
        throw new UnsupportedOperationException("components are read one by one");
    }

    /** Writes the components' values to a struct at {@code offset}; the bytes there are zero. */
    @Override
    public void write(@Nullable Object[] values, MemorySegment target, long offset) {
        byte[] sum = new byte[size];
        byte[] covered = new byte[size];
        Field before = fields.getFirst();
        for (int i = 0; i < fields.size(); i++) {
            Field field = fields.get(i);
            Object value = values[i];
            byte[] own = new byte[size];
            if (value != null) {
                codecs.get(i).write(value, MemorySegment.ofArray(own), field.offset() - from);
            }
            if (isZero(own)) {
                continue;
            }
            byte[] mask = mask(field);
            for (int b = 0; b < size; b++) {
                if (((own[b] ^ sum[b]) & mask[b] & covered[b]) != 0) {
                    throw new IllegalArgumentException(before.component().name() + " and "
                            + field.component().name() + " are the same bytes of a union, and not the same here;"
                            + " leave one of them null or zero");
                }
                sum[b] |= own[b];
                covered[b] |= mask[b];
            }
            before = field;
        }
        MemorySegment.copy(sum, 0, target, JAVA_BYTE, offset + from, size);
    }

    private static boolean isZero(byte[] bytes) {
        for (byte b : bytes) {
            if (b != 0) {
                return false;
            }
        }
        return true;
    }

    /** The bits that the component writes; of a bitfield those that it can write. */
    private byte[] mask(Field field) {
        byte[] mask = new byte[size];
        if (field.codec() instanceof BitsCodec<?> bits) {
            BitsCodec<Long> all = new BitsCodec<>(JavaNumber.LONG, bits.bit(), bits.bits(), true, bits.bigEndian());
            all.writeLong(-1, MemorySegment.ofArray(mask), field.offset() - from);
        } else {
            Arrays.fill(mask, field.from() / 8 - from, field.to() / 8 - from, (byte) -1);
        }
        return mask;
    }
}
