package dev.ebpf4j.test;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ebpf4j.clang.Clang;
import dev.ebpf4j.clang.CompileRequest;
import dev.ebpf4j.codec.Codecs;
import dev.ebpf4j.elf.ElfReader;
import dev.ebpf4j.error.BpfException;
import dev.ebpf4j.error.Errno;
import dev.ebpf4j.kernel.BpfLoader;
import dev.ebpf4j.kernel.KernelInfo;
import dev.ebpf4j.kernel.LoadOptions;
import dev.ebpf4j.kernel.LoadedObject;
import dev.ebpf4j.kernel.TestRun;
import dev.ebpf4j.link.LinkException;
import dev.ebpf4j.maps.ArenaMap;
import dev.ebpf4j.maps.BpfMap;
import dev.ebpf4j.maps.GlobalVariable;
import dev.ebpf4j.spec.MapSpec;
import dev.ebpf4j.spec.ObjectSpec;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Memory that programs and this process share at the same addresses. */
@RequiresBpf
@ExtendWith(LeakCheck.class)
class ArenaTest {
    private static final int PAGES = 16;
    private static final int NODE_BYTES = 16;

    /** What both sources begin with. */
    private static final String HEAD = """
        // SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
        typedef unsigned long long __u64;
        typedef unsigned int __u32;
        #define SEC(name) __attribute__((section(name), used))
        #define __arena __attribute__((address_space(1)))
        #define __uint(name, val) int (*name)[val]

        struct {
        	__uint(type, 33);
        	__uint(map_flags, 1 << 10);
        	__uint(max_entries, 16);
        } arena SEC(".maps");

        struct node {
        	struct node __arena *next;
        	__u64 value;
        };

        char LICENSE[] SEC("license") = "GPL";
        """;

    /** Doubles the values of a list that this process made, and puts a node of its own in front. */
    private static final String LIST = """
        struct node __arena *head;
        struct node __arena *spare;
        __u64 sum, runs;

        SEC("raw_tp/sched_process_exec")
        int walk(void *ctx)
        {
        	struct node __arena *node = head, *first = spare;
        	__u64 total = 0;
        	void *use = &arena;

        	asm volatile("" : "+r"(use)); /* an arena is known by its handle alone */
        	if (__sync_fetch_and_add(&runs, 1))
        		return 0;
        	for (int i = 0; i < 100 && node; i++) {
        		node->value *= 2;
        		total += node->value;
        		node = node->next;
        	}
        	first->next = head;
        	first->value = 1000;
        	head = first;
        	sum = total;
        	return 0;
        }
        """;

    /** Variables in the arena itself; pages that the program allocates, and a list that it builds in them. */
    private static final String GLOBALS = """
        void __arena *bpf_arena_alloc_pages(void *map, void __arena *address, __u32 pages, int node, __u64 flags)
        	__attribute__((section(".ksyms"))) __attribute__((weak));

        int __arena started = 41;
        __u64 __arena total;
        struct node __arena *__arena newest;
        int __arena numbers[2048];

        SEC("syscall")
        int build(void *ctx)
        {
        	for (int i = 1; i <= 5; i++) {
        		struct node __arena *node = bpf_arena_alloc_pages(&arena, 0, 1, -1, 0);

        		if (!node)
        			return 1;
        		node->value = i * i;
        		node->next = newest;
        		newest = node;
        	}
        	started++;
        	numbers[2047] = numbers[1024] + 7;
        	total = 55;
        	return 0;
        }
        """;

    private static final MapSpec ARENA = Arenas.spec(PAGES);

    private static final long PAGE = KernelInfo.detect().pageSize();

    @BeforeAll
    static void requireArenas() {
        Arenas.require();
    }

    private static ObjectSpec compile(String source) {
        Clang clang = Clang.find();
        assumeTrue(
                clang.majorVersion() >= 19,
                "needs clang 19 for casts between address spaces, this is " + clang.version());
        return ElfReader.read(
                clang.compile(CompileRequest.of("list.bpf.c", HEAD + source)
                                .cpu("v4")
                                .build())
                        .toBytes(),
                "list");
    }

    @Test
    void programAndProcessSeeTheSameListAtTheSameAddresses() throws IOException, InterruptedException {
        MemorySegment memory;
        try (LoadedObject object = BpfLoader.load(compile(LIST))) {
            ArenaMap arena = object.arena("arena");
            memory = arena.memory();
            assertEquals(PAGES * PAGE, memory.byteSize());
            long next = 0;
            for (int i = 1; i <= 10; i++) {
                long at = i * PAGE; // a node on each page, which comes into being now
                memory.set(JAVA_LONG, at, next);
                memory.set(JAVA_LONG, at + 8, i);
                next = arena.address() + at;
            }
            GlobalVariable<Long> head = object.variable("head", Codecs.LONG);
            head.set(next);
            object.variable("spare", Codecs.LONG).set(arena.address() + 11 * PAGE);
            arena.at(arena.address() + 11 * PAGE, 1).fill((byte) 0);
            object.attachAll();
            assertEquals(0, new ProcessBuilder("true").start().waitFor());

            assertEquals(110, object.variable("sum", Codecs.LONG).get());
            MemorySegment node = arena.at(head.get(), NODE_BYTES);
            assertEquals(11 * PAGE, node.address() - arena.address());
            assertEquals(1000, node.get(JAVA_LONG, 8));
            long total = 0;
            for (long at = node.get(JAVA_LONG, 0); at != 0; at = node.get(JAVA_LONG, 0)) {
                node = arena.at(at, NODE_BYTES);
                total += node.get(JAVA_LONG, 8);
            }
            assertEquals(110, total);
        }
        assertThrows(IllegalStateException.class, () -> memory.get(JAVA_LONG, 0));
    }

    /** Parity row 24. */
    @Test
    void variablesOfAnArenaAreSharedAndPagesComeFromBothSides() {
        ObjectSpec spec = compile(GLOBALS).withVariable("started", 1000);
        try (LoadedObject object = BpfLoader.load(spec)) {
            ArenaMap arena = object.arena("arena");
            GlobalVariable<Integer> started = object.variable("started", Codecs.INT);
            assertEquals(1000, started.get());
            long variables =
                    started.segment().address() - spec.variable("started").offset();
            MemorySegment all = arena.at(variables + spec.variable("numbers").offset(), 2048 * Integer.BYTES);
            all.setAtIndex(JAVA_INT, 1024, 35);

            assertEquals(0, object.program("build").testRun(TestRun.empty()).returnValue());
            assertEquals(1001, started.get());
            assertEquals(55, object.variable("total", Codecs.LONG).get());
            assertEquals(42, all.getAtIndex(JAVA_INT, 2047));
            long at = object.variable("newest", Codecs.LONG).get();
            List<Long> values = new ArrayList<>();
            for (; at != 0; at = arena.at(at, NODE_BYTES).get(JAVA_LONG, 0)) {
                values.add(arena.at(at, NODE_BYTES).get(JAVA_LONG, 8));
            }
            assertEquals(List.of(25L, 16L, 9L, 4L, 1L), values);
        }
    }

    @Test
    void variablesThatDoNotFitAreTold() {
        ObjectSpec spec = compile(GLOBALS).withMap("arena", map -> map.withMaxEntries(2));
        LinkException e = assertThrows(LinkException.class, () -> BpfLoader.load(spec));
        assertTrue(e.getMessage().contains("it has 2 pages of " + PAGE + " bytes"), e::getMessage);
    }

    @Test
    void anArenaStandsWhereItsDefinitionSays() {
        long address = 0x20_0000_0000L;
        ObjectSpec spec = Objects.object(List.of(ARENA.withMapExtra(address)));
        try (LoadedObject object = BpfLoader.load(spec)) {
            assertEquals(address, object.arena("arena").address());
            BpfException e = assertThrows(BpfException.class, () -> BpfLoader.load(spec));
            assertTrue(e.errno().is(Errno.EEXIST), e::getMessage);
            assertTrue(e.getMessage().contains("this process has something else there: 2000000000-"), e::getMessage);
        }
        BpfLoader.load(spec).close();
    }

    @Test
    void aFlagThatEveryArenaNeedsIsAdded() {
        try (LoadedObject object = BpfLoader.load(Objects.object(List.of(ARENA.withFlags(0))))) {
            assertEquals(MapSpec.MMAPABLE, object.map("arena").info().flags());
        }
    }

    @Test
    void onlyWhatIsInTheArenaIsGivenOut() {
        try (BpfMap map = BpfMap.create(ARENA);
                ArenaMap arena = ArenaMap.open(map)) {
            long end = arena.address() + arena.memory().byteSize();
            assertEquals(8, arena.at(end - 8, 8).byteSize());
            for (long pointer : new long[] {0, arena.address() - 1, end - 7, end, -1, Long.MIN_VALUE}) {
                assertThrows(IndexOutOfBoundsException.class, () -> arena.at(pointer, 8), Long.toHexString(pointer));
            }
            assertThrows(IllegalArgumentException.class, () -> {
                try (BpfMap other = BpfMap.create(Objects.COUNTS)) {
                    ArenaMap.open(other);
                }
            });
        }
    }

    @Test
    void anObjectMayUseTheArenaOfAnother() {
        ObjectSpec spec = Objects.object(List.of(ARENA));
        try (LoadedObject first = BpfLoader.load(spec);
                LoadedObject second =
                        BpfLoader.load(spec, LoadOptions.DEFAULT.withReusedMap("arena", first.map("arena")))) {
            assertEquals(
                    first.map("arena").info().id(), second.map("arena").info().id());
            IllegalStateException e = assertThrows(IllegalStateException.class, () -> second.arena("arena"));
            assertEquals("arena 'arena' was there before, and is mapped elsewhere", e.getMessage());
        }
    }
}
