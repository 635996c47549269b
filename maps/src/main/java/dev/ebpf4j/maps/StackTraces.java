package dev.ebpf4j.maps;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;

import dev.ebpf4j.spec.Bytes;
import dev.ebpf4j.spec.MapType;
import dev.ebpf4j.sys.Uapi.Flag;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Stack traces by the number that {@code bpf_get_stackid} gave to a program (STACK_TRACE), the innermost frame first.
 *
 * <p>Frames are addresses; or, in maps created with {@code BPF_F_STACK_BUILD_ID} and for stacks of user space, places in
 * files, which mean something after the process is gone.
 *
 * <p>A view: the {@link BpfMap} below it stays the caller's, to be closed by the caller. As safe for threads as that.
 *
 * @kernel 4.6
 */
public final class StackTraces {
    private static final int VALID = 1;
    private static final int IP = 2;
    private static final int BUILD_ID = 4;
    private static final int BUILD_ID_BYTES = 20;
    private static final int OFFSET = 24;
    private static final int FRAME_BYTES = 32;

    private final BpfMap map;

    private StackTraces(BpfMap map) {
        this.map = map;
    }

    /**
     * A frame of user space: {@code struct bpf_stack_build_id}.
     *
     * @param buildId the id of the file that the code is from; empty where the kernel could not tell
     * @param offset where in that file; the address where the kernel could not tell the file
     */
    public record Frame(Bytes buildId, long offset) {}

    /**
     * A view of a map.
     *
     * @param map a map of type STACK_TRACE
     * @return the view
     * @throws IllegalArgumentException if the map is of another type
     */
    public static StackTraces of(BpfMap map) {
        MapTypes.require(map, MapType.STACK_TRACE);
        return new StackTraces(map);
    }

    /** {@return whether frames are places in files: then there are {@link #frames}, else {@link #addresses}} */
    public boolean hasBuildIds() {
        return (map.flags() & Flag.BPF_F_STACK_BUILD_ID) != 0;
    }

    /**
     * The addresses of a stack trace.
     *
     * @param id its number
     * @return the addresses, or null where there is no such trace (any more)
     * @throws UnsupportedOperationException if the map keeps places in files
     * @throws dev.ebpf4j.error.BpfException if the kernel refuses
     */
    public long @Nullable [] addresses(int id) {
        require(false);
        try (Scratch scratch = at(id)) {
            if (!map.lookup(scratch)) {
                return null;
            }
            long[] all = new long[map.valueSize() / Long.BYTES];
            int depth = 0;
            for (; depth < all.length; depth++) {
                all[depth] = scratch.value.get(JAVA_LONG_UNALIGNED, (long) depth * Long.BYTES);
                if (all[depth] == 0) {
                    break;
                }
            }
            return Arrays.copyOf(all, depth);
        }
    }

    /**
     * The frames of a stack trace of user space.
     *
     * @param id its number
     * @return the frames, or null where there is no such trace (any more)
     * @throws UnsupportedOperationException if the map keeps addresses
     * @throws dev.ebpf4j.error.BpfException if the kernel refuses
     * @kernel 4.17
     */
    public @Nullable List<Frame> frames(int id) {
        require(true);
        try (Scratch scratch = at(id)) {
            if (!map.lookup(scratch)) {
                return null;
            }
            List<Frame> frames = new ArrayList<>();
            for (long at = 0; at + FRAME_BYTES <= map.valueSize(); at += FRAME_BYTES) {
                int status = scratch.value.get(JAVA_INT_UNALIGNED, at);
                if (status != VALID && status != IP) {
                    break;
                }
                frames.add(frame(scratch.value, at, status == VALID));
            }
            return frames;
        }
    }

    private static Frame frame(MemorySegment value, long at, boolean valid) {
        byte[] id = valid ? value.asSlice(at + BUILD_ID, BUILD_ID_BYTES).toArray(JAVA_BYTE) : new byte[0];
        return new Frame(Bytes.of(id), value.get(JAVA_LONG_UNALIGNED, at + OFFSET));
    }

    private void require(boolean buildIds) {
        if (hasBuildIds() != buildIds) {
            throw new UnsupportedOperationException("map '" + map.name() + "' was created "
                    + (buildIds ? "without" : "with") + " BPF_F_STACK_BUILD_ID: it keeps "
                    + (buildIds ? "addresses" : "frames"));
        }
    }

    /**
     * Visits the numbers of the traces that are there.
     *
     * @param action gets each; it may delete the trace
     * @throws dev.ebpf4j.error.BpfException if the kernel refuses
     */
    public void forEachId(IntConsumer action) {
        KeyWalk walk = new KeyWalk(map);
        while (walk.next()) {
            int id = walk.key().get(JAVA_INT_UNALIGNED, 0);
            walk.advance();
            action.accept(id);
        }
    }

    /**
     * Removes a trace, whose number may be given to another then. A map that is never emptied loses traces: those whose hash
     * is taken are dropped, or replace others, as the program says.
     *
     * @param id its number
     * @return false where it was not there
     * @throws dev.ebpf4j.error.BpfException if the kernel refuses
     */
    public boolean delete(int id) {
        try (Scratch scratch = at(id)) {
            return map.delete(scratch);
        }
    }

    private Scratch at(int id) {
        Scratch scratch = map.scratch();
        scratch.key.set(JAVA_INT_UNALIGNED, 0, id);
        return scratch;
    }

    /** {@return the map below} */
    public BpfMap map() {
        return map;
    }
}
