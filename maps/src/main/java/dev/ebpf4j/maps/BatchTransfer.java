package dev.ebpf4j.maps;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.ebpf4j.error.Errno;
import dev.ebpf4j.sys.BpfAttr.MapBatch;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * Keys, or keys and values, on their way to the kernel: in one call, or in several where it stops on the way.
 *
 * <p>Source: {@code generic_map_update_batch} and {@code generic_map_delete_batch} in {@code kernel/bpf/syscall.c}.
 */
final class BatchTransfer implements AutoCloseable {
    /** A thread that confined memory is certainly not confined to. */
    private static final Thread NOBODY = new Thread(() -> {});

    private static final int MOST_ATTEMPTS = 1000;

    private final BpfMap map;
    private final int cmd;
    private final int count;
    private final Arena arena = Arena.ofConfined();
    private final MemorySegment keys;
    private final MemorySegment values;
    private final MemorySegment attr;
    private int done;
    private int attempts;

    /**
     * @param values those of the keys; {@link MemorySegment#NULL} where there are none to send
     */
    BatchTransfer(BpfMap map, int cmd, MemorySegment keys, MemorySegment values, int count, long flags) {
        this.map = map;
        this.cmd = cmd;
        this.count = count;
        this.keys = forKernel(keys);
        this.values = forKernel(values);
        this.attr = arena.allocate(MapBatch.BYTES, Long.BYTES);
        attr.set(JAVA_LONG, MapBatch.ELEM_FLAGS, flags);
    }

    /** The kernel must not meet memory that another thread may free meanwhile; only confined memory is safe from that. */
    private MemorySegment forKernel(MemorySegment memory) {
        boolean confined = memory.isNative() && !memory.isAccessibleBy(NOBODY);
        return confined || memory.byteSize() == 0
                ? memory
                : arena.allocate(memory.byteSize(), Long.BYTES).copyFrom(memory);
    }

    /** Sends what is left. Answers 0 when that, or some of it, went well, else {@code -errno} of the element it stopped at. */
    long send() {
        attr.set(JAVA_LONG, MapBatch.KEYS, keys.address() + (long) done * map.keySize());
        if (values.byteSize() > 0) {
            attr.set(JAVA_LONG, MapBatch.VALUES, values.address() + (long) done * map.valueBytes());
        }
        int left = count - done;
        attr.set(JAVA_INT, MapBatch.COUNT, left);
        long result = map.longCall(fd -> {
            attr.set(JAVA_INT, MapBatch.MAP_FD, fd);
            return map.sys().bpf(cmd, attr, MapBatch.BYTES);
        });
        int sent = attr.get(JAVA_INT, MapBatch.COUNT);
        if (result < 0 && sent == left) {
            sent = 0; // the kernel refused before it counted
        }
        done += sent;
        attempts = sent > 0 ? 0 : attempts + 1;
        boolean passing = KernelBatches.isPassing(result) && attempts < MOST_ATTEMPTS;
        return passing ? 0 : Math.min(result, 0);
    }

    /** Whether a kernel that answers so has no such command, of this type or at all. */
    boolean isUnsupported(long result) {
        return done == 0 && (result == -Errno.ENOTSUPP || result == -Errno.EINVAL);
    }

    /** Passes over the next element. */
    void skip() {
        done++;
    }

    boolean isOver() {
        return done >= count;
    }

    /** How many elements went well or were passed over. */
    int done() {
        return done;
    }

    @Override
    public void close() {
        arena.close();
    }
}
