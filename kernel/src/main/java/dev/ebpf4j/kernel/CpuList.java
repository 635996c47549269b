package dev.ebpf4j.kernel;

/** Lists of CPUs as sysfs writes them: {@code 0,2-3}. */
final class CpuList {
    private CpuList() {}

    /** The number of CPUs in a list, at least 1: there is one that asks. */
    static int count(String list) {
        int count = 0;
        for (String range : list.strip().split(",", -1)) {
            String[] ends = range.split("-", 2);
            try {
                int first = Integer.parseInt(ends[0]);
                int last = ends.length == 1 ? first : Integer.parseInt(ends[1]);
                count += Math.max(0, last - first + 1);
            } catch (NumberFormatException e) {
                throw new IllegalStateException("'" + list.strip() + "' is no list of CPUs", e);
            }
        }
        return Math.max(1, count);
    }
}
