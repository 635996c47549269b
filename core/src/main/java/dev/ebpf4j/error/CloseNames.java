package dev.ebpf4j.error;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;

/** Finds the names a person may have meant by one that does not exist. */
public final class CloseNames {
    private static final int SHOWN = 3;

    private CloseNames() {}

    /**
     * {@return {@code "; close names: a, b"}, or nothing if no name is close}
     *
     * @param wanted the name that does not exist
     * @param names those that do
     */
    public static String hint(String wanted, Collection<String> names) {
        List<String> close = of(wanted, names);
        return close.isEmpty() ? "" : "; close names: " + String.join(", ", close);
    }

    /**
     * {@return up to three different names within a third of the wanted name's length, the closest first}
     *
     * @param wanted the name that does not exist
     * @param names those that do
     */
    public static List<String> of(String wanted, Collection<String> names) {
        int limit = Math.max(1, wanted.length() / 3);
        record Scored(String name, int distance) {}
        return names.stream()
                .distinct()
                .filter(name -> !name.isEmpty() && Math.abs(name.length() - wanted.length()) <= limit)
                .map(name -> new Scored(name, distance(wanted, name)))
                .filter(scored -> scored.distance <= limit)
                .sorted(Comparator.comparingInt(Scored::distance).thenComparing(Scored::name))
                .limit(SHOWN)
                .map(Scored::name)
                .toList();
    }

    /** The number of single-character edits between two names. */
    private static int distance(String a, String b) {
        int[] row = new int[b.length() + 1];
        for (int j = 0; j < row.length; j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int replaced = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(replaced, Math.min(row[j], row[j - 1]) + 1);
            }
        }
        return row[b.length()];
    }
}
