package dev.ebpf4j.kernel;

import dev.ebpf4j.spec.Bytes;
import java.util.Objects;

/**
 * What to run a program with, without attaching it: {@code BPF_PROG_TEST_RUN}. Immutable; every {@code with…} returns a
 * changed copy. Which parts a program takes depends on its type: programs that see packets take a packet, and some a
 * context that describes it; {@code SYSCALL}, raw tracepoint and socket lookup programs take only a context.
 *
 * @param data the packet; empty for none
 * @param dataCapacity how many bytes of the packet to take back at most
 * @param context the context, laid out as the program sees it; empty for none
 * @param repeat how often to run
 * @param cpu CPU to run on, or {@link #ANY_CPU}
 * @param flags {@code BPF_F_TEST_…} of {@code linux/bpf.h}
 * @param batch packets at a time in live mode, 0 for the kernel's choice
 * @see Program#testRun
 * @kernel 4.12
 */
public record TestRun(Bytes data, int dataCapacity, Bytes context, int repeat, int cpu, int flags, int batch) {
    /** In place of a CPU's number: the one that the calling thread is on. */
    public static final int ANY_CPU = -1;

    /** {@code BPF_F_TEST_RUN_ON_CPU}. */
    static final int RUN_ON_CPU = 1;

    /** {@code BPF_F_TEST_XDP_LIVE_FRAMES}. */
    static final int XDP_LIVE_FRAMES = 1 << 1;

    /** {@code BPF_F_TEST_SKB_CHECKSUM_COMPLETE}. */
    static final int SKB_CHECKSUM_COMPLETE = 1 << 2;

    /** More than a packet may grow at its head. */
    private static final int ROOM = 4096;

    private static final TestRun EMPTY = new TestRun(Bytes.EMPTY, 0, Bytes.EMPTY, 1, ANY_CPU, 0, 0);

    /**
     * Checks the numbers.
     *
     * @param data the packet; empty for none
     * @param dataCapacity how many bytes of the packet to take back at most
     * @param context the context; empty for none
     * @param repeat how often to run
     * @param cpu CPU to run on, or {@link #ANY_CPU}
     * @param flags {@code BPF_F_TEST_…}
     * @param batch packets at a time in live mode, 0 for the kernel's choice
     * @throws IllegalArgumentException if a number is negative, or {@code repeat} is 0
     */
    public TestRun {
        Objects.requireNonNull(data);
        Objects.requireNonNull(context);
        if (repeat < 1 || dataCapacity < 0 || cpu < ANY_CPU || batch < 0) {
            throw new IllegalArgumentException(
                    "a program runs at least once, and sizes and CPUs are not negative: repeat " + repeat
                            + ", capacity " + dataCapacity + ", cpu " + cpu + ", batch " + batch);
        }
    }

    /** {@return one run without packet or context} */
    public static TestRun empty() {
        return EMPTY;
    }

    /**
     * {@return one run on a packet}
     *
     * @param packet the packet, with its Ethernet header
     */
    public static TestRun onPacket(byte... packet) {
        return EMPTY.withData(Bytes.of(packet));
    }

    /**
     * {@return one run on a context}
     *
     * @param bytes the context, laid out as the program sees it
     */
    public static TestRun onContext(byte... bytes) {
        return EMPTY.withContext(Bytes.of(bytes));
    }

    /**
     * {@return a copy with another packet, and room for it to grow by a page}
     *
     * @param packet the packet, with its Ethernet header
     */
    public TestRun withData(Bytes packet) {
        int capacity = packet.size() == 0 ? 0 : packet.size() + ROOM;
        return new TestRun(packet, capacity, context, repeat, cpu, flags, batch);
    }

    /**
     * {@return a copy with more or less room for the packet that comes back; 0 where nobody looks at it}
     *
     * @param bytes how many bytes
     */
    public TestRun withDataCapacity(int bytes) {
        return new TestRun(data, bytes, context, repeat, cpu, flags, batch);
    }

    /**
     * {@return a copy with another context, such as a {@code struct __sk_buff} or {@code xdp_md}}
     *
     * @param bytes the context
     * @kernel 5.2 for {@code __sk_buff}, 5.15 for {@code xdp_md}
     */
    public TestRun withContext(Bytes bytes) {
        return new TestRun(data, dataCapacity, bytes, repeat, cpu, flags, batch);
    }

    /**
     * {@return a copy that runs more often; in live mode, on more packets}
     *
     * @param times how often, at least 1
     */
    public TestRun withRepeat(int times) {
        return new TestRun(data, dataCapacity, context, times, cpu, flags, batch);
    }

    /**
     * {@return a copy that runs on a certain CPU; for raw tracepoints}
     *
     * @param number the CPU
     * @kernel 5.10
     */
    public TestRun onCpu(int number) {
        return new TestRun(data, dataCapacity, context, repeat, number, flags | RUN_ON_CPU, batch);
    }

    /**
     * {@return a copy in live mode: what an XDP program passes, redirects or sends really goes there, {@link #repeat} times;
     * no packet comes back}
     *
     * @param packets packets at a time, at most 256; 0 for the kernel's choice
     * @kernel 5.18
     */
    public TestRun withLiveFrames(int packets) {
        return new TestRun(data, 0, context, repeat, cpu, flags | XDP_LIVE_FRAMES, packets);
    }

    /**
     * {@return a copy whose packet has the checksum that a network card computed, and that is checked afterwards; for
     * programs that see an {@code __sk_buff}}
     *
     * @kernel 6.14
     */
    public TestRun withChecksum() {
        return new TestRun(data, dataCapacity, context, repeat, cpu, flags | SKB_CHECKSUM_COMPLETE, batch);
    }

    /** Whether the packets are real. */
    boolean isLive() {
        return (flags & XDP_LIVE_FRAMES) != 0;
    }
}
