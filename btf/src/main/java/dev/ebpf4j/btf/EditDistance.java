package dev.ebpf4j.btf;

/**
 * Levenshtein distances from one name to many: insertions, deletions and substitutions that make one out of the other.
 *
 * <p>A column of the usual table is held as two words, its steps up and down, and each letter advances all of it at once:
 * Myers, "A fast bit-vector algorithm for approximate string matching", JACM 1999. Where that does not fit, the table.
 */
final class EditDistance {
    private static final int LETTERS = 128;

    private final String wanted;
    private final boolean fitsWord;
    private final long[] places = new long[LETTERS];

    EditDistance(String wanted) {
        this.wanted = wanted;
        this.fitsWord = !wanted.isEmpty()
                && wanted.length() <= Long.SIZE
                && wanted.chars().allMatch(c -> c < LETTERS);
        if (fitsWord) {
            for (int i = 0; i < wanted.length(); i++) {
                places[wanted.charAt(i)] |= 1L << i;
            }
        }
    }

    int to(String name) {
        return fitsWord ? byWords(name) : byTable(wanted, name);
    }

    private int byWords(String name) {
        long last = 1L << (wanted.length() - 1);
        long up = -1;
        long down = 0;
        int distance = wanted.length();
        for (int i = 0; i < name.length(); i++) {
            char letter = name.charAt(i);
            long equal = letter < LETTERS ? places[letter] : 0;
            long vertical = equal | down;
            long horizontal = (((equal & up) + up) ^ up) | equal;
            long right = down | ~(horizontal | up);
            long left = up & horizontal;
            distance += (right & last) != 0 ? 1 : (left & last) != 0 ? -1 : 0;
            right = right << 1 | 1;
            left <<= 1;
            up = left | ~(vertical | right);
            down = right & vertical;
        }
        return distance;
    }

    static int byTable(String a, String b) {
        int[] above = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            above[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int[] row = new int[b.length() + 1];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int substituted = above[j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                row[j] = Math.min(substituted, Math.min(above[j], row[j - 1]) + 1);
            }
            above = row;
        }
        return above[b.length()];
    }
}
