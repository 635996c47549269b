package dev.ebpf4j.test;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.management.ThreadMXBean;
import dev.ebpf4j.clang.Clang;
import dev.ebpf4j.clang.CompileRequest;
import dev.ebpf4j.codec.Codecs;
import dev.ebpf4j.elf.ElfReader;
import dev.ebpf4j.kernel.BpfLoader;
import dev.ebpf4j.kernel.LoadedObject;
import dev.ebpf4j.kernel.TestRun;
import dev.ebpf4j.maps.BpfMap;
import dev.ebpf4j.rings.Event;
import dev.ebpf4j.rings.EventConsumer;
import dev.ebpf4j.rings.PerfBuffer;
import dev.ebpf4j.rings.PerfOptions;
import dev.ebpf4j.spec.ObjectSpec;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** Records that a program of this kernel writes, on the CPUs that a test run names; the program counts what it wrote. */
@RequiresBpf
@ExtendWith(LeakCheck.class)
@Timeout(300)
class PerfBufferTest {
    /** Records for the long test; acceptance 2 asks for 10 million. */
    private static final int RECORDS = Integer.getInteger("ebpf4j.perfRecords", 300_000);

    /** Records of a test run: of all sizes, 410 KB on average. */
    private static final int BATCH = 200;

    private static final EventConsumer IGNORE = event -> {};

    /**
     * A record: its number on its CPU, its length, the CPU, then words that depend on number and place. The length is {@code
     * size} or, where that is 0, any from 1 to 4096; a short record is cut off.
     */
    private static final String SOURCE = """
        // SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
        typedef unsigned long long __u64;
        typedef unsigned int __u32;
        #define SEC(name) __attribute__((section(name), used))
        #define __uint(name, val) int (*name)[val]
        #define __type(name, val) typeof(val) *name
        #define BPF_F_CURRENT_CPU 0xffffffffULL

        static void *(*const bpf_map_lookup_elem)(void *map, const void *key) = (void *)1;
        static __u32 (*const bpf_get_smp_processor_id)(void) = (void *)8;
        static long (*const bpf_perf_event_output)(void *ctx, void *map, __u64 flags, void *data, __u64 size) =
        	(void *)25;
        static long (*const bpf_loop)(__u32 times, void *callback, void *ctx, __u64 flags) = (void *)181;

        struct record {
        	__u64 number;
        	__u32 length;
        	__u32 cpu;
        	__u64 words[510];
        };

        struct {
        	__uint(type, 4);
        	__type(key, __u32);
        	__type(value, __u32);
        } events SEC(".maps");

        struct {
        	__uint(type, 6);
        	__uint(max_entries, 1);
        	__type(key, __u32);
        	__type(value, struct record);
        } scratch SEC(".maps");

        __u32 size, times;
        __u64 tried[64], written[64], refused[64];

        struct run {
        	void *ctx;
        	__u32 cpu;
        };

        static long output(__u32 i, struct run *run)
        {
        	__u32 zero = 0, cpu = run->cpu & 63, length;
        	struct record *record = bpf_map_lookup_elem(&scratch, &zero);
        	long result;

        	if (!record)
        		return 1;
        	record->number = tried[cpu]++;
        	length = size ? size : 1 + (__u32)(record->number * 2654435761u >> 7) % 4096;
        	record->length = length;
        	record->cpu = cpu;
        	if (length > 4096)
        		return 1;
        	for (int i = 0; i < 510 && 16 + i * 8 < length; i++)
        		record->words[i] = record->number * 0x9e3779b97f4a7c15ULL + i;
        	result = bpf_perf_event_output(run->ctx, &events, BPF_F_CURRENT_CPU, record, length);
        	if (!result)
        		written[cpu]++;
        	else
        		refused[cpu]++;
        	return 0;
        }

        SEC("raw_tp/sched_switch")
        int produce(void *ctx)
        {
        	struct run run = { .ctx = ctx, .cpu = bpf_get_smp_processor_id() };

        	bpf_loop(times, output, &run, 0);
        	return 0;
        }

        char LICENSE[] SEC("license") = "GPL";
        """;

    private static ObjectSpec spec;

    @BeforeAll
    static void compile() throws IOException {
        spec = ElfReader.read(
                Clang.find()
                        .compile(CompileRequest.of("perf.bpf.c", SOURCE).build())
                        .toBytes(),
                "perf");
    }

    /** The loaded program and what it counts. */
    private record Producer(LoadedObject object) implements AutoCloseable {
        static Producer load(int size) {
            return new Producer(BpfLoader.load(spec.withVariable("size", size)));
        }

        BpfMap map() {
            return object.map("events");
        }

        void write(int cpu, int times) {
            object.variable("times", Codecs.INT).set(times);
            run(cpu);
        }

        void run(int cpu) {
            assertEquals(
                    0,
                    object.program("produce")
                            .testRun(TestRun.empty().onCpu(cpu))
                            .returnValue());
        }

        long count(String counter, int cpu) {
            return object.variable(counter, Codecs.bytes(64 * 8))
                    .segment()
                    .get(java.lang.foreign.ValueLayout.JAVA_LONG, cpu * 8L);
        }

        @Override
        public void close() {
            object.close();
        }
    }

    /** Checks each record and counts. */
    private static final class Checker implements EventConsumer {
        final long[] next = new long[64];
        final long[] lost = new long[64];
        long received;
        int gaps;

        @Override
        public void accept(Event event) {
            assertEquals(4, event.size() % 8, "the kernel pads");
            received++;
            if (event.size() < 16) {
                return; // the number and the length are not whole
            }
            long number = event.getLong(0);
            int cpu = event.cpu();
            int length = event.getInt(8);
            assertEquals(((length + 11) & ~7) - 4, event.size());
            assertTrue(number >= next[cpu], "out of order");
            gaps += number > next[cpu] ? 1 : 0;
            next[cpu] = number + 1;
            if (length >= 16) {
                assertEquals(cpu, event.getInt(12));
                checkWords(event, number, length);
            }
        }

        private static void checkWords(Event event, long number, int length) {
            long word = number * 0x9e3779b97f4a7c15L;
            int at = 16;
            long difference = 0;
            for (; at + 8 <= length; at += 8) {
                difference |= event.getLong(at) ^ word++;
            }
            for (; at < length; at++, word >>>= 8) {
                difference |= event.getByte(at) ^ (byte) word;
            }
            assertEquals(0, difference, "bytes differ");
        }

        @Override
        public void lost(BpfMap map, int cpu, long count) {
            lost[cpu] += count;
        }
    }

    /** Parity row 54, R4: what a full buffer lost is known exactly, at once and per CPU; the callback hears of it later. */
    @Test
    void lostAndReceivedAreWhatWasProduced() {
        try (Producer producer = Producer.load(100);
                PerfBuffer buffer = PerfBuffer.open(PerfOptions.DEFAULT.withPages(1), producer.map())) {
            Checker checker = new Checker();
            int cpu = buffer.cpus().getLast();
            long fits = 4096 / (8 + 4 + 100);
            producer.write(cpu, 1000);
            assertEquals(1000, producer.count("tried", cpu));
            assertEquals(1000 - fits, buffer.lost());
            assertEquals(1000 - fits, buffer.lost(cpu));
            assertEquals(fits, producer.count("written", cpu), "the program is told as well");

            assertEquals(fits, buffer.consume(checker));
            assertEquals(0, checker.lost[cpu]);
            producer.write(cpu, 1);
            assertEquals(1, buffer.consume(checker));
            assertEquals(1000 - fits, checker.lost[cpu]);
            assertEquals(1000 - fits, buffer.lost());
            assertEquals(1001, checker.received + buffer.lost());
            assertEquals(1, checker.gaps);
        }
    }

    /**
     * Acceptance 2 for perf buffers, trap 30: both CPUs write, all sizes. Seven times of eight they wait for the consumer
     * before the next batch, which fits; the eighth time they don't, and records get lost.
     */
    @Test
    @SuppressWarnings("ThreadPriorityCheck") // three busy threads may have to share one CPU
    void millionsOfRecordsOfAllSizesFromTwoCpus() {
        try (Producer producer = Producer.load(0);
                PerfBuffer buffer = PerfBuffer.open(PerfOptions.DEFAULT.withPages(128), producer.map())) {
            List<Integer> cpus = buffer.cpus();
            Checker checker = new Checker();
            int batches = RECORDS / cpus.size() / BATCH;
            producer.object().variable("times", Codecs.INT).set(BATCH);
            AtomicInteger idle = new AtomicInteger();
            List<CompletableFuture<Void>> producing = new ArrayList<>();
            for (int cpu : cpus) {
                producing.add(CompletableFuture.runAsync(() -> {
                    for (int i = 0; i < batches; i++) {
                        int before = idle.get();
                        producer.run(cpu);
                        while (i % 8 != 0 && idle.get() - before < 2) {
                            Thread.yield();
                        }
                    }
                }));
            }
            CompletableFuture<Void> all = CompletableFuture.allOf(producing.toArray(CompletableFuture[]::new));
            while (!all.isDone()) {
                if (buffer.consume(checker) == 0) {
                    idle.incrementAndGet();
                    Thread.yield();
                }
            }
            all.join();
            buffer.consume(checker);
            long tried = 0;
            for (int cpu : cpus) {
                assertEquals((long) batches * BATCH, producer.count("tried", cpu));
                assertEquals(producer.count("refused", cpu), buffer.lost(cpu));
                tried += producer.count("tried", cpu);
            }
            assertEquals(tried, checker.received + buffer.lost());
            assertTrue(checker.received > tried / 2, "received only " + checker.received);
            assertTrue(buffer.lost() > 0 && checker.gaps > 0, "nothing was lost");
            System.Logger log = System.getLogger(PerfBufferTest.class.getName());
            log.log(System.Logger.Level.INFO, "received {0}, lost {1}", checker.received, buffer.lost());
        }
    }

    /** R4: less than the watermark wakes nobody, and all of it is there for who looks. */
    @Test
    void theWatermarkAloneWakes() {
        PerfOptions options = PerfOptions.DEFAULT.withPages(4).withWatermark(8192);
        try (Producer producer = Producer.load(1000);
                PerfBuffer buffer = PerfBuffer.open(options, producer.map())) {
            int cpu = buffer.cpus().getFirst();
            CompletableFuture<Integer> polled =
                    CompletableFuture.supplyAsync(() -> buffer.poll(Duration.ofSeconds(100), IGNORE));
            producer.write(cpu, 1);
            // Whether the poll had begun is not known; if so it slept on.
            int early = polled.isDone() ? polled.join() : 0;
            producer.write(cpu, 7);
            assertFalse(early == 0 && polled.isDone() && polled.join() > 8);
            producer.write(cpu, 2);
            assertTrue(polled.join() > 0);
            buffer.consume(IGNORE);
            assertEquals(0, buffer.lost());
        }
    }

    /** Parity of overwrite mode: the newest records are kept, oldest first, and none is handed out twice. */
    @Test
    void theNewestRecordsAreKept() {
        PerfOptions options = PerfOptions.DEFAULT.withPages(2).withOverwrite().withTimestamps();
        try (Producer producer = Producer.load(100);
                PerfBuffer buffer = PerfBuffer.open(options, producer.map())) {
            int cpu = buffer.cpus().getLast();
            List<Long> seen = new ArrayList<>();
            List<Long> times = new ArrayList<>();
            EventConsumer consumer = event -> {
                seen.add(event.getLong(0));
                times.add(event.time());
            };
            producer.write(cpu, 1000);
            int fits = 8192 / (8 + 8 + 4 + 100);
            assertEquals(fits, buffer.consume(consumer));
            for (int i = 0; i < fits; i++) {
                assertEquals(1000 - fits + i, seen.get(i));
            }
            producer.write(cpu, 3);
            assertEquals(3, buffer.consume(consumer));
            assertEquals(1002, seen.getLast());
            assertEquals(times.stream().sorted().toList(), times);
            assertEquals(0, buffer.consume(consumer));
            assertEquals(0, buffer.lost());
        }
    }

    @Test
    void whatIsWrittenDuringAPauseIsLostAndCounted() {
        try (Producer producer = Producer.load(16);
                PerfBuffer buffer = PerfBuffer.open(producer.map())) {
            for (int cpu : buffer.cpus()) {
                producer.write(cpu, 1);
                buffer.pause();
                producer.write(cpu, 10);
                buffer.resume();
                producer.write(cpu, 1);
                assertEquals(10, buffer.lost(cpu));
                Checker checker = new Checker();
                assertEquals(2, buffer.consume(checker));
                assertEquals(10, checker.lost[cpu]);
            }
        }
    }

    /** R5: two CPUs in turn; each record is caused by the one before. Merged by time they come in that order. */
    @Test
    void mergedByTimeAnEffectNeverComesBeforeItsCause() {
        try (Producer producer = Producer.load(16);
                PerfBuffer buffer = PerfBuffer.open(PerfOptions.DEFAULT.withMergeByTime(), producer.map())) {
            List<Integer> cpus = buffer.cpus();
            assumeTrue(cpus.size() > 1, "needs two CPUs");
            int rounds = 50_000;
            producer.object().variable("times", Codecs.INT).set(1);
            CompletableFuture<Void> ping = CompletableFuture.runAsync(() -> {
                for (int i = 0; i < rounds; i++) {
                    producer.run(cpus.get(i % 2));
                }
            });
            List<Integer> seen = new ArrayList<>();
            while (seen.size() < rounds) {
                buffer.poll(Duration.ofMillis(10), event -> seen.add(event.cpu()));
                if (ping.isCompletedExceptionally() || buffer.lost() > 0) {
                    break;
                }
            }
            ping.join();
            assertEquals(0, buffer.lost());
            for (int i = 0; i < rounds; i++) {
                assertEquals(cpus.get(i % 2), seen.get(i), "record " + i);
            }
        }
    }

    /** The clock is the one that Java has. */
    @Test
    void timesAreThoseOfTheMonotonicClock() {
        try (Producer producer = Producer.load(16);
                PerfBuffer buffer = PerfBuffer.open(PerfOptions.DEFAULT.withTimestamps(), producer.map())) {
            long before = System.nanoTime();
            producer.write(buffer.cpus().getFirst(), 1);
            long after = System.nanoTime();
            assertEquals(1, buffer.consume(event -> {
                assertTrue(event.time() > before - 1_000_000 && event.time() < after + 1_000_000, "near now");
            }));
        }
    }

    /** Rounds until one allocates nothing: the first are interpreted, and every 100 ms the list of CPUs is read. */
    @Test
    void takingRecordsAllocatesNothing() {
        assumeTrue(
                ManagementFactory.getThreadMXBean() instanceof ThreadMXBean,
                "this JVM does not say how much a thread allocates");
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        try (Producer producer = Producer.load(0);
                PerfBuffer buffer = PerfBuffer.open(PerfOptions.DEFAULT.withMergeByTime(), producer.map())) {
            int cpu = buffer.cpus().getFirst();
            long[] sum = {0};
            EventConsumer consumer = event -> sum[0] += event.size() + event.getByte(0);
            long allocated = -1;
            for (int round = 0; round < 400 && allocated != 0; round++) {
                producer.write(cpu, 100);
                long before = threads.getCurrentThreadAllocatedBytes();
                int count = buffer.consume(consumer);
                allocated = threads.getCurrentThreadAllocatedBytes() - before;
                assertEquals(100, count);
            }
            assertEquals(0, allocated, "bytes in the last round");
            assertTrue(sum[0] != 0);
        }
    }
}
