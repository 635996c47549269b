package dev.ebpf4j.test;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.management.HotSpotDiagnosticMXBean;
import com.sun.management.ThreadMXBean;
import dev.ebpf4j.codec.Codecs;
import dev.ebpf4j.errors.ChildJvm;
import dev.ebpf4j.kernel.LoadedObject;
import dev.ebpf4j.kernel.TestRun;
import dev.ebpf4j.maps.BpfArray;
import dev.ebpf4j.maps.BpfHashMap;
import dev.ebpf4j.maps.BpfMap;
import dev.ebpf4j.parity.Sources;
import dev.ebpf4j.rings.Event;
import dev.ebpf4j.rings.EventConsumer;
import dev.ebpf4j.rings.Reservation;
import dev.ebpf4j.rings.ReserveResult;
import dev.ebpf4j.rings.RingBuffer;
import dev.ebpf4j.rings.UserRingBuffer;
import dev.ebpf4j.spec.MapSpec;
import dev.ebpf4j.spec.MapType;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.management.ManagementFactory;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * What an application does all day allocates nothing. Counted are the bytes of the thread that does it, round by round,
 * until a round has none: the first rounds are interpreted, and may allocate what compiled code does not.
 */
@RequiresBpf
@ExtendWith(LeakCheck.class)
class HotPathAllocationTest {
    private static final int ROUNDS = 400;
    private static final int MANY_ROUNDS = 10_000;
    private static final int OPERATIONS = 2_000;
    private static final int RING = 64 << 10;

    /** A key and a value of one map. */
    public record Key(int source, int destination, long ports) {}

    /** Four numbers. */
    public record Value(long packets, long bytes, long first, long last) {}

    /** One round's work; what prepares it belongs into {@link #before}. */
    private interface Work {
        default void before() {}

        void run();
    }

    @BeforeAll
    static void counts() {
        assumeTrue(
                ManagementFactory.getThreadMXBean() instanceof ThreadMXBean,
                "this JVM does not say how much a thread allocates");
    }

    private static void allocatesNothing(Work work) {
        allocatesNothing(work, ROUNDS);
    }

    private static void allocatesNothing(Work work, int rounds) {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long last = 0;
        for (int round = 0; round < rounds; round++) {
            work.before();
            long start = threads.getCurrentThreadAllocatedBytes();
            work.run();
            last = threads.getCurrentThreadAllocatedBytes() - start;
            if (last == 0) {
                return;
            }
        }
        fail(last + " bytes in the last of " + rounds + " rounds");
    }

    /** Objects that do not leave a method are only left out by the optimizing compiler. */
    private static void needsOptimizingCompiler() {
        String level = ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class)
                .getVMOption("TieredStopAtLevel")
                .getValue();
        assumeTrue(Integer.parseInt(level) == 4, "this JVM runs without its optimizing compiler");
    }

    private static BpfMap map(MapType type, int keySize, int valueSize) {
        return BpfMap.create(MapSpec.builder("hot", type)
                .keySize(keySize)
                .valueSize(valueSize)
                .maxEntries(OPERATIONS)
                .build());
    }

    @Test
    void operationsOnAHashByBytes() {
        try (Arena arena = Arena.ofConfined();
                BpfMap map = map(MapType.HASH, 4, 8)) {
            MemorySegment key = arena.allocate(JAVA_INT);
            MemorySegment value = arena.allocate(JAVA_LONG);
            allocatesNothing(() -> {
                for (int i = 0; i < OPERATIONS; i++) {
                    key.set(JAVA_INT, 0, i);
                    value.set(JAVA_LONG, 0, i);
                    map.update(key, value, BpfMap.ANY);
                    assertTrue(map.lookup(key, value));
                }
                assertTrue(map.nextKey(null, key));
                for (int i = 1; i < OPERATIONS; i++) {
                    assertTrue(map.nextKey(key, key));
                }
                for (int i = 0; i < OPERATIONS; i++) {
                    key.set(JAVA_INT, 0, i);
                    assertTrue(map.delete(key));
                }
            });
        }
    }

    @Test
    void lookupsThatFindNothing() {
        needsOptimizingCompiler();
        try (Arena arena = Arena.ofConfined();
                BpfMap map = map(MapType.HASH, 4, 8)) {
            MemorySegment key = arena.allocate(JAVA_INT);
            MemorySegment value = arena.allocate(JAVA_LONG);
            allocatesNothing(() -> {
                for (int i = 0; i < OPERATIONS; i++) {
                    assertFalse(map.lookup(key, value));
                    assertFalse(map.delete(key));
                    assertFalse(map.nextKey(key, key));
                }
            });
        }
    }

    @Test
    void operationsOnAHashByRecords() {
        Key[] keys = new Key[OPERATIONS];
        Value[] values = new Value[OPERATIONS];
        for (int i = 0; i < OPERATIONS; i++) {
            keys[i] = new Key(i, i, i);
            values[i] = new Value(i, 2, 3, 4);
        }
        try (BpfMap map = map(MapType.HASH, 16, 32)) {
            BpfHashMap<Key, Value> typed = BpfHashMap.of(map, Codecs.record(Key.class), Codecs.record(Value.class));
            allocatesNothing(() -> {
                for (int i = 0; i < OPERATIONS; i++) {
                    typed.update(keys[i], values[i]);
                }
                for (int i = 0; i < OPERATIONS; i++) {
                    assertTrue(typed.delete(keys[i]));
                }
            });
        }
    }

    /** The value is the only object there is, and does not leave its method, which must be one for the compiler too. */
    @Test
    void lookupsOfRecordsThatDoNotEscape() throws IOException, InterruptedException {
        String output = new ChildJvm()
                .option("-XX:TieredStopAtLevel=4")
                .main(RecordLookups.class)
                .run();
        assertEquals("", output);
    }

    /** In a JVM that has compiled other uses of the same code, what is inlined here depends on what ran before. */
    static final class RecordLookups {
        private RecordLookups() {}

        public static void main(String[] args) {
            lookUpRecords();
        }
    }

    private static void lookUpRecords() {
        try (BpfMap map = map(MapType.ARRAY, 4, 32)) {
            BpfArray<Value> typed = BpfArray.of(map, Codecs.record(Value.class));
            allocatesNothing(
                    () -> {
                        long sum = 0;
                        for (int i = 0; i < OPERATIONS; i++) {
                            sum += typed.lookup(i).packets();
                        }
                        assertEquals(0, sum);
                    },
                    MANY_ROUNDS);
        }
    }

    /** A ring of records of 64 bytes, which a program fills to the brim, and a user ring whose messages it takes. */
    private static final String PROGRAMS = """

        struct {
        	__uint(type, BPF_MAP_TYPE_RINGBUF);
        	__uint(max_entries, 64 * 1024);
        } ring SEC(".maps");

        struct {
        	__uint(type, BPF_MAP_TYPE_USER_RINGBUF);
        	__uint(max_entries, 64 * 1024);
        } requests SEC(".maps");

        SEC("syscall")
        int fill(void *ctx)
        {
        	__u64 record[8] = {}, i;

        	for (i = 0; i < 64 * 1024 / 72; i++)
        		bpf_ringbuf_output(&ring, record, sizeof(record), 1);
        	return 0;
        }

        static long one(void *message, void *unused)
        {
        	return 0;
        }

        SEC("syscall")
        int take(void *ctx)
        {
        	return bpf_user_ringbuf_drain(&requests, one, 0, 1);
        }
        """;

    private static LoadedObject programs() {
        return Sources.load("hot", PROGRAMS);
    }

    private static final class Adder implements EventConsumer {
        private long sum;

        @Override
        public void accept(Event event) {
            sum += event.getLong(0) + event.size();
        }
    }

    @Test
    void drainsOfARingBuffer() {
        try (LoadedObject object = programs();
                RingBuffer ring = RingBuffer.open(object.map("ring"))) {
            Adder adder = new Adder();
            allocatesNothing(new Work() {
                @Override
                public void before() {
                    object.program("fill").testRun(TestRun.empty());
                }

                @Override
                public void run() {
                    adder.sum = 0;
                    assertEquals(RING / 72, ring.consume(adder));
                    assertEquals(RING / 72 * 64, adder.sum);
                }
            });
        }
    }

    @Test
    void messagesToPrograms() {
        try (LoadedObject object = programs();
                UserRingBuffer ring = UserRingBuffer.open(object.map("requests"));
                Reservation message = ring.reservation()) {
            allocatesNothing(new Work() {
                @Override
                public void before() {
                    object.program("take").testRun(TestRun.empty());
                }

                @Override
                public void run() {
                    int count = 0;
                    while (message.reserve(64) == ReserveResult.RESERVED) {
                        message.setLong(0, count++);
                        message.submit();
                    }
                    assertEquals(RING / 72, count);
                }
            });
        }
    }
}
