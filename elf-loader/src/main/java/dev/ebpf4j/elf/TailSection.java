package dev.ebpf4j.elf;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The name of a section whose program tc puts into a map of programs: {@code 1/2} for element 2 of the map with the id 1.
 *
 * @param map the map's id
 * @param key the element
 */
record TailSection(int map, int key) {
    private static final String NUMBER = "(0[xX][0-9a-fA-F]{1,8}|0[0-7]{0,9}|[1-9][0-9]{0,8})";
    private static final Pattern NAME = Pattern.compile(NUMBER + "/" + NUMBER);

    /** Returns what a section's name means to tc, null if nothing. */
    static @Nullable TailSection parse(String section) {
        Matcher matcher = NAME.matcher(section);
        if (!matcher.matches()) {
            return null;
        }
        return new TailSection(number(matcher.group(1)), number(matcher.group(2)));
    }

    /** Reads a number as C does: of 32 bits, in base 8, 10 or 16. */
    private static int number(String text) {
        return Long.decode(text).intValue();
    }
}
