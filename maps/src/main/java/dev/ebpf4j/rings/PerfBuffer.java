package dev.ebpf4j.rings;

import dev.ebpf4j.error.BpfException;
import dev.ebpf4j.maps.BpfMap;
import java.util.ArrayList;
import java.util.List;

/**
 * The consumer of one or more arrays of perf events, into which programs write by {@code bpf_perf_event_output} with {@code
 * BPF_F_CURRENT_CPU}: for kernels without ring buffers, and for programs that keep the newest records. What it can do and
 * which threads may do it stands at {@link Events}.
 *
 * <p>There is a ring in memory for each CPU that is online. A record tells its CPU ({@link Event#cpu}), and its time if that
 * was asked for. Records of one CPU come in the order in which they were written; those of different CPUs do not, unless
 * {@link PerfOptions#withMergeByTime} was chosen: then a record never comes before one that it was caused by. (Two that were
 * being written at the same moment may change places.)
 *
 * <p>{@link Event#size} counts the kernel's padding: the length that the program gave, plus 4, rounded up to 8, less 4. So a
 * program that writes 8 bytes is seen to write 12. What needs its exact length must carry it in the record.
 *
 * <p>A record for which there is no room is lost. {@link #lost} is exact at any time since Linux 6.0; before, and in {@link
 * EventConsumer#lost}, losses are known as soon as there was room for a record again.
 *
 * <p>With {@link PerfOptions#withOverwrite} none is lost, but older ones are overwritten, uncounted. They are handed out
 * oldest first, each once; each CPU's are copied before that, while the output of that CPU pauses for some microseconds, and
 * what is written in these is counted as lost. Every look at a CPU with new records takes two system calls then.
 *
 * <p>CPUs may come and go: the list of those that are online is read again when records are asked for and it is older than
 * 100 ms, or at {@link #refresh}. Until then, programs on a new CPU cannot write. What a CPU left when it went is still
 * handed out.
 *
 * @kernel 4.4
 */
public final class PerfBuffer extends Events {
    private final List<PerfChannel> channels;

    private PerfBuffer(List<PerfChannel> channels) {
        super(channels.getFirst().map().sys(), channels);
        this.channels = channels;
    }

    /**
     * Opens the perf events of all CPUs that are online, with {@link PerfOptions#DEFAULT}.
     *
     * @param maps one or more maps of type PERF_EVENT_ARRAY
     * @return their consumer, to be closed by the caller
     * @throws IllegalArgumentException if there is no map, one is of another type, or has fewer entries than there are CPUs
     * @throws BpfException if the kernel refuses, for instance without CAP_PERFMON
     */
    public static PerfBuffer open(BpfMap... maps) {
        return open(PerfOptions.DEFAULT, maps);
    }

    /**
     * Opens the perf events of all CPUs that are online.
     *
     * @param options how, for all maps
     * @param maps one or more maps of type PERF_EVENT_ARRAY
     * @return their consumer, to be closed by the caller
     * @throws IllegalArgumentException if there is no map, one is of another type, or has fewer entries than there are CPUs;
     *     or the watermark is larger than a CPU's memory
     * @throws BpfException if the kernel refuses, for instance without CAP_PERFMON
     */
    public static PerfBuffer open(PerfOptions options, BpfMap... maps) {
        if (maps.length == 0) {
            throw new IllegalArgumentException("no map of perf events was given");
        }
        List<PerfChannel> channels = new ArrayList<>();
        try {
            for (BpfMap map : maps) {
                channels.add(new PerfChannel(map, options));
            }
        } catch (Throwable t) {
            channels.forEach(PerfChannel::unmap);
            throw t;
        }
        return new PerfBuffer(List.copyOf(channels));
    }

    /**
     * Reads now which CPUs are online, instead of with the next records: for who is told of changes. Also a poll that is
     * going on hears of new CPUs' records then. For any thread.
     *
     * @throws IllegalArgumentException if a map has no entry for a new CPU
     * @throws BpfException if the kernel refuses
     */
    public void refresh() {
        channels.forEach(PerfChannel::refresh);
    }

    /**
     * Has the kernel drop what programs write from now on. That is counted as lost. What is there can still be taken. For any
     * thread.
     *
     * @throws BpfException if the kernel refuses
     * @kernel 4.7
     */
    public void pause() {
        channels.forEach(channel -> channel.pause(true));
    }

    /**
     * Ends {@link #pause}. For any thread.
     *
     * @throws BpfException if the kernel refuses
     */
    public void resume() {
        channels.forEach(channel -> channel.pause(false));
    }

    /**
     * Records of one CPU that nobody has seen and never will, because there was no room or during a {@link #pause}.
     *
     * @param cpu the number of a CPU
     * @return how many since this was opened; still known after {@link #close}
     */
    public long lost(int cpu) {
        return channels.stream().mapToLong(channel -> channel.lost(cpu)).sum();
    }

    /** {@return the numbers of the CPUs that have a ring now, in order; those that are gone stay until they are read} */
    public List<Integer> cpus() {
        return channels.stream()
                .flatMap(channel -> channel.cpus().stream())
                .distinct()
                .sorted()
                .toList();
    }
}
