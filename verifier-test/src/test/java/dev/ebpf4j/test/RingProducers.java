package dev.ebpf4j.test;

import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ebpf4j.clang.Clang;
import dev.ebpf4j.clang.CompileRequest;
import dev.ebpf4j.codec.Codecs;
import dev.ebpf4j.elf.ElfReader;
import dev.ebpf4j.kernel.BpfLoader;
import dev.ebpf4j.kernel.LoadedObject;
import dev.ebpf4j.kernel.TestRun;
import dev.ebpf4j.maps.BpfMap;
import dev.ebpf4j.rings.Event;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;

/**
 * Programs that write records into one ring buffer at the same time, and what each byte of these must be.
 *
 * <p>A record has a producer and a number; both decide on its size, 1 to 4096 bytes, and on its bytes: a piece of a table,
 * whose first 8 bytes are replaced by the number and the producer, as many of them as fit. A number is used up also by a
 * record that found no room or was discarded. Every eighth record stays busy while its successor is written.
 */
final class RingProducers implements AutoCloseable {
    static final int PRODUCERS = 4;
    static final int LARGEST = 4096;
    private static final int CPUS = 2;
    private static final int TABLE = 2 * LARGEST + 8;
    private static final int RECORDS_PER_RUN = 512;

    private static final String SOURCE = """
        // SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
        typedef unsigned long long __u64;
        typedef unsigned int __u32;
        #define SEC(name) __attribute__((section(name), used))
        #define __uint(name, val) int (*name)[val]
        #define PRODUCERS 4
        #define LARGEST 4096

        struct bpf_dynptr {
        	__u64 opaque[2];
        };

        static long (*const output)(void *ring, void *data, __u64 size, __u64 flags) = (void *)130;
        static long (*const loop)(__u32 times, void *callback, void *context, __u64 flags) = (void *)181;
        static long (*const reserve)(void *ring, __u32 size, __u64 flags, struct bpf_dynptr *p) = (void *)198;
        static void (*const submit)(struct bpf_dynptr *p, __u64 flags) = (void *)199;
        static void (*const discard)(struct bpf_dynptr *p, __u64 flags) = (void *)200;
        static long (*const write)(struct bpf_dynptr *p, __u32 at, void *data, __u64 size, __u64 flags) = (void *)202;

        struct {
        	__uint(type, 27);
        	__uint(max_entries, 1 << 20);
        } ring SEC(".maps");

        struct producer {
        	__u64 next, dropped, discarded, busy;
        	__u64 table[2 * LARGEST / 8 + 1];
        } producers[PRODUCERS];

        struct piece {
        	__u64 *at, kept;
        	__u32 size;
        };

        static void choose(struct producer *p, __u64 who, struct piece *piece)
        {
        	__u64 number = p->next++ * PRODUCERS + who;
        	__u64 random = number * 0x9e3779b97f4a7c15ULL >> 40;

        	piece->size = (random & (LARGEST - 1)) + 1;
        	piece->at = &p->table[random >> 12 & 511];
        	piece->kept = *piece->at;
        	*piece->at = number;
        }

        static long put(struct producer *p, __u64 who)
        {
        	struct piece piece;
        	long result;

        	choose(p, who, &piece);
        	result = output(&ring, piece.at, piece.size, 0);
        	*piece.at = piece.kept;
        	if (result)
        		p->dropped++;
        	return result != 0;
        }

        static long put_while_busy(struct producer *p, __u64 who)
        {
        	struct bpf_dynptr record;
        	struct piece piece;
        	long result;

        	p->busy++;
        	choose(p, who, &piece);
        	*piece.at = piece.kept;
        	result = reserve(&ring, piece.size, 0, &record);
        	if (result)
        		p->dropped++;
        	__u64 number = (p->next - 1) * PRODUCERS + who;
        	long next = put(p, who);

        	*piece.at = number;
        	write(&record, 0, piece.at, piece.size, 0);
        	*piece.at = piece.kept;
        	if (p->busy % 4) {
        		submit(&record, 0);
        	} else {
        		if (!result)
        			p->discarded++;
        		discard(&record, 0);
        	}
        	return result || next;
        }

        static long one(__u32 i, __u64 *who)
        {
        	if (*who >= PRODUCERS)
        		return 1;
        	struct producer *p = &producers[*who];

        	return i % 8 ? put(p, *who) : put_while_busy(p, *who);
        }

        /* One program each: the kernel keeps a program's stack per CPU, and a test run may interrupt another one's. */
        #define PRODUCER(number) SEC("raw_tp/ebpf4j_none") int produce##number(__u64 *arguments) \
        { \
        	__u64 who = number; \
        	return loop(arguments[0], one, &who, 0); \
        }
        PRODUCER(0)
        PRODUCER(1)
        PRODUCER(2)
        PRODUCER(3)

        char LICENSE[] SEC("license") = "GPL";
        """;

    private final LoadedObject object;
    private final MemorySegment state;
    private final long[] table = new SplittableRandom(41).longs(TABLE / 8).toArray();

    private final long[] next = new long[PRODUCERS];
    private final long[] gaps = new long[PRODUCERS];
    private final boolean[] sizes = new boolean[LARGEST + 1];
    private long received;

    RingProducers(int ringSize) throws IOException {
        byte[] elf = Clang.find()
                .compile(CompileRequest.of("producers.bpf.c", SOURCE).build())
                .toBytes();
        object = BpfLoader.load(ElfReader.read(elf, "producers").withMap("ring", map -> map.withMaxEntries(ringSize)));
        state = object.variable("producers", Codecs.bytes(PRODUCERS * (32 + TABLE)))
                .segment();
        for (int p = 0; p < PRODUCERS; p++) {
            MemorySegment.copy(table, 0, state, JAVA_LONG, at(p, 4), table.length);
        }
    }

    BpfMap ring() {
        return object.map("ring");
    }

    private static long at(int producer, int word) {
        return producer * (32L + TABLE) + 8L * word;
    }

    long numbers(int producer) {
        return state.get(JAVA_LONG, at(producer, 0));
    }

    long dropped(int producer) {
        return state.get(JAVA_LONG, at(producer, 1));
    }

    long discarded(int producer) {
        return state.get(JAVA_LONG, at(producer, 2));
    }

    /** Runs one producer until the ring is full. */
    void fill(int producer) {
        while (dropped(producer) == 0) {
            run(producer);
        }
    }

    /** Runs one producer on its CPU until so many of its records were written. */
    CompletableFuture<Void> start(int producer, long records) {
        CompletableFuture<Void> done = new CompletableFuture<>();
        Thread.ofPlatform().name("producer " + producer).start(() -> {
            try {
                produce(producer, records);
                done.complete(null);
            } catch (Throwable t) {
                done.completeExceptionally(t);
            }
        });
        return done;
    }

    @SuppressWarnings("ThreadPriorityCheck") // a full ring: the consumer may have to share the CPU
    private void produce(int producer, long records) {
        long dropped = 0;
        while (numbers(producer) - dropped(producer) - discarded(producer) < records) {
            run(producer);
            if (dropped < dropped(producer)) {
                dropped = dropped(producer);
                Thread.yield();
            }
        }
    }

    private void run(int producer) {
        byte[] arguments = ByteBuffer.allocate(Long.BYTES)
                .order(ByteOrder.nativeOrder())
                .putLong(RECORDS_PER_RUN)
                .array();
        object.program("produce" + producer)
                .testRun(TestRun.onContext(arguments).onCpu(producer % CPUS));
    }

    /** Checks a record's place in its producer's order, its size, and every byte. */
    void check(Event event) {
        int size = event.size();
        long known = size >= Long.BYTES ? -1L : (1L << (8 * size)) - 1;
        long start = known == -1 ? event.getLong(0) : start(event, size);
        int producer = (int) (start & (PRODUCERS - 1));
        long number = number(producer, start, known, size);
        gaps[producer] += number - next[producer];
        next[producer] = number + 1;
        received++;
        sizes[size] = true;
        int piece = (int) (random(number, producer) >>> 12 & 511);
        int words = size >> 3;
        for (int i = 1; i < words; i++) {
            if (event.getLong(8 * i) != table[piece + i]) {
                throw new AssertionError("word " + i + " of record " + number + " of producer " + producer + ": "
                        + event.getLong(8 * i) + ", not " + table[piece + i]);
            }
        }
        for (int i = Math.max(8, 8 * words); i < size; i++) {
            assertEquals((byte) (table[piece + (i >> 3)] >>> (8 * (i & 7))), event.getByte(i));
        }
    }

    private static long start(Event event, int size) {
        long start = 0;
        for (int i = 0; i < size; i++) {
            start |= (event.getByte(i) & 0xffL) << (8 * i);
        }
        return start;
    }

    /** The first number of the producer, from the one that is due on, that the record can have. */
    private long number(int producer, long start, long known, int size) {
        for (long number = next[producer]; number < next[producer] + (1 << 20); number++) {
            if (((number * PRODUCERS + producer ^ start) & known) == 0 && size == size(number, producer)) {
                return number;
            }
        }
        throw new AssertionError("a record of " + size + " bytes starts with " + start + "; producer " + producer
                + " is at " + next[producer]);
    }

    private static long random(long number, int producer) {
        return ((number * PRODUCERS + producer) * 0x9e3779b97f4a7c15L) >>> 40;
    }

    private static int size(long number, int producer) {
        return (int) (random(number, producer) & (LARGEST - 1)) + 1;
    }

    long received() {
        return received;
    }

    /** Compares what came with what the programs counted. */
    void checkCounts(long discardedByRing) {
        long discarded = 0;
        for (int p = 0; p < PRODUCERS; p++) {
            long missing = gaps[p] + numbers(p) - next[p];
            assertEquals(dropped(p) + discarded(p), missing, "records of producer " + p + " that never came");
            assertTrue(discarded(p) > 0, "some of producer " + p + " are discarded");
            discarded += discarded(p);
        }
        assertEquals(discarded, discardedByRing);
    }

    /** Whether records of each size came. */
    boolean everySize() {
        for (int size = 1; size <= LARGEST; size++) {
            if (!sizes[size]) {
                return false;
            }
        }
        return true;
    }

    @Override
    public void close() {
        object.close();
    }
}
