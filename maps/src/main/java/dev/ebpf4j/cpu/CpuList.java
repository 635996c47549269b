package dev.ebpf4j.cpu;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.ebpf4j.error.BpfException;
import dev.ebpf4j.sys.Fd;
import dev.ebpf4j.sys.Sys;
import java.io.ByteArrayOutputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.BitSet;

/**
 * The sets of CPUs that the kernel tells of.
 *
 * <p>Source of the format: {@code Documentation/core-api/cpu_hotplug.rst}; a list such as {@code 0,2-3}.
 */
public final class CpuList {
    private static final String FOLDER = "/sys/devices/system/cpu/";

    /** No kernel can be built for more. */
    private static final int MOST = 1 << 16;

    private CpuList() {}

    /**
     * The CPUs that this machine could ever have: a per-CPU map keeps a value for each.
     *
     * @param sys the kernel
     * @return their numbers
     */
    public static BitSet possible(Sys sys) {
        return read(sys, FOLDER + "possible");
    }

    /**
     * The CPUs that are running now.
     *
     * @param sys the kernel
     * @return their numbers
     */
    public static BitSet online(Sys sys) {
        return read(sys, FOLDER + "online");
    }

    private static BitSet read(Sys sys, String file) {
        String text = text(sys, file);
        try {
            return parse(text);
        } catch (IllegalArgumentException e) {
            throw new IllegalStateException(file + ": " + e.getMessage(), e);
        }
    }

    /**
     * Reads a list of CPUs.
     *
     * @param list as the kernel writes it
     * @return their numbers
     * @throws IllegalArgumentException if it is none
     */
    public static BitSet parse(String list) {
        BitSet cpus = new BitSet();
        for (String range : list.strip().split(",", -1)) {
            int dash = range.indexOf('-');
            int first = number(dash < 0 ? range : range.substring(0, dash), list);
            int last = dash < 0 ? first : number(range.substring(dash + 1), list);
            if (last < first) {
                throw notAList(list);
            }
            cpus.set(first, last + 1);
        }
        return cpus;
    }

    private static int number(String text, String list) {
        try {
            int number = Integer.parseInt(text);
            if (number >= 0 && number < MOST) {
                return number;
            }
        } catch (NumberFormatException e) {
            throw notAList(list);
        }
        throw notAList(list);
    }

    private static IllegalArgumentException notAList(String list) {
        return new IllegalArgumentException("'" + list.strip() + "' is not a list of CPUs");
    }

    private static String text(Sys sys, String file) {
        String operation = "read the list of CPUs in " + file;
        try (Fd fd = new Fd(sys, BpfException.checked(sys.openat(Sys.AT_FDCWD, file, 0, 0), operation));
                Arena arena = Arena.ofConfined()) {
            MemorySegment buffer = arena.allocate(4096);
            ByteArrayOutputStream text = new ByteArrayOutputStream();
            long read = BpfException.checked(sys.read(fd.fd(), buffer), operation);
            while (read > 0) {
                text.writeBytes(buffer.asSlice(0, read).toArray(ValueLayout.JAVA_BYTE));
                read = BpfException.checked(sys.read(fd.fd(), buffer), operation);
            }
            return text.toString(US_ASCII);
        }
    }
}
