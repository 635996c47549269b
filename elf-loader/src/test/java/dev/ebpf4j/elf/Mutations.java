package dev.ebpf4j.elf;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Random;
import java.util.random.RandomGenerator;

/** Breaks object files in ways that break careless readers. The same seed gives the same bytes. */
final class Mutations {
    private static final long[] EDGES = {
        0, 1, 7, 8, 0x7f, 0xff, 0x7fff, 0xffff, 0x7fff_ffff, 0x8000_0000L, 0xffff_ffffL, -1
    };

    private Mutations() {}

    /** Returns a changed copy of an object file. */
    static byte[] of(byte[] original, long seed) {
        return mutate(original, new Random(seed));
    }

    private static byte[] mutate(byte[] original, RandomGenerator random) {
        byte[] bytes = original.clone();
        for (int i = random.nextInt(1, 6); i > 0 && bytes.length >= ElfHeader.BYTES; i--) {
            bytes = switch (random.nextInt(8)) {
                case 0 -> flip(bytes, random);
                case 1 -> edge(bytes, random.nextInt(bytes.length), random);
                case 2 -> header(bytes, random);
                case 3, 4, 5 -> sectionHeader(bytes, random);
                case 6 ->
                    random.nextInt(8) == 0
                            ? Arrays.copyOf(bytes, random.nextInt(1, bytes.length))
                            : flip(bytes, random);
                default -> copyWithin(bytes, random);
            };
        }
        return bytes;
    }

    private static byte[] flip(byte[] bytes, RandomGenerator random) {
        bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
        return bytes;
    }

    /** Writes a number that breaks careless arithmetic, in a width that the format uses. */
    private static byte[] edge(byte[] bytes, int at, RandomGenerator random) {
        long value = EDGES[random.nextInt(EDGES.length)] + random.nextInt(-1, 2);
        ByteBuffer buffer = buffer(bytes);
        switch (random.nextInt(3)) {
            case 0 -> buffer.putShort(Math.min(at, bytes.length - 2), (short) value);
            case 1 -> buffer.putInt(Math.min(at, bytes.length - 4), (int) value);
            default -> buffer.putLong(Math.min(at, bytes.length - 8), value);
        }
        return bytes;
    }

    private static byte[] header(byte[] bytes, RandomGenerator random) {
        return edge(bytes, random.nextInt(16, ElfHeader.BYTES), random);
    }

    /** Changes one field of one section header: to an edge, or to that of another section. */
    private static byte[] sectionHeader(byte[] bytes, RandomGenerator random) {
        ByteBuffer buffer = buffer(bytes);
        long table = buffer.getLong(40);
        int count = Short.toUnsignedInt(buffer.getShort(60));
        if (count == 0 || table < 0 || table > bytes.length - (long) count * ElfSection.HEADER_BYTES) {
            return flip(bytes, random);
        }
        int field = 4 * random.nextInt(ElfSection.HEADER_BYTES / 4);
        int at = (int) table + random.nextInt(count) * ElfSection.HEADER_BYTES + field;
        if (random.nextBoolean()) {
            return edge(bytes, at, random);
        }
        buffer.putInt(at, buffer.getInt((int) table + random.nextInt(count) * ElfSection.HEADER_BYTES + field));
        return bytes;
    }

    private static byte[] copyWithin(byte[] bytes, RandomGenerator random) {
        int length = random.nextInt(1, Math.min(64, bytes.length));
        int from = random.nextInt(bytes.length - length + 1);
        int to = random.nextInt(bytes.length - length + 1);
        System.arraycopy(bytes.clone(), from, bytes, to, length);
        return bytes;
    }

    private static ByteBuffer buffer(byte[] bytes) {
        return ByteBuffer.wrap(bytes).order(bytes[5] == 2 ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN);
    }
}
