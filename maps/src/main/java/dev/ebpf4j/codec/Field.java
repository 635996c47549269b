package dev.ebpf4j.codec;

/**
 * A component and its place.
 *
 * @param component the component
 * @param codec how to read and write it
 * @param offset bytes from the start of the struct
 * @param from the first bit that is its own
 * @param to the bit after the last
 * @param flexible whether it goes on as far as the memory
 */
record Field(Component component, Codec<?> codec, int offset, int from, int to, boolean flexible) {
    static Field of(Component component, Codec<?> codec, Member member, boolean flexible) {
        return new Field(component, codec, member.offset(), member.bitOffset(), member.end(), flexible);
    }

    /** Whether memory has the number as the machine and Java have it. */
    boolean isPlain() {
        return codec instanceof IntegerCodec<?> i ? i.isPlain() : codec instanceof FloatCodec<?> f && f.isPlain();
    }

    boolean isPrimitive() {
        return component.type().raw().isPrimitive();
    }

    Class<?> type() {
        return component.type().raw();
    }

    boolean overlaps(Field other) {
        return from < other.to && other.from < to;
    }
}
