package dev.ebpf4j.spec;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.junit.jupiter.api.Test;

class BytesTest {
    @Test
    void zerosThatTakeNoMemoryAreBytesLikeOthers() {
        Bytes zeros = Bytes.zeros(5);
        assertEquals(Bytes.of((byte) 0, (byte) 0, (byte) 0, (byte) 0, (byte) 0), zeros);
        assertEquals(Bytes.of(new byte[5]).hashCode(), zeros.hashCode());
        assertNotEquals(Bytes.zeros(4), zeros);
        assertArrayEquals(new byte[5], zeros.toArray());
        assertEquals(5, zeros.buffer(ByteOrder.BIG_ENDIAN).remaining());
        assertEquals(Bytes.zeros(2), zeros.slice(3, 2));
        assertThrows(IndexOutOfBoundsException.class, () -> zeros.slice(4, 2));
    }

    @Test
    void partsAreReadAndReplaced() {
        Bytes changed = Bytes.zeros(4).with(1, Bytes.of((byte) 7, (byte) 0));
        assertEquals(Bytes.of((byte) 0, (byte) 7, (byte) 0, (byte) 0), changed);
        assertEquals(Bytes.of((byte) 7, (byte) 0), changed.slice(1, 2));
        assertNotEquals(Bytes.zeros(4), changed);
        assertEquals(
                changed, Bytes.of(ByteBuffer.wrap(new byte[] {9, 0, 7, 0, 0}).position(1)));
        assertThrows(IndexOutOfBoundsException.class, () -> changed.with(3, Bytes.zeros(2)));
    }
}
