package dev.ebpf4j.maps;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.ebpf4j.sys.Fd;
import dev.ebpf4j.sys.Sys;
import java.io.ByteArrayOutputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.HashMap;
import java.util.Map;

/**
 * What {@code /proc/self/fdinfo} says of a map and its handle; zeros where it says nothing, or is not mounted.
 *
 * @param memory bytes of kernel memory that the map takes
 * @param frozen whether no process can write the map any more
 * @param readOnly whether the handle is for reading only
 * @param writeOnly whether the handle is for writing only
 */
public record MapUsage(long memory, boolean frozen, boolean readOnly, boolean writeOnly) {
    private static final MapUsage UNKNOWN = new MapUsage(0, false, false, false);
    private static final int ACCESS_MODE = 3;
    private static final int WRITE_ONLY = 1;

    static MapUsage of(Sys sys, int fd) {
        Map<String, String> fields = read(sys, fd);
        try {
            int mode = Integer.parseInt(fields.getOrDefault("flags", "02"), 8) & ACCESS_MODE;
            return new MapUsage(
                    Long.parseLong(fields.getOrDefault("memlock", "0")),
                    fields.getOrDefault("frozen", "0").equals("1"),
                    mode == 0,
                    mode == WRITE_ONLY);
        } catch (NumberFormatException e) {
            return UNKNOWN;
        }
    }

    private static Map<String, String> read(Sys sys, int fd) {
        Map<String, String> fields = new HashMap<>();
        for (String line : text(sys, "/proc/self/fdinfo/" + fd).split("\n", -1)) {
            int colon = line.indexOf(':');
            if (colon > 0) {
                fields.put(line.substring(0, colon), line.substring(colon + 1).strip());
            }
        }
        return fields;
    }

    private static String text(Sys sys, String path) {
        long fd = sys.openat(Sys.AT_FDCWD, path, 0, 0);
        if (fd < 0) {
            return "";
        }
        try (Fd owner = new Fd(sys, fd);
                Arena arena = Arena.ofConfined()) {
            MemorySegment buffer = arena.allocate(4096);
            ByteArrayOutputStream text = new ByteArrayOutputStream();
            long read = sys.read(owner.fd(), buffer);
            while (read > 0) {
                text.writeBytes(buffer.asSlice(0, read).toArray(ValueLayout.JAVA_BYTE));
                read = sys.read(owner.fd(), buffer);
            }
            return text.toString(US_ASCII);
        }
    }
}
