package dev.ebpf4j.maps;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.ebpf4j.error.BpfException;
import dev.ebpf4j.error.Errno;
import dev.ebpf4j.sys.Fd;
import dev.ebpf4j.sys.Sys;
import java.io.ByteArrayOutputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * How many CPUs this machine could ever have: the number of values that a per-CPU map keeps for each key.
 *
 * <p>Source of the format: {@code Documentation/core-api/cpu_hotplug.rst}; a list such as {@code 0,2-3}.
 */
final class PossibleCpus {
    private static final String FILE = "/sys/devices/system/cpu/possible";

    private PossibleCpus() {}

    static int count(Sys sys) {
        return parse(read(sys));
    }

    /** The number of set bits of a CPU list. */
    static int parse(String list) {
        int count = 0;
        for (String range : list.strip().split(",", -1)) {
            int dash = range.indexOf('-');
            try {
                int first = Integer.parseInt(dash < 0 ? range : range.substring(0, dash));
                int last = dash < 0 ? first : Integer.parseInt(range.substring(dash + 1));
                count = Math.addExact(count, Math.addExact(Math.subtractExact(last, first), 1));
            } catch (NumberFormatException | ArithmeticException e) {
                throw new IllegalStateException(FILE + " is '" + list.strip() + "', not a list of CPUs", e);
            }
        }
        return count;
    }

    private static String read(Sys sys) {
        try (Fd fd = new Fd(sys, checked(sys.openat(Sys.AT_FDCWD, FILE, 0, 0)));
                Arena arena = Arena.ofConfined()) {
            MemorySegment buffer = arena.allocate(4096);
            ByteArrayOutputStream text = new ByteArrayOutputStream();
            long read = checked(sys.read(fd.fd(), buffer));
            while (read > 0) {
                text.writeBytes(buffer.asSlice(0, read).toArray(ValueLayout.JAVA_BYTE));
                read = checked(sys.read(fd.fd(), buffer));
            }
            return text.toString(US_ASCII);
        }
    }

    private static long checked(long result) {
        if (result < 0) {
            throw new BpfException("read the possible CPUs from " + FILE, Errno.of(result));
        }
        return result;
    }
}
