package dev.ebpf4j.parity;

import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.ebpf4j.codec.Codecs;
import dev.ebpf4j.kernel.LoadedObject;
import dev.ebpf4j.kernel.Program;
import dev.ebpf4j.kernel.TestRun;
import dev.ebpf4j.maps.BpfMap;
import dev.ebpf4j.maps.MappedArray;
import dev.ebpf4j.maps.MappedValues;
import dev.ebpf4j.maps.SharedInt;
import dev.ebpf4j.maps.SharedLong;
import dev.ebpf4j.test.LeakCheck;
import dev.ebpf4j.test.RequiresBpf;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Row 47: memory that programs and this process share. */
@RequiresBpf
@ExtendWith(LeakCheck.class)
class MemoryRowsTest {
    private static final String COUNT = """
        struct stats {
        	__u64 packets;
        	__u64 bytes;
        	__u32 verdict;
        };

        struct {
        	__uint(type, BPF_MAP_TYPE_ARRAY);
        	__uint(max_entries, 1000);
        	__uint(map_flags, BPF_F_MMAPABLE);
        	__type(key, __u32);
        	__type(value, struct stats);
        } stats SEC(".maps");

        __u64 runs;
        __u32 step = 1;

        SEC("tc")
        int count(struct __sk_buff *skb)
        {
        	__u32 key = skb->mark;
        	struct stats *element = bpf_map_lookup_elem(&stats, &key);

        	if (!element)
        		return -1;
        	__sync_fetch_and_add(&runs, step);
        	__sync_fetch_and_add(&element->packets, 1);
        	element->bytes += skb->len;
        	return element->verdict;
        }
        """;

    /** As {@code struct stats} is in C. */
    record Stats(long packets, long bytes, int verdict) {}

    @Test
    void row47_aStoreIsSeenByTheProgramAndWhatItStoresIsSeenHere() {
        try (LoadedObject object = Sources.load("memory", COUNT);
                MappedArray array = MappedArray.open(object.map("stats"))) {
            assertEquals(1000, array.length());
            assertEquals(24, array.stride());
            Program count = object.program("count");
            MappedValues<Stats> values = array.values(Codecs.record(Stats.class));
            for (int mark : new int[] {0, 7, 999}) {
                array.sharedInt(mark, 16).setRelease(mark + 3);
                for (int run = 1; run <= 3; run++) {
                    assertEquals(mark + 3, count.testRun(Sources.marked(mark)).returnValue());
                    assertEquals(run, array.getLong(mark));
                    assertEquals(64L * run, array.sharedLong(mark, 8).getAcquire());
                    assertEquals(64L * run, array.element(mark).get(JAVA_LONG, 8));
                }
                values.set(mark, new Stats(1000, 0, 1));
                assertEquals(1, count.testRun(Sources.marked(mark)).returnValue());
                assertEquals(new Stats(1001, 64, 1), values.get(mark));
            }
            assertEquals(-1, count.testRun(Sources.marked(1000)).returnValue());
            assertEquals(12, SharedLong.of(object.variable("runs", Codecs.LONG)).get());
        }
    }

    /** Additions of the program and of two threads here, none lost: both sides use the atomic instructions of the processor. */
    @Test
    void row47_additionsFromBothSidesAllCount() throws InterruptedException, ExecutionException {
        int times = 200_000;
        try (LoadedObject object = Sources.load("memory", COUNT);
                MappedArray array = MappedArray.open(object.map("stats"));
                ExecutorService threads = Executors.newFixedThreadPool(2)) {
            SharedLong runs = SharedLong.of(object.variable("runs", Codecs.LONG));
            SharedInt step = SharedInt.of(object.variable("step", Codecs.INT));
            step.set(3);
            List<Future<?>> work = new ArrayList<>();
            for (int thread = 0; thread < 2; thread++) {
                work.add(threads.submit(() -> {
                    for (int i = 0; i < times; i++) {
                        array.sharedLong(5, 0).getAndAdd(1);
                        runs.addAndGet(1);
                    }
                }));
            }
            TestRun repeated = Sources.marked(5).withRepeat(times);
            object.program("count").testRun(repeated);
            for (Future<?> done : work) {
                done.get();
            }
            assertEquals(3L * times, array.getLong(5));
            assertEquals(5L * times, runs.get());
            assertEquals(64L * times, array.sharedLong(5, 8).get(), "written by the program alone");
        }
    }

    @Test
    void row47_theMemoryStaysWhenObjectAndHandleAreClosed() {
        MappedArray array;
        BpfMap map;
        try (LoadedObject object = Sources.load("memory", COUNT)) {
            map = object.map("stats");
            array = MappedArray.open(map);
            array.setLong(1, 17);
        }
        assertThrows(IllegalStateException.class, map::info);
        assertEquals(17, array.getLong(1));
        array.close();
        assertThrows(IllegalStateException.class, () -> array.getLong(1));
    }
}
