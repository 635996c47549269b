package dev.ebpf4j.rings;

/**
 * How perf buffers shall be set up. Immutable; begin with {@link #DEFAULT}.
 *
 * @param pages pages of memory for each CPU, a power of two
 * @param wakeupEvents a waiting consumer is woken after so many records of one CPU, or when half of the CPU's memory is full
 * @param watermark a waiting consumer is woken after so many bytes of one CPU, headers included, instead; 0 for none
 * @param timestamps whether each record tells when it was written, on the clock of {@code bpf_ktime_get_ns} and {@link
 *     System#nanoTime} (CLOCK_MONOTONIC)
 * @param overwrite whether a new record shall overwrite the oldest ones when there is no room, instead of being lost
 * @param mergeByTime whether the records of all CPUs shall be handed out in the order of their time
 */
public record PerfOptions(
        int pages, int wakeupEvents, int watermark, boolean timestamps, boolean overwrite, boolean mergeByTime) {
    /** 64 pages for each CPU; every record wakes; no times. */
    public static final PerfOptions DEFAULT = new PerfOptions(64, 1, 0, false, false, false);

    /**
     * Checks the numbers; merging by time needs times.
     *
     * @throws IllegalArgumentException if {@code pages} is not a power of two, {@code wakeupEvents} is not positive, or {@code
     *     watermark} is negative
     */
    public PerfOptions {
        if (Integer.bitCount(pages) != 1 || pages < 0) {
            throw new IllegalArgumentException("the pages for each CPU are a power of two, not " + pages);
        }
        if (wakeupEvents < 1) {
            throw new IllegalArgumentException("a wake-up after " + wakeupEvents + " records");
        }
        if (watermark < 0) {
            throw new IllegalArgumentException("a wake-up after " + watermark + " bytes");
        }
        timestamps |= mergeByTime;
    }

    /**
     * {@return a copy with another size}
     *
     * @param number pages for each CPU, a power of two
     */
    public PerfOptions withPages(int number) {
        return new PerfOptions(number, wakeupEvents, watermark, timestamps, overwrite, mergeByTime);
    }

    /**
     * {@return a copy that wakes less often}
     *
     * @param records how many records of one CPU must have come
     */
    public PerfOptions withWakeupEvents(int records) {
        return new PerfOptions(pages, records, 0, timestamps, overwrite, mergeByTime);
    }

    /**
     * {@return a copy that wakes by bytes, not by records}
     *
     * @param bytes how many bytes of one CPU must have come, at most those of its pages; 0 to go by records
     */
    public PerfOptions withWatermark(int bytes) {
        return new PerfOptions(pages, wakeupEvents, bytes, timestamps, overwrite, mergeByTime);
    }

    /** {@return a copy whose records tell their time} */
    public PerfOptions withTimestamps() {
        return new PerfOptions(pages, wakeupEvents, watermark, true, overwrite, mergeByTime);
    }

    /**
     * {@return a copy that keeps the newest records instead of the oldest: a flight recorder}
     *
     * @kernel 4.7
     */
    public PerfOptions withOverwrite() {
        return new PerfOptions(pages, wakeupEvents, watermark, timestamps, true, mergeByTime);
    }

    /** {@return a copy that hands out the records of all CPUs in the order of their time} */
    public PerfOptions withMergeByTime() {
        return new PerfOptions(pages, wakeupEvents, watermark, true, overwrite, true);
    }
}
