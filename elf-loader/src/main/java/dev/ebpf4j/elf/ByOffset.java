package dev.ebpf4j.elf;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/**
 * Records about places in a section, found by binary search. Compilers write them in order; of several at one place the last
 * counts.
 *
 * @param sorted the records by ascending offset
 * @param offset gives a record's offset
 * @param <T> the records
 */
record ByOffset<T>(List<T> sorted, ToIntFunction<T> offset) {
    static <T> ByOffset<T> of(List<T> records, ToIntFunction<T> offset) {
        for (int i = 1; i < records.size(); i++) {
            if (offset.applyAsInt(records.get(i - 1)) > offset.applyAsInt(records.get(i))) {
                List<T> sorted = new ArrayList<>(records);
                sorted.sort(Comparator.comparingInt(offset));
                return new ByOffset<>(sorted, offset);
            }
        }
        return new ByOffset<>(records, offset);
    }

    /** Returns the record at an offset, null if there is none. */
    @Nullable
    T at(int wanted) {
        int last = firstFrom(wanted + 1) - 1;
        return last >= 0 && offset.applyAsInt(sorted.get(last)) == wanted ? sorted.get(last) : null;
    }

    /** Returns the records from one offset up to another. */
    List<T> all(int start, int end) {
        if (sorted.isEmpty()) {
            return List.of();
        }
        return sorted.subList(firstFrom(start), firstFrom(end));
    }

    /** Returns the records from one offset up to another, each place once. */
    List<T> between(int start, int end) {
        List<T> found = all(start, end);
        for (int i = 1; i < found.size(); i++) {
            if (offset.applyAsInt(found.get(i - 1)) == offset.applyAsInt(found.get(i))) {
                return lastOfEach(found);
            }
        }
        return found;
    }

    private List<T> lastOfEach(List<T> records) {
        List<T> kept = new ArrayList<>();
        for (T each : records) {
            if (!kept.isEmpty() && offset.applyAsInt(kept.getLast()) == offset.applyAsInt(each)) {
                kept.removeLast();
            }
            kept.add(each);
        }
        return kept;
    }

    /** Returns the position of the first record at an offset or behind it. */
    private int firstFrom(int wanted) {
        int low = 0;
        int high = sorted.size();
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (offset.applyAsInt(sorted.get(middle)) < wanted) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }
}
