package dev.ebpf4j.rings;

import static dev.ebpf4j.rings.ReserveResult.NO_SPACE;
import static dev.ebpf4j.rings.ReserveResult.RESERVED;
import static dev.ebpf4j.rings.ReserveResult.TOO_BIG;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ebpf4j.codec.Codecs;
import dev.ebpf4j.error.BpfException;
import dev.ebpf4j.error.Errno;
import dev.ebpf4j.maps.BpfMap;
import dev.ebpf4j.maps.KernelMaps;
import dev.ebpf4j.spec.MapType;
import dev.ebpf4j.sys.testing.ScriptedSys;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class UserRingBufferTest {
    private final ScriptedSys sys = new ScriptedSys();

    private void assertNothingLeft(SyntheticUserRing ring) {
        ring.map.close();
        assertEquals(Set.of(), sys.leaks());
    }

    @Test
    void messagesArriveInTheOrderOfReservation() {
        SyntheticUserRing ring = new SyntheticUserRing(sys, 4096);
        try (UserRingBuffer buffer = UserRingBuffer.open(ring.map);
                Reservation first = buffer.reservation();
                Reservation second = buffer.reservation()) {
            assertEquals(RESERVED, first.reserve(15));
            assertEquals(RESERVED, second.reserve(0));
            second.submit();
            assertEquals(List.of(), ring.drain(), "the first is still being written");
            first.setLong(0, 0x0807060504030201L);
            first.setInt(8, 0x0c0b0a09);
            first.setShort(12, (short) 0x0e0d);
            first.setByte(14, (byte) 15);
            first.submit();
            List<byte[]> messages = ring.drain();
            assertArrayEquals(new byte[] {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15}, messages.get(0));
            assertEquals(0, messages.get(1).length);
            assertEquals(0, buffer.pending());
        }
        assertNothingLeft(ring);
    }

    @Test
    void whatIsClosedAndNotSubmittedIsDiscarded() {
        SyntheticUserRing ring = new SyntheticUserRing(sys, 4096);
        try (UserRingBuffer buffer = UserRingBuffer.open(ring.map)) {
            try (Reservation message = buffer.reservation()) {
                assertEquals(RESERVED, message.reserve(100));
            }
            Reservation other = buffer.reservation();
            assertEquals(RESERVED, other.reserve(4));
            other.discard();
            other.discard();
            assertEquals(RESERVED, buffer.send(Codecs.INT, 42));
            assertArrayEquals(new byte[] {42, 0, 0, 0}, ring.drain().getFirst());
            assertEquals(2, ring.discarded);
        }
        assertNothingLeft(ring);
    }

    @Test
    void aFullRingAndAMessageThatNeverFitsAreOutcomes() {
        SyntheticUserRing ring = new SyntheticUserRing(sys, 4096);
        try (UserRingBuffer buffer = UserRingBuffer.open(ring.map);
                Reservation message = buffer.reservation()) {
            assertEquals(TOO_BIG, message.reserve(4096 - 7));
            assertEquals(TOO_BIG, message.reserve(Integer.MAX_VALUE));
            assertEquals(TOO_BIG, message.reserve(1 << 30));
            assertEquals(RESERVED, message.reserve(4096 - 8));
            assertEquals(NO_SPACE, buffer.send(MemorySegment.ofArray(new byte[0])));
            message.submit();
            assertEquals(NO_SPACE, message.reserve(0));
            assertEquals(4096, buffer.pending());
            assertEquals(1, ring.drain().size());
            assertEquals(RESERVED, message.reserve(4096 - 16));
            assertEquals(NO_SPACE, buffer.send(MemorySegment.ofArray(new byte[1])));
            assertEquals(RESERVED, buffer.send(MemorySegment.ofArray(new byte[0])));
            assertEquals(Errno.ENOSPC, NO_SPACE.errno());
            assertEquals(Errno.E2BIG, TOO_BIG.errno());
        }
        assertNothingLeft(ring);
    }

    /** The length of a dynptr has 24 bits: the kernel would stop at such a message for ever. */
    @Test
    void aMessageThatTheKernelCouldNotHandOutIsTooBig() {
        SyntheticUserRing ring = new SyntheticUserRing(sys, 1 << 25);
        try (UserRingBuffer buffer = UserRingBuffer.open(ring.map);
                Reservation message = buffer.reservation()) {
            assertEquals(TOO_BIG, message.reserve(1 << 24));
            assertEquals(RESERVED, message.reserve((1 << 24) - 1));
        }
    }

    @Test
    void whatIsLentEndsWithSubmit() {
        SyntheticUserRing ring = new SyntheticUserRing(sys, 4096);
        try (UserRingBuffer buffer = UserRingBuffer.open(ring.map);
                Reservation message = buffer.reservation()) {
            assertThrows(IllegalStateException.class, message::submit);
            assertEquals(RESERVED, message.reserve(8));
            assertThrows(IllegalStateException.class, () -> message.reserve(8));
            MemorySegment segment = message.segment();
            segment.set(JAVA_INT, 4, 7);
            assertEquals(8, segment.byteSize());
            assertThrows(IndexOutOfBoundsException.class, () -> segment.set(JAVA_BYTE, 8, (byte) 0));
            assertThrows(IndexOutOfBoundsException.class, () -> message.setLong(1, 0));
            assertThrows(IndexOutOfBoundsException.class, () -> message.setByte(-1, (byte) 0));
            assertThrows(IndexOutOfBoundsException.class, () -> message.setBytes(0, new byte[9]));
            assertThrows(IndexOutOfBoundsException.class, () -> message.write(Codecs.bytes(9), new byte[9]));
            message.setBytes(0, new byte[] {1, 2, 3, 4});
            message.submit();
            assertThrows(IllegalStateException.class, () -> segment.set(JAVA_INT, 0, 1));
            assertThrows(IllegalStateException.class, () -> message.setInt(0, 1));
            assertThrows(IllegalStateException.class, message::size);
            assertThrows(IllegalStateException.class, message::segment);
            assertThrows(IllegalArgumentException.class, () -> message.reserve(-1));
            assertArrayEquals(new byte[] {1, 2, 3, 4, 7, 0, 0, 0}, ring.drain().getFirst());
        }
    }

    @Test
    void theMemoryStaysUntilTheLastReservationIsDone() {
        SyntheticUserRing ring = new SyntheticUserRing(sys, 4096);
        UserRingBuffer buffer = UserRingBuffer.open(ring.map);
        Reservation message = buffer.reservation();
        assertEquals(RESERVED, message.reserve(4));
        buffer.close();
        buffer.close();
        message.setInt(0, 1);
        assertTrue(sys.leaks().stream().anyMatch(left -> left.startsWith("mapping")));
        message.submit();
        assertEquals(1, ring.drain().size());
        IllegalStateException e = assertThrows(IllegalStateException.class, () -> message.reserve(4));
        assertEquals("the user ring buffer of map 'messages' is closed", e.getMessage());
        assertEquals(0, buffer.pending());
        assertSame(ring.map, buffer.map());
        assertNothingLeft(ring);
    }

    @Test
    void everyFailureOfOpenLeavesNothing() {
        int before = 1;
        SyntheticUserRing ring = new SyntheticUserRing(sys, 4096);
        UserRingBuffer.open(ring.map).close();
        int all = sys.count();
        assertTrue(all > before);
        for (int call = before + 1; call <= all; call++) {
            ScriptedSys failing = new ScriptedSys().failAt(call, Errno.EPERM);
            SyntheticUserRing other = new SyntheticUserRing(failing, 4096);
            BpfException e = assertThrows(BpfException.class, () -> UserRingBuffer.open(other.map));
            assertTrue(e.getMessage().contains("'messages'"), e::getMessage);
            other.map.close();
            assertEquals(Set.of(), failing.leaks(), "after call " + call);
        }
    }

    @Test
    void onlyUserRingBuffersAreTaken() {
        try (BpfMap ring = KernelMaps.create(sys, SyntheticRing.spec(4096));
                BpfMap odd = KernelMaps.create(sys, SyntheticUserRing.spec(5000));
                BpfMap hash = KernelMaps.create(sys, KernelMaps.spec(MapType.HASH, 4, 4, 1))) {
            assertThrows(IllegalArgumentException.class, () -> UserRingBuffer.open(ring));
            assertThrows(IllegalArgumentException.class, () -> UserRingBuffer.open(hash));
            assertThrows(IllegalArgumentException.class, () -> UserRingBuffer.open(odd));
        }
        assertEquals(Set.of(), sys.leaks());
    }

    @Test
    void theKernelMapsItAsThisDoes() {
        try (BpfMap map = KernelMaps.create(SyntheticUserRing.spec(16384));
                UserRingBuffer buffer = UserRingBuffer.open(map);
                Reservation message = buffer.reservation()) {
            assertEquals(RESERVED, message.reserve(10000));
            message.submit();
            assertEquals(RESERVED, message.reserve(16384 - 10008 - 8));
            message.submit();
            assertEquals(NO_SPACE, message.reserve(0));
            assertEquals(16384, buffer.pending());
        }
    }
}
