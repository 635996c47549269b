package dev.ebpf4j.maps;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.abort;

import dev.ebpf4j.codec.Codecs;
import dev.ebpf4j.error.UnsupportedFeatureException;
import dev.ebpf4j.spec.MapType;
import dev.ebpf4j.sys.BpfAttr.MapElem;
import dev.ebpf4j.sys.Sys;
import dev.ebpf4j.sys.Uapi.Cmd;
import dev.ebpf4j.sys.testing.ScriptedSys;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PerCpuMapTest {
    private static final int EINVAL = 22;
    private static final int ENOENT = 2;
    private static final int F_CPU = 8;

    @Test
    void kernelKeepsAValuePerPossibleCpu() {
        try (BpfMap map = KernelMaps.create(KernelMaps.spec(MapType.PERCPU_HASH, 4, 4, 3))) {
            PerCpuMap<Integer, Integer> view = PerCpuMap.of(map, Codecs.INT, Codecs.INT);
            assertTrue(view.cpus() >= Runtime.getRuntime().availableProcessors());
            assertNull(view.lookup(1));
            assertNull(view.lookup(1, 0));
            assertEquals(0, view.sum(1));
            PerCpu<Integer> values = new PerCpu<>(IntStream.range(0, view.cpus())
                    .mapToObj(cpu -> cpu * 11 - 1)
                    .toList());
            assertFalse(view.replace(1, values));
            assertTrue(view.putIfAbsent(1, values));
            assertFalse(view.putIfAbsent(1, PerCpu.all(view.cpus(), 0)));
            assertEquals(values, view.lookup(1));
            for (int cpu = 0; cpu < view.cpus(); cpu++) {
                assertEquals(values.get(cpu), view.lookup(1, cpu));
            }
            view.forEach((key, all) -> assertEquals(values, all));
            assertEquals(values.sum(Integer::longValue), view.sum(1));
            assertEquals(-1, view.reduce(1, Long.MAX_VALUE, Math::min), "signs are kept");
            assertThrows(IndexOutOfBoundsException.class, () -> view.lookup(1, view.cpus()));
            assertThrows(MapSizeException.class, () -> view.update(1, PerCpu.all(view.cpus() + 1, 1)));
            assertTrue(view.delete(1));
        }
    }

    @Test
    void kernelWritesOneCpuOrSaysSince() {
        try (BpfMap map = KernelMaps.create(KernelMaps.spec(MapType.PERCPU_ARRAY, 4, 12, 1))) {
            PerCpuMap<Integer, byte[]> view = PerCpuMap.of(map, Codecs.INT, Codecs.bytes(12));
            byte[] mine = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12};
            try {
                view.update(0, view.cpus() - 1, mine);
            } catch (UnsupportedFeatureException e) {
                assertEquals("7.0", e.since());
                abort("needs Linux 7.0: " + e.getMessage());
            }
            assertArrayEquals(mine, view.lookup(0, view.cpus() - 1));
            assertThrows(UnsupportedOperationException.class, () -> view.sum(0));
        }
    }

    /** Parity row 39 on a kernel of 4 CPUs whose element 5 has the value 100 + CPU. */
    private static ScriptedSys kernel(boolean hasFlag, List<Long> asked) {
        ScriptedSys sys = new ScriptedSys().withFile("/sys/devices/system/cpu/possible", "0-3\n".getBytes(US_ASCII));
        sys.onBpf(Cmd.BPF_MAP_LOOKUP_ELEM, attr -> {
            long flags = attr.get(JAVA_LONG, MapElem.FLAGS);
            asked.add(flags);
            if ((flags & F_CPU) != 0 && !hasFlag) {
                return -EINVAL;
            }
            if (Sys.memory(attr.get(JAVA_LONG, MapElem.KEY), 4).get(JAVA_INT, 0) != 5) {
                return -ENOENT;
            }
            MemorySegment value = Sys.memory(attr.get(JAVA_LONG, MapElem.VALUE), 32);
            for (int cpu = 0; cpu < 4; cpu++) {
                value.set(JAVA_INT, 8L * cpu, 100 + (flags == 0 ? cpu : (int) (flags >>> 32)));
            }
            return 0;
        });
        return sys;
    }

    @Test
    void oneCpuIsAskedForAloneWhereTheKernelCan() {
        List<Long> asked = new ArrayList<>();
        try (BpfMap map = KernelMaps.create(kernel(true, asked), KernelMaps.spec(MapType.PERCPU_HASH, 4, 4, 8))) {
            PerCpuMap<Integer, Integer> view = PerCpuMap.of(map, Codecs.INT, Codecs.INT);
            assertEquals(102, view.lookup(5, 2));
            assertNull(view.lookup(6, 3));
            assertEquals(List.of(2L << 32 | F_CPU, 3L << 32 | F_CPU), asked);
        }
    }

    @Test
    void otherKernelsAreAskedForAllAndRememberedForIt() {
        List<Long> asked = new ArrayList<>();
        try (BpfMap map = KernelMaps.create(kernel(false, asked), KernelMaps.spec(MapType.PERCPU_HASH, 4, 4, 8))) {
            PerCpuMap<Integer, Integer> view = PerCpuMap.of(map, Codecs.INT, Codecs.INT);
            assertEquals(102, view.lookup(5, 2));
            assertEquals(101, view.lookup(5, 1));
            assertEquals(406, view.sum(5));
            assertEquals(List.of(2L << 32 | F_CPU, 0L, 0L, 0L), asked);
        }
    }
}
