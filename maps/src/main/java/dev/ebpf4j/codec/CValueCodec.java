package dev.ebpf4j.codec;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import dev.ebpf4j.hot.StaysInside;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * Values of whatever type the BTF says.
 *
 * @param type what it is bound to; null if to nothing yet
 */
record CValueCodec(@Nullable TypeRef type) implements Codec<CValue>, StaysInside {
    private TypeRef bound() {
        TypeRef known = type;
        if (known == null) {
            throw new IllegalStateException("the codec of CValue knows its type only after bind()");
        }
        return known;
    }

    @Override
    public int size() {
        return bound().size();
    }

    @Override
    public Codec<CValue> bind(TypeRef newType) {
        if (newType.btf() == null) {
            throw CodecMismatchException.of(newType, "CValue", "needs BTF; Codecs.bytes does not");
        }
        return new CValueCodec(newType);
    }

    @Override
    public CValue read(MemorySegment source, long offset) {
        return new CValue(bound(), source.asSlice(offset, size()).toArray(JAVA_BYTE));
    }

    @Override
    public void write(CValue value, MemorySegment target, long offset) {
        byte[] bytes = value.toBytes();
        if (bytes.length != size()) {
            throw new IllegalArgumentException(bytes.length + " bytes where " + size() + " are needed");
        }
        MemorySegment.copy(bytes, 0, target, JAVA_BYTE, offset, bytes.length);
    }

    @Override
    public String toString() {
        return "CValue";
    }
}
