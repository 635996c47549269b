package dev.ebpf4j.codec;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.ebpf4j.hot.StaysInside;
import java.lang.foreign.MemorySegment;

/**
 * Text in an array of characters.
 *
 * @param size bytes of the array; of a flexible array 0
 * @param flexible whether the array is as long as the memory
 */
record StringCodec(int size, boolean flexible) implements Codec<String>, FlexibleCodec, StaysInside {
    @Override
    public Codec<String> bind(TypeRef type) {
        CodecMismatchException.require(CTypes.isText(type), size, type, toString());
        return this;
    }

    @Override
    public String read(MemorySegment source, long offset) {
        return CString.read(source, offset, flexible ? Math.toIntExact(source.byteSize() - offset) : size);
    }

    @Override
    public String read(MemorySegment source, long offset, long available) {
        return CString.read(source, offset, flexible ? Math.toIntExact(available) : size);
    }

    @Override
    public void write(String value, MemorySegment target, long offset) {
        byte[] text = value.getBytes(UTF_8);
        if (flexible) {
            MemorySegment.copy(text, 0, target, JAVA_BYTE, offset, text.length);
            return;
        }
        if (text.length > size) {
            throw new IllegalArgumentException(
                    "'" + value + "' takes " + text.length + " bytes, and there is room for " + size);
        }
        MemorySegment.copy(text, 0, target, JAVA_BYTE, offset, text.length);
        target.asSlice(offset + text.length, size - text.length).fill((byte) 0);
    }

    @Override
    public String toString() {
        return "String in " + (flexible ? "the rest of the" : size) + " bytes";
    }
}
