package dev.ebpf4j.btf;

import java.util.HashMap;
import java.util.Map;

/**
 * Reads the names of one record, which in sound input do not overlap, with a budget that follows from that.
 *
 * <p>Without it a megabyte of members that share one megabyte-long name would inflate to a terabyte.
 */
final class NameReader {
    private static final long SLACK = 1 << 16;

    private final BtfStrings strings;
    private final Map<Integer, String> known = new HashMap<>();
    private long left;

    NameReader(BtfStrings strings) {
        this.strings = strings;
        this.left = SLACK + 2L * strings.end();
    }

    String read(int offset) {
        String name = strings.text(offset);
        left -= name.length();
        if (left < 0) {
            throw new BtfFormatException("strings", offset, "names that overlap each other", "names of their own");
        }
        return name;
    }

    /** The same, keeping what was read: for names that many records share. */
    String readShared(int offset) {
        String name = known.get(offset);
        if (name == null) {
            name = read(offset);
            known.put(offset, name);
        }
        return name;
    }
}
