package dev.ebpf4j.rings;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import dev.ebpf4j.cpu.CpuList;
import dev.ebpf4j.error.BpfException;
import dev.ebpf4j.maps.BpfMap;
import dev.ebpf4j.spec.MapType;
import dev.ebpf4j.sys.EpollEvents;
import dev.ebpf4j.sys.Fd;
import dev.ebpf4j.sys.Sys;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The rings of one array of perf events, one for each CPU that is online, in the map's slot of the CPU's number.
 *
 * <p>CPUs come and go. A look at the list of those that are online is taken when records are asked for, if the last was a
 * while ago: a new CPU gets a ring, and the ring of one that is gone is kept until it is empty.
 *
 * <p>Which rings there are changes under this object's lock, and read without it; a ring is unmapped only by the thread that
 * takes records.
 */
final class PerfChannel implements Channel {
    private static final int EPOLL_CTL_ADD = 1;
    private static final int EPOLL_CTL_DEL = 2;
    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    private final BpfMap map;
    private final Sys sys;
    private final PerfOptions options;
    private final PerfScratch scratch = new PerfScratch();
    private final Fd epoll;

    /** Lost records of rings that are gone, by CPU. */
    private final Map<Integer, Long> lostBefore = new HashMap<>();

    private volatile List<PerfRing> rings = List.of();

    /** Those of {@link #rings} whose CPU has gone. */
    private volatile List<PerfRing> leaving = List.of();

    private long looked;
    private int first;
    private boolean paused;
    private boolean closed;

    PerfChannel(BpfMap map, PerfOptions options) {
        this.map = map;
        this.sys = map.sys();
        this.options = options;
        check();
        epoll = new Fd(sys, BpfException.checked(sys.epollCreate(), "create an epoll descriptor"));
        try {
            refresh();
        } catch (Throwable t) {
            unmap();
            throw t;
        }
    }

    private void check() {
        if (map.type() != MapType.PERF_EVENT_ARRAY) {
            throw new IllegalArgumentException(
                    "map '" + map.name() + "' is of type " + map.type() + ", not PERF_EVENT_ARRAY");
        }
        if (options.watermark() > capacity()) {
            throw new IllegalArgumentException("perf buffer '" + map.name() + "' has " + capacity()
                    + " bytes for each CPU, and would never wake after " + options.watermark());
        }
    }

    /** Adapts the rings to the CPUs that are online now. For any thread. */
    synchronized void refresh() {
        if (closed) {
            return;
        }
        BitSet online = CpuList.online(sys);
        for (PerfRing ring : rings) {
            if (online.get(ring.event.cpu()) && !leaving.contains(ring)) {
                online.clear(ring.event.cpu());
            } else if (!leaving.contains(ring)) {
                leave(ring);
            }
        }
        looked = System.nanoTime();
        for (int cpu = online.nextSetBit(0); cpu >= 0; cpu = online.nextSetBit(cpu + 1)) {
            PerfRing ring = open(cpu);
            if (ring != null) {
                rings = with(rings, ring);
            }
        }
    }

    private @Nullable PerfRing open(int cpu) {
        if (cpu >= Integer.toUnsignedLong(map.maxEntries())) {
            throw new IllegalArgumentException("map '" + map.name() + "' has room for "
                    + Integer.toUnsignedString(map.maxEntries()) + " CPUs, and CPU " + cpu
                    + " is online: its max_entries must be at least " + (cpu + 1));
        }
        PerfEvent event = PerfEvent.open(sys, map.name(), cpu, options);
        if (event == null) {
            return null;
        }
        PerfRing ring;
        try {
            ring = options.overwrite()
                    ? new PerfOverwriteRing(map, event, options, scratch)
                    : new PerfRing(map, event, options, scratch);
        } catch (Throwable t) {
            event.close();
            throw t;
        }
        try {
            if (paused) {
                ring.pause(true);
            }
            watch(EPOLL_CTL_ADD, event);
            setSlot(cpu, event.fd());
            return ring;
        } catch (Throwable t) {
            ring.unmap();
            throw t;
        }
    }

    private void watch(int operation, PerfEvent event) {
        BpfException.checked(
                sys.epollCtl(epoll.fd(), operation, event.fd(), EpollEvents.EPOLLIN, event.cpu()),
                "wait for the records of CPU " + event.cpu() + " of map '" + map.name() + "'");
    }

    private void setSlot(int cpu, int fd) {
        try (Arena arena = Arena.ofConfined()) {
            map.update(arena.allocateFrom(JAVA_INT, cpu), arena.allocateFrom(JAVA_INT, fd), BpfMap.ANY);
        }
    }

    /** Empties the slot of a CPU; where the map is closed already, the kernel did so. */
    private void clearSlot(int cpu) {
        try (Arena arena = Arena.ofConfined()) {
            map.delete(arena.allocateFrom(JAVA_INT, cpu));
        } catch (BpfException | IllegalStateException e) {
            // There is nothing left to be undone.
        }
    }

    /** The CPU is gone: nobody writes to its ring any more. */
    private void leave(PerfRing ring) {
        clearSlot(ring.event.cpu());
        sys.epollCtl(epoll.fd(), EPOLL_CTL_DEL, ring.event.fd(), 0, 0);
        leaving = with(leaving, ring);
    }

    private synchronized void remove(PerfRing ring) {
        rings = without(rings, ring);
        leaving = without(leaving, ring);
        lostBefore.merge(ring.event.cpu(), ring.lost(), Long::sum);
        ring.unmap();
    }

    private static List<PerfRing> with(List<PerfRing> some, PerfRing one) {
        List<PerfRing> more = new ArrayList<>(some);
        more.add(one);
        return List.copyOf(more);
    }

    private static List<PerfRing> without(List<PerfRing> some, PerfRing one) {
        return some.stream().filter(ring -> !ring.equals(one)).toList();
    }

    @Override
    public int drain(Event event, EventConsumer consumer, int limit) {
        if (System.nanoTime() - looked >= LOOK_NANOS) {
            refresh();
        }
        List<PerfRing> all = rings;
        int count = options.mergeByTime()
                ? PerfMerge.drain(all, event, consumer, limit)
                : inTurn(all, event, consumer, limit);
        List<PerfRing> gone = leaving;
        for (int i = 0; i < gone.size(); i++) {
            if (gone.get(i).unread() == 0) {
                remove(gone.get(i));
            }
        }
        return count;
    }

    private int inTurn(List<PerfRing> all, Event event, EventConsumer consumer, int limit) {
        int count = 0;
        int number = all.size();
        int start = first < number ? first : 0;
        first = start + 1;
        for (int i = 0; i < number && count < limit && !event.stopping(); i++) {
            PerfRing ring = all.get(start + i < number ? start + i : start + i - number);
            ring.look();
            count += ring.drain(event, consumer, limit - count);
        }
        return count;
    }

    /** The kernel drops what programs write, and counts it as lost; or does not any more. */
    synchronized void pause(boolean on) {
        paused = on;
        rings.forEach(ring -> ring.pause(on));
    }

    /** The CPUs that have a ring. */
    List<Integer> cpus() {
        return rings.stream().map(ring -> ring.event.cpu()).toList();
    }

    synchronized long lost(int cpu) {
        long count = lostBefore.getOrDefault(cpu, 0L);
        for (PerfRing ring : rings) {
            count += ring.event.cpu() == cpu ? ring.lost() : 0;
        }
        return count;
    }

    @Override
    public synchronized long lost() {
        long before = lostBefore.values().stream().mapToLong(Long::longValue).sum();
        return before + rings.stream().mapToLong(PerfRing::lost).sum();
    }

    @Override
    public BpfMap map() {
        return map;
    }

    @Override
    public int fd() {
        return epoll.fd();
    }

    /** A record is in a ring when it is complete. */
    @Override
    public boolean headBusy() {
        return false;
    }

    /** Of one CPU: the fullest counts. */
    @Override
    public long capacity() {
        return options.pages() * sys.pageSize();
    }

    @Override
    public long unread() {
        long most = 0;
        List<PerfRing> all = rings;
        for (int i = 0; i < all.size(); i++) {
            most = Math.max(most, all.get(i).unread());
        }
        return most;
    }

    @Override
    public long discarded() {
        return 0;
    }

    @Override
    public synchronized void unmap() {
        closed = true;
        for (PerfRing ring : rings) {
            if (!leaving.contains(ring)) {
                clearSlot(ring.event.cpu());
            }
            remove(ring);
        }
        epoll.close();
        scratch.close();
    }

    @Override
    public String toString() {
        return "perf buffer '" + map.name() + "' of CPUs " + cpus();
    }
}
