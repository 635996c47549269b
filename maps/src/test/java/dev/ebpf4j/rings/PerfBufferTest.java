package dev.ebpf4j.rings;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ebpf4j.error.BpfException;
import dev.ebpf4j.error.Errno;
import dev.ebpf4j.maps.BpfMap;
import dev.ebpf4j.maps.KernelMaps;
import dev.ebpf4j.sys.Sys;
import dev.ebpf4j.sys.testing.ScriptedSys;
import java.lang.foreign.MemorySegment;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class PerfBufferTest {
    private static final int NO_TIME = -1;
    private static final PerfOptions ONE_PAGE = PerfOptions.DEFAULT.withPages(1);
    private static final EventConsumer IGNORE = event -> {};

    private final ScriptedSys sys = new ScriptedSys();

    private static SyntheticPerf.Ring ring(SyntheticPerf perf, int cpu) {
        return Objects.requireNonNull(perf.rings.get(cpu));
    }

    private void assertNothingLeft(SyntheticPerf perf) {
        assertEquals(Map.of(), perf.slots);
        perf.map.close();
        assertEquals(Set.of(), sys.leaks());
    }

    /** Trap 30: one page, odd sizes, records that straddle its end, a consumer that is now and then too slow. */
    @Test
    void everyByteArrivesOrIsCountedAsLost() {
        SyntheticPerf perf = new SyntheticPerf(sys, "0", 1);
        Random random = new Random(30);
        long[] seen = {0, 0, 0};
        EventConsumer consumer = new EventConsumer() {
            @Override
            public void accept(Event event) {
                seen[0]++;
                int length = Byte.toUnsignedInt(event.getByte(0)) * 4 + event.getByte(1);
                assertEquals(SyntheticPerf.padded(length), event.size());
                for (int i = 2; i < length; i++) {
                    assertEquals((byte) (event.getByte(2) + i - 2), event.getByte(i));
                }
                assertEquals(0, event.cpu());
                assertEquals(0, event.time());
            }

            @Override
            public void lost(BpfMap map, int cpu, long count) {
                assertEquals(perf.map, map);
                seen[1] += count;
                seen[2]++;
            }
        };
        try (PerfBuffer buffer = PerfBuffer.open(ONE_PAGE, perf.map)) {
            SyntheticPerf.Ring ring = ring(perf, 0);
            for (int round = 0; round < 20_000; round++) {
                for (int i = random.nextInt(16); i > 0; i--) {
                    int length = 3 + random.nextInt(random.nextInt(10) == 0 ? 900 : 60);
                    ring.sample(length, 0, NO_TIME);
                    mark(ring, length);
                }
                buffer.consumeN(random.nextInt(12), consumer);
            }
            buffer.consume(consumer);
            assertTrue(ring.sample(3, 0, NO_TIME));
            mark(ring, 3);
            buffer.consume(consumer);
            assertEquals(ring.produced, seen[0] + seen[1]);
            assertEquals(ring.lostInAll, seen[1]);
            assertEquals(ring.lostInAll, buffer.lost());
            assertEquals(ring.lostInAll, buffer.lost(0));
            assertTrue(seen[2] > 100, "this test is about losses");
        }
        assertNothingLeft(perf);
    }

    /** Notes the length in the first two bytes of the record that was written last. */
    private static void mark(SyntheticPerf.Ring ring, int length) {
        ring.patchLast(length, new byte[] {(byte) (length / 4), (byte) (length % 4)});
    }

    @Test
    void ringsStandInTheSlotOfTheirCpu() {
        SyntheticPerf perf = new SyntheticPerf(sys, "0,2-3", 4);
        try (PerfBuffer buffer = PerfBuffer.open(ONE_PAGE, perf.map)) {
            assertEquals(List.of(0, 2, 3), buffer.cpus());
            assertEquals(Set.of(0, 2, 3), perf.slots.keySet());
            perf.slots.forEach((cpu, fd) -> assertEquals(cpu, perf.cpuOf(fd)));
            ring(perf, 2).sample(4, 20, NO_TIME);
            ring(perf, 3).sample(4, 30, NO_TIME);
            assertEquals(2, buffer.consume(event -> {
                assertEquals(10 * event.cpu(), event.getByte(0));
                assertEquals(perf.map, event.map());
            }));
            ring(perf, 3).lost(5);
            buffer.consume(IGNORE);
            assertEquals(
                    List.of(0L, 0L, 0L, 5L), List.of(buffer.lost(0), buffer.lost(1), buffer.lost(2), buffer.lost(3)));
        }
        assertNothingLeft(perf);
    }

    @Test
    void pauseReachesEveryCpu() {
        SyntheticPerf perf = new SyntheticPerf(sys, "0,3", 4);
        try (PerfBuffer buffer = PerfBuffer.open(ONE_PAGE, perf.map)) {
            buffer.pause();
            perf.online("0,2-3");
            buffer.refresh();
            buffer.resume();
            List<String> calls = sys.calls().stream()
                    .filter(call -> call.name().equals("ioctl"))
                    .map(call -> perf.cpuOf(call.arguments().get(0).intValue()) + ":"
                            + call.arguments().get(2))
                    .toList();
            assertEquals(List.of("0:1", "3:1", "2:1", "0:0", "3:0", "2:0"), calls);
        }
        assertNothingLeft(perf);
    }

    @Test
    void cpusMayComeAndGo() {
        SyntheticPerf perf = new SyntheticPerf(sys, "0-1", 4);
        try (PerfBuffer buffer = PerfBuffer.open(ONE_PAGE, perf.map)) {
            SyntheticPerf.Ring old = ring(perf, 1);
            old.lost(3);
            old.sample(4, 1, NO_TIME);
            old.sample(4, 2, NO_TIME);
            perf.online("0,2");
            buffer.refresh();
            assertEquals(Set.of(0, 2), perf.slots.keySet());
            assertEquals(List.of(0, 1, 2), buffer.cpus(), "there is something to read of CPU 1 still");
            assertEquals(1, buffer.consumeN(1, event -> assertEquals(1, event.getByte(0))));

            perf.online("0-2");
            buffer.refresh();
            assertEquals(Set.of(0, 1, 2), perf.slots.keySet());
            ring(perf, 1).sample(4, 3, NO_TIME);
            ring(perf, 1).lost(4);
            List<Byte> seen = new ArrayList<>();
            assertEquals(2, buffer.consume(event -> seen.add(event.getByte(0))));
            assertEquals(Set.of((byte) 2, (byte) 3), Set.copyOf(seen));
            assertEquals(7, buffer.lost(1));
            assertEquals(7, buffer.lost());
            long rings = sys.leaks().stream()
                    .filter(left -> left.endsWith("perf_event_open"))
                    .count();
            assertEquals(3, rings, "the old ring of CPU 1 is gone");
        }
        assertNothingLeft(perf);
    }

    @Test
    void aNewCpuIsFoundByPollingAlone() {
        SyntheticPerf perf = new SyntheticPerf(sys, "0", 4);
        try (PerfBuffer buffer = PerfBuffer.open(ONE_PAGE, perf.map)) {
            perf.online("0-1");
            while (buffer.cpus().size() < 2) {
                buffer.consume(IGNORE);
                Thread.onSpinWait();
            }
            ring(perf, 1).sample(4, 1, NO_TIME);
            assertEquals(1, buffer.consume(event -> assertEquals(1, event.cpu())));
        }
        assertNothingLeft(perf);
    }

    @Test
    void whatIsNoSampleIsPassedOver() {
        SyntheticPerf perf = new SyntheticPerf(sys, "0", 1);
        try (PerfBuffer buffer = PerfBuffer.open(ONE_PAGE, perf.map)) {
            ring(perf, 0).sample(4, 1, NO_TIME);
            ring(perf, 0).other(SyntheticPerf.THROTTLE, 32);
            ring(perf, 0).other(99, 8);
            ring(perf, 0).sample(4, 2, NO_TIME);
            assertEquals(2, buffer.consume(IGNORE));
            assertEquals(16 + 32 + 8 + 16, ring(perf, 0).tail());
            ring(perf, 0).other(9, 8);
            IllegalStateException e = assertThrows(IllegalStateException.class, () -> buffer.consume(IGNORE));
            assertEquals(
                    "CPU 0's ring of perf buffer 'events' holds a record of type 9 and 8 bytes where there are 8",
                    e.getMessage());
        }
        assertNothingLeft(perf);
    }

    @Test
    void aRecordWhoseConsumerThrewIsConsumed() {
        SyntheticPerf perf = new SyntheticPerf(sys, "0", 1);
        try (PerfBuffer buffer = PerfBuffer.open(ONE_PAGE, perf.map)) {
            ring(perf, 0).sample(4, 1, NO_TIME);
            ring(perf, 0).sample(4, 2, NO_TIME);
            assertThrows(
                    ArithmeticException.class,
                    () -> buffer.consume(event -> {
                        throw new ArithmeticException();
                    }));
            assertEquals(16, ring(perf, 0).tail());
            assertEquals(1, buffer.consume(event -> assertEquals(2, event.getByte(0))));
        }
        assertNothingLeft(perf);
    }

    /** The kernel's room grows in steps, not with each record. */
    @Test
    void memoryIsGivenBackInBatches() {
        SyntheticPerf perf = new SyntheticPerf(sys, "0", 1);
        try (PerfBuffer buffer = PerfBuffer.open(ONE_PAGE, perf.map)) {
            SyntheticPerf.Ring ring = ring(perf, 0);
            for (int i = 0; i < 100; i++) {
                ring.sample(4, i, NO_TIME);
            }
            Set<Long> tails = new java.util.TreeSet<>();
            assertEquals(100, buffer.consume(event -> tails.add(ring.tail())));
            assertEquals(Set.of(0L, 512L, 1024L, 1536L), tails);
            assertEquals(1600, ring.tail());
        }
    }

    @Test
    void timesAreTold() {
        SyntheticPerf perf = new SyntheticPerf(sys, "0", 1);
        try (PerfBuffer buffer = PerfBuffer.open(ONE_PAGE.withTimestamps(), perf.map)) {
            ring(perf, 0).sample(5, 1, 123_456_789_012L);
            assertEquals(1, buffer.consume(event -> {
                assertEquals(123_456_789_012L, event.time());
                assertEquals(12, event.size());
                assertEquals(5, event.getByte(4));
            }));
        }
        assertNothingLeft(perf);
    }

    @Test
    void mergesByTime() {
        SyntheticPerf perf = new SyntheticPerf(sys, "0-2", 3);
        Random random = new Random(5);
        List<Long> seen = new ArrayList<>();
        long time = 1000;
        int produced = 0;
        try (PerfBuffer buffer = PerfBuffer.open(ONE_PAGE.withMergeByTime(), perf.map)) {
            for (int round = 0; round < 1000; round++) {
                for (int i = random.nextInt(20); i > 0; i--) {
                    time += random.nextInt(3);
                    assertTrue(ring(perf, random.nextInt(3)).sample(random.nextInt(40), 0, time));
                    produced++;
                }
                if (random.nextInt(10) == 0) {
                    ring(perf, 1).lost(1);
                }
                buffer.consumeN(random.nextInt(12), event -> seen.add(event.time()));
                buffer.consumeN(random.nextInt(12), event -> seen.add(event.time()));
            }
            buffer.consume(event -> seen.add(event.time()));
            assertEquals(produced, seen.size());
            assertEquals(seen.stream().sorted().toList(), seen);
        }
        assertNothingLeft(perf);
    }

    @Test
    void overwriteKeepsTheNewestAndHandsThemOutOldestFirst() {
        SyntheticPerf perf = new SyntheticPerf(sys, "0", 1);
        List<Integer> seen = new ArrayList<>();
        try (PerfBuffer buffer = PerfBuffer.open(ONE_PAGE.withOverwrite(), perf.map)) {
            SyntheticPerf.Ring ring = ring(perf, 0);
            assertEquals(0, buffer.consume(IGNORE));
            for (int i = 0; i < 3; i++) {
                ring.sample(36, i, NO_TIME);
            }
            assertEquals(1, buffer.consumeN(1, event -> seen.add((int) event.getByte(0))));
            for (int i = 3; i < 103; i++) {
                ring.sample(36, i, NO_TIME);
            }
            assertEquals(2, buffer.consume(event -> seen.add((int) event.getByte(0))));
            assertEquals(List.of(0, 1, 2), seen, "what was copied is not overwritten any more");
            seen.clear();
            assertEquals(4096 / 48, buffer.consume(event -> {
                assertEquals(36, event.size());
                assertEquals((byte) (event.getByte(0) + 35), event.getByte(35));
                seen.add((int) event.getByte(0));
            }));
            List<Integer> newest = new ArrayList<>();
            for (int i = 103 - 4096 / 48; i < 103; i++) {
                newest.add(i);
            }
            assertEquals(newest, seen);
            assertEquals(0, buffer.consume(IGNORE));
        }
        long pauses =
                sys.calls().stream().filter(call -> call.name().equals("ioctl")).count();
        assertEquals(4, pauses, "two copies were made, each between pause and resume");
        assertNothingLeft(perf);
    }

    @Test
    void everyFailureOfOpenLeavesNothing() {
        SyntheticPerf first = new SyntheticPerf(sys, "0-1", 2);
        PerfBuffer.open(ONE_PAGE, first.map).close();
        assertNothingLeft(first);
        int all = sys.count();
        for (int call = 2; call <= all; call++) {
            ScriptedSys failing = new ScriptedSys().failAt(call, Errno.ENOMEM);
            SyntheticPerf perf = new SyntheticPerf(failing, "0-1", 2);
            try {
                PerfBuffer.open(ONE_PAGE, perf.map).close();
            } catch (BpfException e) {
                assertTrue(e.errno().is(Errno.ENOMEM), e::getMessage);
            }
            perf.map.close();
            assertEquals(Set.of(), failing.leaks(), "after call " + call);
        }
    }

    @Test
    void anEventThatDoesNotCountLossesServesToo() {
        SyntheticPerf perf = new SyntheticPerf(sys.failAt(6, Errno.EINVAL), "0", 1);
        try (PerfBuffer buffer = PerfBuffer.open(ONE_PAGE, perf.map)) {
            long opened = sys.calls().stream()
                    .filter(call -> call.name().equals("perf_event_open"))
                    .count();
            assertEquals(2, opened);
            ring(perf, 0).lost(2);
            assertEquals(0, buffer.consume(IGNORE));
            assertEquals(2, buffer.lost());
        }
        assertNothingLeft(perf);
    }

    @Test
    void aCpuThatGoesDuringOpenIsLeftOut() {
        SyntheticPerf perf = new SyntheticPerf(sys.failAt(6, Errno.ENODEV), "0-1", 2);
        try (PerfBuffer buffer = PerfBuffer.open(ONE_PAGE, perf.map)) {
            assertEquals(List.of(1), buffer.cpus());
        }
        assertNothingLeft(perf);
    }

    @Test
    void whatCannotBeIsRefusedByName() {
        SyntheticPerf perf = new SyntheticPerf(sys, "0,5", 4);
        try (BpfMap ring = KernelMaps.create(sys, SyntheticRing.spec(4096))) {
            IllegalArgumentException type = assertThrows(IllegalArgumentException.class, () -> PerfBuffer.open(ring));
            assertEquals("map 'ring' is of type RINGBUF, not PERF_EVENT_ARRAY", type.getMessage());
        }
        IllegalArgumentException cpus = assertThrows(IllegalArgumentException.class, () -> PerfBuffer.open(perf.map));
        assertEquals(
                "map 'events' has room for 4 CPUs, and CPU 5 is online: its max_entries must be at least 6",
                cpus.getMessage());
        PerfOptions late = ONE_PAGE.withWatermark(4097);
        assertThrows(IllegalArgumentException.class, () -> PerfBuffer.open(late, perf.map));
        assertThrows(IllegalArgumentException.class, PerfBuffer::open);
        for (int pages : new int[] {0, -1, 3, Integer.MIN_VALUE}) {
            assertThrows(IllegalArgumentException.class, () -> PerfOptions.DEFAULT.withPages(pages));
        }
        assertThrows(IllegalArgumentException.class, () -> PerfOptions.DEFAULT.withWakeupEvents(0));
        assertThrows(IllegalArgumentException.class, () -> PerfOptions.DEFAULT.withWatermark(-1));
        assertNothingLeft(perf);
    }

    @Test
    void aMapThatIsClosedFirstDoesNoHarm() {
        SyntheticPerf perf = new SyntheticPerf(sys, "0", 1);
        PerfBuffer buffer = PerfBuffer.open(ONE_PAGE, perf.map);
        perf.map.close();
        buffer.close();
        assertEquals(0, buffer.lost());
        assertEquals(Set.of(), sys.leaks());
    }

    @Test
    void theKernelsEventsCanBeOpened() {
        try (BpfMap map = KernelMaps.create(SyntheticPerf.spec(1024));
                PerfBuffer buffer = PerfBuffer.open(map)) {
            assertTrue(buffer.cpus().contains(0) || !buffer.cpus().isEmpty());
            assertEquals(0, buffer.consume(IGNORE));
            assertEquals(0, buffer.lost());
        }
    }

    /** A kernel that gives this process no capabilities, or all of them. */
    private static Sys withCapabilities(ScriptedSys sys, int bits) {
        return (Sys) Proxy.newProxyInstance(
                Sys.class.getClassLoader(), new Class<?>[] {Sys.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals("capget")) {
                        ((MemorySegment) arguments[1]).fill((byte) bits);
                        return 0L;
                    }
                    return method.invoke(sys, arguments);
                });
    }

    @Test
    void missingRightsAreToldOnlyWhereTheyAreMissing() {
        sys.withFile("/proc/sys/kernel/perf_event_paranoid", "2\n".getBytes(US_ASCII));
        Sys none = withCapabilities(sys, 0);
        assertEquals(
                "the process has neither CAP_PERFMON (Linux 5.8) nor CAP_SYS_ADMIN, and"
                        + " /proc/sys/kernel/perf_event_paranoid is 2; events of whole CPUs need one of them, or 0 or less"
                        + " there",
                PerfAdvice.open(none, Errno.of(-Errno.EACCES)));
        assertTrue(PerfAdvice.map(none, Errno.of(-Errno.EPERM), 64)
                .startsWith("without CAP_IPC_LOCK, 64 pages for each CPU"));
        assertEquals("", PerfAdvice.open(none, Errno.of(-Errno.ENOMEM)));
        assertEquals("", PerfAdvice.map(none, Errno.of(-Errno.EINVAL), 64));
        assertEquals("", PerfAdvice.open(sys, Errno.of(-Errno.EACCES)));
        assertEquals("", PerfAdvice.map(sys, Errno.of(-Errno.EPERM), 64));
        assertEquals(Set.of(), sys.leaks());
    }

    @Test
    void aRefusedEventNamesCpuAndMap() {
        SyntheticPerf perf = new SyntheticPerf(sys.failAt(6, Errno.EACCES), "0", 1);
        BpfException e = assertThrows(BpfException.class, () -> PerfBuffer.open(ONE_PAGE, perf.map));
        assertTrue(
                e.getMessage().startsWith("can't open the perf event of CPU 0 for map 'events': EACCES"),
                e::getMessage);
        assertNothingLeft(perf);
    }
}
