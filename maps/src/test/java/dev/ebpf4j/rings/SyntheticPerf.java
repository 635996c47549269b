package dev.ebpf4j.rings;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.ebpf4j.maps.BpfMap;
import dev.ebpf4j.maps.KernelMaps;
import dev.ebpf4j.spec.MapSpec;
import dev.ebpf4j.spec.MapType;
import dev.ebpf4j.sys.Sys;
import dev.ebpf4j.sys.Uapi.Cmd;
import dev.ebpf4j.sys.testing.ScriptedSys;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.VarHandle;
import java.util.Map;
import java.util.TreeMap;

/** The kernel's side of perf events, in plain memory: writes records as {@code kernel/events/ring_buffer.c} does. */
final class SyntheticPerf {
    static final int PAGE = 4096;
    static final int THROTTLE = 5;
    private static final int HEAD = 1024;
    private static final int TAIL = 1032;
    private static final int KEY = 8;
    private static final int VALUE = 16;
    private static final VarHandle LONG = JAVA_LONG.varHandle();

    final ScriptedSys sys;
    final BpfMap map;

    /** Rings by CPU; of a CPU that came back, the latest. */
    final Map<Integer, Ring> rings = new TreeMap<>();

    /** The map: descriptors by CPU. */
    final Map<Integer, Integer> slots = new TreeMap<>();

    SyntheticPerf(ScriptedSys sys, String online, int maxEntries) {
        this.sys = sys;
        online(online);
        map = KernelMaps.create(sys, spec(maxEntries));
        sys.onMmap((fd, offset, length, protection) -> {
            Ring ring = new Ring(length - PAGE, protection == 1);
            rings.put(cpuOf(fd), ring);
            return ring.memory;
        });
        sys.onBpf(Cmd.BPF_MAP_UPDATE_ELEM, attr -> {
            slots.put(at(attr, KEY), at(attr, VALUE));
            return 0;
        });
        sys.onBpf(Cmd.BPF_MAP_DELETE_ELEM, attr -> slots.remove(at(attr, KEY)) == null ? -2 : 0);
    }

    static MapSpec spec(int maxEntries) {
        return MapSpec.builder("events", MapType.PERF_EVENT_ARRAY)
                .keySize(4)
                .valueSize(4)
                .maxEntries(maxEntries)
                .build();
    }

    void online(String list) {
        sys.withFile("/sys/devices/system/cpu/online", (list + "\n").getBytes(US_ASCII));
    }

    private static int at(MemorySegment attr, int pointer) {
        return Sys.memory(attr.get(JAVA_LONG, pointer), 4).get(JAVA_INT, 0);
    }

    /** The CPU that the latest event with this descriptor was opened for. */
    int cpuOf(int fd) {
        return sys.calls().stream()
                .filter(call -> call.name().equals("perf_event_open") && call.result() == fd)
                .reduce((earlier, later) -> later)
                .map(call -> call.arguments().get(2).intValue())
                .orElseThrow();
    }

    /** What a program that writes {@code length} bytes is seen to write. */
    static int padded(int length) {
        return ((length + 4 + 7) & ~7) - 4;
    }

    /** One CPU's memory. */
    static final class Ring {
        final MemorySegment memory;
        private final long size;
        private final boolean backward;
        private long head;
        private int lost;
        int produced;
        int lostInAll;

        Ring(long size, boolean backward) {
            this.size = size;
            this.backward = backward;
            memory = Arena.ofAuto().allocate(PAGE + size, PAGE);
        }

        long tail() {
            return (long) LONG.getAcquire(memory, (long) TAIL);
        }

        /** Writes a sample whose bytes are {@code first}, {@code first + 1}, …; a time below 0 is left out. */
        boolean sample(int length, int first, long time) {
            produced++;
            int overhead = 8 + (time < 0 ? 0 : 8) + 4;
            int stride = padded(length) + overhead;
            if (!backward && stride + (lost > 0 ? 24 : 0) > size - (head - tail())) {
                lost++;
                lostInAll++;
                return false;
            }
            if (lost > 0) {
                int number = lost;
                lost = 0;
                lost(number);
            }
            long at = next(stride);
            put(at, 9L | (long) stride << 48);
            if (time >= 0) {
                put(at + 8, time);
            }
            set(at + overhead - 4, padded(length), 4);
            for (int i = 0; i < length; i++) {
                set(at + overhead + i, first + i, 1);
            }
            publish(stride);
            return true;
        }

        /** Changes the first bytes of the sample without time that was written last, if it was written. */
        void patchLast(int length, byte[] bytes) {
            if (lost == 0) {
                long at = head - padded(length);
                for (int i = 0; i < bytes.length; i++) {
                    set(at + i, bytes[i], 1);
                }
            }
        }

        void lost(int number) {
            long at = next(24);
            put(at, 2L | 24L << 48);
            put(at + 8, 77);
            put(at + 16, number);
            publish(24);
        }

        /** A record of a type that is no sample, or of a size that cannot be. */
        void other(int type, int stride) {
            put(next(Math.max(stride, 8)), type | (long) stride << 48);
            publish(Math.max(stride, 8));
        }

        private long next(int stride) {
            return backward ? head - stride : head;
        }

        private void publish(int stride) {
            head = backward ? head - stride : head + stride;
            LONG.setRelease(memory, (long) HEAD, head);
        }

        private void put(long at, long word) {
            memory.set(JAVA_LONG, PAGE + (at & (size - 1)), word);
        }

        private void set(long at, int value, int bytes) {
            for (int i = 0; i < bytes; i++) {
                memory.set(JAVA_BYTE, PAGE + ((at + i) & (size - 1)), (byte) (value >>> (8 * i)));
            }
        }
    }
}
