package dev.ebpf4j.maps;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.management.HotSpotDiagnosticMXBean;
import com.sun.management.ThreadMXBean;
import dev.ebpf4j.error.Errno;
import dev.ebpf4j.spec.MapType;
import dev.ebpf4j.sys.BpfAttr.MapElem;
import dev.ebpf4j.sys.Sys;
import dev.ebpf4j.sys.Uapi.Cmd;
import dev.ebpf4j.sys.testing.ScriptedSys;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.management.ManagementFactory;
import java.util.BitSet;
import java.util.function.IntUnaryOperator;
import org.junit.jupiter.api.Test;

/** Walks by single keys, as on kernels without batches; and what operations and walks allocate. */
class WalkTest {
    /** A kernel that answers each key (0 for the start) with another one; a negative answer is an errno. */
    private static ScriptedSys following(IntUnaryOperator next) {
        return new ScriptedSys()
                .onBpf(Cmd.BPF_MAP_LOOKUP_BATCH, attr -> -Errno.ENOTSUPP)
                .onBpf(Cmd.BPF_MAP_GET_NEXT_KEY, attr -> {
                    long key = attr.get(JAVA_LONG_UNALIGNED, MapElem.KEY);
                    int answer =
                            next.applyAsInt(key == 0 ? 0 : Sys.memory(key, 4).get(JAVA_INT_UNALIGNED, 0));
                    if (answer > 0) {
                        long to = attr.get(JAVA_LONG_UNALIGNED, MapElem.NEXT_KEY);
                        Sys.memory(to, 4).set(JAVA_INT_UNALIGNED, 0, answer);
                    }
                    return Math.min(answer, 0);
                });
    }

    private static WalkOutcome walk(ScriptedSys sys, BitSet seen) {
        try (BpfMap map = KernelMaps.create(sys, KernelMaps.spec(MapType.HASH, 4, 8, 10))) {
            return map.forEach((key, value) -> seen.set(key.get(JAVA_INT, 0)));
        }
    }

    @Test
    void aWalkThatIsSentBackGoesOnToTheEnd() {
        BitSet seen = new BitSet();
        int[] visits = new int[1];
        ScriptedSys sys = following(key -> {
            if (key == 3 && visits[0]++ == 0) {
                return 1; // 3 is gone just now
            }
            return key == 5 ? -Errno.ENOENT : key + 1;
        });
        assertEquals(WalkOutcome.RESTARTED, walk(sys, seen));
        assertEquals(5, seen.cardinality());
    }

    @Test
    void aWalkThatIsSentBackForEverGivesUp() {
        assertEquals(WalkOutcome.ABORTED, walk(following(key -> key == 3 ? 1 : key + 1), new BitSet()));
        assertEquals(WalkOutcome.ABORTED, walk(following(key -> key + 1), new BitSet()), "of ten keys, without end");
    }

    @Test
    void aQuietWalkIsFinished() {
        BitSet seen = new BitSet();
        assertEquals(WalkOutcome.FINISHED, walk(following(key -> key == 5 ? -Errno.ENOENT : key + 1), seen));
        assertEquals(5, seen.cardinality());
    }

    /** The key that was found next may be gone by the time it is looked up; then the walk may have been sent back. */
    @Test
    void keysThatVanishAreTold() {
        ScriptedSys sys = following(key -> key == 5 ? -Errno.ENOENT : key + 1);
        sys.onBpf(Cmd.BPF_MAP_LOOKUP_ELEM, attr -> {
            long key = attr.get(JAVA_LONG_UNALIGNED, MapElem.KEY);
            return Sys.memory(key, 4).get(JAVA_INT_UNALIGNED, 0) == 2 ? -Errno.ENOENT : 0;
        });
        BitSet seen = new BitSet();
        assertEquals(WalkOutcome.RESTARTED, walk(sys, seen));
        assertEquals(4, seen.cardinality());
    }

    /** By single keys through the kernel, with the current key deleted by somebody else at every tenth step. */
    @Test
    void kernelWalksMissNothingThatStays() {
        int keys = 2000;
        try (BpfMap map = KernelMaps.create(KernelMaps.spec(MapType.HASH, 4, 8, keys));
                Arena arena = Arena.ofConfined()) {
            MemorySegment key = arena.allocate(4, 8);
            MemorySegment value = arena.allocate(8, 8);
            for (int i = 0; i < keys; i++) {
                key.set(JAVA_INT, 0, i);
                map.update(key, value, BpfMap.ANY);
            }
            BitSet seen = new BitSet();
            KeyWalk walk = new KeyWalk(map);
            while (walk.next()) {
                int number = walk.key().get(JAVA_INT_UNALIGNED, 0);
                seen.set(number);
                if (number >= keys - 4) {
                    map.delete(walk.key());
                }
                walk.advance();
            }
            assertEquals(WalkOutcome.RESTARTED, walk.outcome());
            assertTrue(seen.nextClearBit(0) >= keys - 4, () -> seen.nextClearBit(0) + " was missed");
        }
    }

    private static final int ROUNDS = 20_000;

    /** Bytes that one of many rounds allocates once its code is compiled by the compiler that leaves objects out. */
    private static double allocated(Runnable rounds, double enough) {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long least = Long.MAX_VALUE;
        for (int i = 0; i < 50 && (double) least / ROUNDS > enough; i++) {
            long before = threads.getCurrentThreadAllocatedBytes();
            rounds.run();
            least = Math.min(least, threads.getCurrentThreadAllocatedBytes() - before);
        }
        return (double) least / ROUNDS;
    }

    @Test
    void kernelOperationsAndWalksAllocateNothing() {
        HotSpotDiagnosticMXBean jvm = ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class);
        String level = jvm.getVMOption("TieredStopAtLevel").getValue();
        assumeTrue(level.equals("4"), "this JVM may not compile well enough: -XX:TieredStopAtLevel=" + level);
        try (BpfMap map = KernelMaps.create(KernelMaps.spec(MapType.HASH, 4, 8, ROUNDS));
                Arena arena = Arena.ofConfined()) {
            MemorySegment key = arena.allocate(4, 8);
            MemorySegment value = arena.allocate(8, 8);
            double single = allocated(
                    () -> {
                        for (int i = 0; i < ROUNDS; i++) {
                            key.set(JAVA_INT, 0, i);
                            map.update(key, value, BpfMap.ANY);
                            map.lookup(key, value);
                            map.nextKey(key, key);
                            map.delete(key);
                            map.lookup(key, value);
                            map.update(key, value, BpfMap.NOEXIST);
                        }
                    },
                    0.01);
            assertTrue(single <= 0.01, () -> single + " bytes for each round of single operations");
            long[] sum = new long[1];
            double walked = allocated(() -> map.forEach((k, v) -> sum[0] += v.get(JAVA_LONG, 0)), 0.5);
            assertTrue(walked <= 0.5, () -> walked + " bytes for each element of a walk");
            BatchCursor cursor = map.batches().lookup(1000);
            double batched = allocated(
                    () -> {
                        cursor.restart();
                        while (cursor.next()) {
                            for (int i = 0; i < cursor.count(); i++) {
                                sum[0] += cursor.values().get(JAVA_LONG, cursor.valueOffset(i));
                            }
                        }
                    },
                    0.2);
            assertTrue(batched <= 0.2, () -> batched + " bytes for each element of a batch");
        }
    }
}
