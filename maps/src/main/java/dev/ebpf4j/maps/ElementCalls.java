package dev.ebpf4j.maps;

import dev.ebpf4j.error.Errno;
import dev.ebpf4j.sys.Sys;
import dev.ebpf4j.sys.Uapi.Cmd;
import java.lang.ref.Reference;
import java.util.function.IntFunction;
import java.util.function.IntToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * The commands of bpf(2) on single elements of one map. Keys and values lie in a {@link Scratch}, which callers fill and
 * read; nothing is allocated but one of those for each thread.
 */
final class ElementCalls {
    private final Sys sys;
    private final BpfMap map;
    private final int fd;
    private final CloseGate gate = new CloseGate();
    private final ThreadLocal<Scratch> scratches = ThreadLocal.withInitial(() -> watchedScratch(null));

    private final ScratchPool lent = new ScratchPool();

    /** That of the platform thread which came first, found without asking the thread. */
    private @Nullable Scratch first;

    ElementCalls(Sys sys, BpfMap map, int fd) {
        this.sys = sys;
        this.map = map;
        this.fd = fd;
    }

    CloseGate gate() {
        return gate;
    }

    /** Memory for an operation of the calling thread, to be closed when that is over. */
    @SuppressWarnings("ReferenceEquality") // A thread is equal to itself alone.
    Scratch scratch() {
        Scratch mine = first;
        return mine != null && mine.owner == Thread.currentThread() ? mine : otherScratch();
    }

    private Scratch otherScratch() {
        if (gate.isClosed()) {
            throw map.closed();
        }
        if (Thread.currentThread().isVirtual()) {
            Scratch free = lent.take();
            return free == null ? watchedScratch(lent) : free;
        }
        Scratch mine = scratches.get();
        if (first == null) {
            first = mine;
        }
        return mine;
    }

    private Scratch watchedScratch(@Nullable ScratchPool home) {
        Scratch scratch = new Scratch(fd, map.keySize(), map.valueBytes(), home);
        gate.watch(scratch);
        return scratch;
    }

    boolean lookup(Scratch scratch) {
        boolean mayFail = scratch.missed;
        long result = call(scratch, Cmd.BPF_MAP_LOOKUP_ELEM, scratch.lookup, Scratch.LOOKUP_SIZE, mayFail);
        boolean missed = result < 0;
        if (missed != mayFail) {
            scratch.missed = missed;
        }
        return !missed || absent(MapOperation.LOOKUP, result, Errno.ENOENT, 0);
    }

    boolean lookup(Scratch scratch, long flags) {
        scratch.lookupFlags(flags);
        long result = call(scratch, Cmd.BPF_MAP_LOOKUP_ELEM, scratch.flagged, Scratch.LOOKUP_SIZE, true);
        return result >= 0 || absent(MapOperation.LOOKUP, result, Errno.ENOENT, flags);
    }

    boolean lookupAndDelete(Scratch scratch, long flags) {
        scratch.lookupFlags(flags);
        int cmd = Cmd.BPF_MAP_LOOKUP_AND_DELETE_ELEM;
        long result = call(scratch, cmd, scratch.flagged, Scratch.LOOKUP_SIZE, true);
        return result >= 0 || absent(MapOperation.LOOKUP_AND_DELETE, result, Errno.ENOENT, flags);
    }

    boolean update(Scratch scratch, long flags) {
        scratch.updateFlags(flags);
        boolean mayFail = (flags & (BpfMap.NOEXIST | BpfMap.EXIST)) != 0;
        long result = call(scratch, Cmd.BPF_MAP_UPDATE_ELEM, scratch.update, Scratch.UPDATE_SIZE, mayFail);
        if (result >= 0) {
            return true;
        }
        int refusal = (flags & BpfMap.NOEXIST) != 0 ? Errno.EEXIST : (flags & BpfMap.EXIST) != 0 ? Errno.ENOENT : 0;
        return absent(MapOperation.UPDATE, result, refusal, flags);
    }

    boolean delete(Scratch scratch) {
        long result = call(scratch, Cmd.BPF_MAP_DELETE_ELEM, scratch.delete, Scratch.DELETE_SIZE, false);
        return result >= 0 || absent(MapOperation.DELETE, result, Errno.ENOENT, 0);
    }

    boolean nextKey(Scratch scratch, boolean fromStart) {
        scratch.fromStart(fromStart);
        long result = call(scratch, Cmd.BPF_MAP_GET_NEXT_KEY, scratch.next, Scratch.NEXT_SIZE, false);
        return result >= 0 || absent(MapOperation.NEXT_KEY, result, Errno.ENOENT, 0);
    }

    private long call(Scratch scratch, int cmd, long attr, int size, boolean mayFail) {
        scratch.enter();
        try {
            if (gate.isClosed()) {
                throw map.closed();
            }
            return sys.bpfShort(cmd, attr, size, mayFail);
        } finally {
            scratch.leave();
            Reference.reachabilityFence(scratch);
        }
    }

    /** Runs a call that may take long, with the descriptor, which stays open meanwhile. */
    long longCall(IntToLongFunction call) {
        try (Scratch scratch = scratch()) {
            scratch.enter();
            try {
                if (gate.isClosed()) {
                    throw map.closed();
                }
                return call.applyAsLong(fd);
            } finally {
                scratch.leave();
            }
        }
    }

    /** Asks for something else with the descriptor, which stays open meanwhile. */
    <T extends @Nullable Object> T withFd(IntFunction<T> call) {
        try (Scratch scratch = scratch()) {
            scratch.enter();
            try {
                if (gate.isClosed()) {
                    throw map.closed();
                }
                return call.apply(fd);
            } finally {
                scratch.leave();
            }
        }
    }

    /** False for the errno that only means "not there"; every other is thrown. */
    private boolean absent(MapOperation operation, long result, int harmless, long flags) {
        if (-result != harmless) {
            throw MapFailures.of(map, operation, flags, Errno.of(result));
        }
        return false;
    }
}
