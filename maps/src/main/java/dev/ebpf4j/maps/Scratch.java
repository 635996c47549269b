package dev.ebpf4j.maps;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.ebpf4j.sys.BpfAttr.MapElem;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.VarHandle;
import java.lang.ref.Reference;
import org.jspecify.annotations.Nullable;

/**
 * Memory for one thread's operations on one map: per command an attr that is filled once and for all, and the key and
 * value that it points to. So an operation writes a key (and value) and issues the call, nothing more.
 *
 * <p>A platform thread keeps its own for good; a virtual thread borrows one for each operation, whose end is {@link #close}.
 *
 * <p>Each command has an attr of its own because the kernel refuses one whose unused tail is not zero.
 */
final class Scratch implements AutoCloseable {
    private static final int ATTR = MapElem.BYTES;

    /** How much of the attr each command uses. */
    static final int LOOKUP_SIZE = ATTR;

    static final int UPDATE_SIZE = ATTR;
    static final int DELETE_SIZE = MapElem.KEY + Long.BYTES;
    static final int NEXT_SIZE = MapElem.NEXT_KEY + Long.BYTES;

    /** The platform thread whose it is; null if virtual threads borrow it. */
    final @Nullable Thread owner;

    private final @Nullable ScratchPool home;
    final MemorySegment key;
    final MemorySegment nextKey;
    final MemorySegment value;
    final long keyAddress;
    final long nextKeyAddress;
    final long valueAddress;
    final long lookup;
    final long flagged;
    final long update;
    final long delete;
    final long next;
    private final MemorySegment flaggedAttr;
    private final MemorySegment updateAttr;
    private final MemorySegment nextAttr;

    /** Whether the last lookup found nothing: then the next one probably will not either. */
    boolean missed;

    /** Whether the owner is in a system call with the map's descriptor, or about to be. */
    private boolean busy;

    /**
     * The memory is freed with the thread or the map, whichever is first: both may end without telling us.
     *
     * @param home where it goes back to after each operation; null if the calling thread keeps it
     */
    Scratch(int fd, int keySize, long valueSize, @Nullable ScratchPool home) {
        this.owner = home == null ? Thread.currentThread() : null;
        this.home = home;
        long keyRoom = (keySize + 7L) & ~7;
        MemorySegment all = Arena.ofAuto().allocate(5L * ATTR + 2 * keyRoom + valueSize, 8);
        MemorySegment attrs = all.asSlice(0, 5L * ATTR);
        key = all.asSlice(5L * ATTR, keySize);
        nextKey = all.asSlice(5L * ATTR + keyRoom, keySize);
        value = all.asSlice(5L * ATTR + 2 * keyRoom, valueSize);
        keyAddress = key.address();
        nextKeyAddress = nextKey.address();
        valueAddress = value.address();
        MemorySegment lookupAttr = attr(attrs, 0, fd);
        lookupAttr.set(JAVA_LONG, MapElem.VALUE, value.address());
        updateAttr = attr(attrs, 1, fd);
        updateAttr.set(JAVA_LONG, MapElem.VALUE, value.address());
        MemorySegment deleteAttr = attr(attrs, 2, fd);
        nextAttr = attr(attrs, 3, fd);
        nextAttr.set(JAVA_LONG, MapElem.NEXT_KEY, nextKey.address());
        flaggedAttr = attr(attrs, 4, fd);
        flaggedAttr.set(JAVA_LONG, MapElem.VALUE, value.address());
        lookup = lookupAttr.address();
        update = updateAttr.address();
        delete = deleteAttr.address();
        next = nextAttr.address();
        flagged = flaggedAttr.address();
    }

    private MemorySegment attr(MemorySegment attrs, int index, int fd) {
        MemorySegment attr = attrs.asSlice((long) index * ATTR, ATTR);
        attr.set(JAVA_INT, MapElem.MAP_FD, fd);
        attr.set(JAVA_LONG, MapElem.KEY, key.byteSize() == 0 ? 0 : key.address());
        return attr;
    }

    void updateFlags(long flags) {
        updateAttr.set(JAVA_LONG, MapElem.FLAGS, flags);
    }

    /** Sets the flags of lookups that have some, and of lookups that delete. */
    void lookupFlags(long flags) {
        flaggedAttr.set(JAVA_LONG, MapElem.FLAGS, flags);
    }

    /** Says whether the next key is asked for, or the first. */
    void fromStart(boolean first) {
        nextAttr.set(JAVA_LONG, MapElem.KEY, first ? 0 : key.address());
    }

    /** Says that a system call begins. Whoever closes the map sees this, or we see that it is closed: {@link CloseGate}. */
    void enter() {
        busy = true;
        VarHandle.releaseFence(); // for the compiler; what the processor defers, the closing thread brings to light
    }

    /** Says that it is over. */
    void leave() {
        VarHandle.releaseFence();
        busy = false;
    }

    /** Ends an operation: what was borrowed goes back, and what it holds must not be looked at any more. */
    @Override
    public void close() {
        try {
            if (home != null) {
                home.give(this);
            }
        } finally {
            Reference.reachabilityFence(this); // who works with addresses has only this to keep the memory
        }
    }

    boolean isBusy() {
        boolean now = busy;
        VarHandle.acquireFence();
        return now;
    }
}
