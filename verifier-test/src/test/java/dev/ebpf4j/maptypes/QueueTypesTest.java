package dev.ebpf4j.maptypes;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ebpf4j.codec.Codecs;
import dev.ebpf4j.kernel.LoadedObject;
import dev.ebpf4j.maps.BloomFilter;
import dev.ebpf4j.maps.BpfQueue;
import dev.ebpf4j.parity.Sources;
import dev.ebpf4j.test.LeakCheck;
import dev.ebpf4j.test.RequiresBpf;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Row 42: maps without keys, which programs and this process put elements into and take them out of. */
@RequiresBpf
@ExtendWith(LeakCheck.class)
class QueueTypesTest {
    private static final String PROGRAMS = """
        struct work {
        	__u64 number;
        	__u32 from;
        };

        #define KEYLESS(name, kind, entries)                                                                       \\
        	struct {                                                                                           \\
        		__uint(type, kind);                                                                        \\
        		__uint(max_entries, entries);                                                              \\
        		__type(value, struct work);                                                                \\
        	} name SEC(".maps")

        KEYLESS(first_in_first_out, BPF_MAP_TYPE_QUEUE, 4);
        KEYLESS(last_in_first_out, BPF_MAP_TYPE_STACK, 4);

        struct {
        	__uint(type, BPF_MAP_TYPE_BLOOM_FILTER);
        	__uint(max_entries, 1000);
        	__uint(map_extra, 5);
        	__type(value, __u64);
        } filter SEC(".maps");

        /* takes one from each, answers their sum times 100, puts one in with that number plus 1 */
        SEC("tc")
        int work(struct __sk_buff *skb)
        {
        	struct work one = {}, two = {};

        	if (bpf_map_pop_elem(&first_in_first_out, &one) || bpf_map_pop_elem(&last_in_first_out, &two))
        		return -1;
        	one.number++;
        	two.number++;
        	one.from = two.from = 7;
        	bpf_map_push_elem(&first_in_first_out, &one, BPF_ANY);
        	bpf_map_push_elem(&last_in_first_out, &two, BPF_ANY);
        	return one.number * 100 + two.number;
        }

        __u64 added, missed;

        static long each(__u32 index, void *ctx)
        {
        	__u64 odd = 2 * index + 1, even = 2 * index;

        	if (bpf_map_push_elem(&filter, &odd, BPF_ANY) == 0)
        		added++;
        	if (bpf_map_peek_elem(&filter, &even))
        		missed++;
        	return 0;
        }

        /* adds the odd numbers below 1000, misses none of the even ones, which we added */
        SEC("tc")
        int fill(struct __sk_buff *skb)
        {
        	return bpf_loop(500, each, 0, 0);
        }
        """;

    private static LoadedObject object;

    private record Work(long number, int from) {}

    @BeforeAll
    static void load() {
        object = Sources.load("queues", PROGRAMS);
    }

    @AfterAll
    static void close() {
        if (object != null) {
            object.close();
        }
    }

    private static List<Long> drained(BpfQueue<Work> queue) {
        List<Long> numbers = new ArrayList<>();
        for (Work work = queue.pop(); work != null; work = queue.pop()) {
            numbers.add(work.number());
        }
        return numbers;
    }

    @Test
    void queuesAndStacksKeepTheirOrder() {
        BpfQueue<Work> queue = BpfQueue.of(object.map("first_in_first_out"), Codecs.record(Work.class));
        BpfQueue<Work> stack = BpfQueue.of(object.map("last_in_first_out"), Codecs.record(Work.class));
        assertNull(queue.peek());
        assertNull(queue.pop());
        assertEquals(-1, Sources.run(object.program("work")));
        for (int i = 1; i <= 4; i++) {
            assertTrue(queue.push(new Work(i, 0)));
            assertTrue(stack.push(new Work(i, 0)));
        }
        assertFalse(queue.push(new Work(5, 0)), "full");
        assertFalse(stack.push(new Work(5, 0)), "full");
        assertEquals(new Work(1, 0), queue.peek());
        assertEquals(new Work(4, 0), stack.peek());
        assertEquals(2 * 100 + 5, Sources.run(object.program("work")));
        assertEquals(new Work(5, 7), stack.peek());
        queue.pushEvicting(new Work(9, 0));
        stack.pushEvicting(new Work(9, 0));
        assertEquals(List.of(3L, 4L, 2L, 9L), drained(queue));
        assertEquals(List.of(9L, 5L, 3L, 2L), drained(stack), "the oldest made room");
    }

    @Test
    void aBloomFilterMissesNothing() {
        BloomFilter<Long> filter = BloomFilter.of(object.map("filter"), Codecs.LONG);
        for (long even = 0; even < 1000; even += 2) {
            filter.add(even);
        }
        assertEquals(500, Sources.run(object.program("fill")));
        assertEquals(500, object.variable("added", Codecs.LONG).get());
        assertEquals(0, object.variable("missed", Codecs.LONG).get());
        int others = 0;
        for (long number = 0; number < 1000; number++) {
            assertTrue(filter.mightContain(number));
            others += filter.mightContain(number + 1_000_000) ? 1 : 0;
        }
        int wrong = others;
        assertTrue(wrong < 200, () -> "not added, but contained: " + wrong + " of 1000");
    }
}
