package dev.ebpf4j.plan;

/**
 * The sizes of a machine that shapes of maps depend on.
 *
 * @param pageSize size of a page in bytes, a power of two
 * @param possibleCpus number of CPUs that may ever be online, which is what per-CPU data is sized for
 */
public record Machine(int pageSize, int possibleCpus) {
    /**
     * Checks both numbers.
     *
     * @throws IllegalArgumentException if the page size is no power of two or there is no CPU
     */
    public Machine {
        if (pageSize <= 0 || Integer.bitCount(pageSize) != 1) {
            throw new IllegalArgumentException("page size " + pageSize + " is no power of two");
        }
        if (possibleCpus <= 0) {
            throw new IllegalArgumentException(possibleCpus + " CPUs");
        }
    }
}
