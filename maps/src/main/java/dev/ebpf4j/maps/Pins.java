package dev.ebpf4j.maps;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.ebpf4j.error.BpfException;
import dev.ebpf4j.error.Errno;
import dev.ebpf4j.sys.BpfAttr;
import dev.ebpf4j.sys.Fd;
import dev.ebpf4j.sys.Sys;
import dev.ebpf4j.sys.Uapi.Cmd;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Pins: names in a file system of type bpf that keep maps, programs and links alive without a process.
 *
 * <p>Safe for any number of threads and processes: the kernel decides, and of several that pin at one name at once one
 * succeeds.
 *
 * @kernel 4.4
 */
public final class Pins {
    /** {@code BPF_FS_MAGIC} of {@code linux/magic.h}. */
    private static final long BPF_FS_MAGIC = 0xcafe4a11L;

    private static final int STATFS_BYTES = 120;
    private static final int AT_REMOVEDIR = 0x200;
    private static final int OWNER_ONLY = 0700;

    /** Makes names of one process differ. */
    private static final AtomicLong COUNTER = new AtomicLong();

    private final Sys sys;

    /**
     * Pins by way of {@code sys}.
     *
     * @param sys the kernel
     */
    @SuppressWarnings("exports") // Sys is hidden from users, and the loader, for which this is, sees it.
    public Pins(Sys sys) {
        this.sys = sys;
    }

    /**
     * Removes a pin. What was pinned goes with its last handle, attachment or other pin.
     *
     * @param path the pin
     * @return false if there was none
     * @throws BpfException if the kernel refuses
     */
    public static boolean unpin(String path) {
        return new Pins(Sys.host()).remove(path);
    }

    /**
     * Opens what is pinned.
     *
     * @param path the pin
     * @param what what it should be, for messages
     * @return its descriptor; null if there is nothing of this name
     * @throws BpfException if the kernel refuses
     */
    @SuppressWarnings("exports") // as above
    public @Nullable Fd open(String path, String what) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment attr = arena.allocate(BpfAttr.Obj.BYTES, 8);
            attr.set(JAVA_LONG, BpfAttr.Obj.PATHNAME, arena.allocateFrom(path).address());
            long fd = sys.bpf(Cmd.BPF_OBJ_GET, attr, BpfAttr.Obj.BYTES);
            if (fd == -Errno.ENOENT) {
                return null;
            }
            if (fd < 0) {
                throw failure("open " + what + " pinned at " + path, fd, path);
            }
            return new Fd(sys, fd);
        }
    }

    /**
     * Pins something, in directories that are made where they are missing.
     *
     * @param fd its descriptor
     * @param what what it is, for messages
     * @param path the new name
     * @return the directories that were made, outermost first; null if something is pinned there already
     * @throws BpfException if the kernel refuses; directories made for it are removed again
     */
    public @Nullable List<String> pin(int fd, String what, String path) {
        List<String> made = makeParents(path);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment attr = arena.allocate(BpfAttr.Obj.BYTES, 8);
            attr.set(JAVA_LONG, BpfAttr.Obj.PATHNAME, arena.allocateFrom(path).address());
            attr.set(JAVA_INT, BpfAttr.Obj.BPF_FD, fd);
            long result = sys.bpf(Cmd.BPF_OBJ_PIN, attr, BpfAttr.Obj.BYTES);
            if (result >= 0) {
                return made;
            }
            removeDirectories(made);
            if (result == -Errno.EEXIST) {
                return null;
            }
            throw failure("pin " + what + " at " + path, result, path);
        }
    }

    /**
     * Pins something under a name that must not be taken, in directories that are made where they are missing.
     *
     * @param fd its descriptor
     * @param what what it is, for messages
     * @param path the new name
     * @return the directories that were made, outermost first
     * @throws BpfException if the kernel refuses, with EEXIST if something is pinned there already
     */
    public List<String> pinNew(int fd, String what, String path) {
        List<String> made = pin(fd, what, path);
        if (made == null) {
            throw new BpfException("pin " + what + " at " + path, Errno.of(Errno.EEXIST));
        }
        return made;
    }

    /**
     * Pins something in place of what is pinned there. At any moment the one or the other is found there: it is pinned
     * beside, and renamed.
     *
     * @param fd its descriptor
     * @param what what it is, for messages
     * @param path the pin
     * @throws BpfException if the kernel refuses; then the pin is as before
     */
    public void replace(int fd, String what, String path) {
        String beside = beside(path);
        pinNew(fd, what, beside);
        try {
            rename(beside, path);
        } catch (BpfException e) {
            remove(beside);
            throw e;
        }
    }

    /**
     * Moves a pin over another one, in one step.
     *
     * @param from the pin
     * @param to its new path, in the same file system
     * @throws BpfException if the kernel refuses
     */
    public void rename(String from, String to) {
        BpfException.checked(sys.rename(from, to), "rename the pin " + from + " to " + to);
    }

    /**
     * {@return a path beside another one that nobody else uses}
     *
     * @param path a pin
     */
    public static String beside(String path) {
        return path + "_" + ProcessHandle.current().pid() + "_" + COUNTER.incrementAndGet();
    }

    /**
     * Removes a pin.
     *
     * @param path the pin
     * @return false if there was none
     * @throws BpfException if the kernel refuses
     */
    public boolean remove(String path) {
        long result = sys.unlinkat(Sys.AT_FDCWD, path, 0);
        if (result < 0 && result != -Errno.ENOENT) {
            throw new BpfException("remove the pin " + path, Errno.of(result));
        }
        return result >= 0;
    }

    /**
     * Removes directories that are empty, the last one first.
     *
     * @param directories outermost first
     */
    public void removeDirectories(List<String> directories) {
        for (String directory : directories.reversed()) {
            sys.unlinkat(Sys.AT_FDCWD, directory, AT_REMOVEDIR);
        }
    }

    /** Makes the missing directories above a pin, but only below one that is in a file system of type bpf. */
    private List<String> makeParents(String path) {
        Deque<String> missing = new ArrayDeque<>();
        Path parent = Path.of(path).getParent();
        long magic = parent == null ? 0 : magic(parent.toString());
        while (parent != null && magic == -Errno.ENOENT) {
            missing.push(parent.toString());
            parent = parent.getParent();
            magic = parent == null ? 0 : magic(parent.toString());
        }
        List<String> made = new ArrayList<>();
        if (magic == BPF_FS_MAGIC) {
            for (String directory : missing) {
                if (sys.mkdirat(Sys.AT_FDCWD, directory, OWNER_ONLY) >= 0) {
                    made.add(directory); // where this fails, the pin will say why
                }
            }
        }
        return made;
    }

    /** The kind of the file system at a path, or -errno. */
    private long magic(String path) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment result = arena.allocate(STATFS_BYTES, 8);
            long answer = sys.statfs(path, result);
            return answer < 0 ? answer : result.get(JAVA_LONG, 0);
        }
    }

    private BpfException failure(String operation, long result, String path) {
        return new BpfException(operation, Errno.of(result), advice(path));
    }

    private String advice(String path) {
        Path parent = Path.of(path).getParent();
        while (parent != null && magic(parent.toString()) == -Errno.ENOENT) {
            parent = parent.getParent();
        }
        if (parent == null) {
            return "";
        }
        long magic = magic(parent.toString());
        if (magic >= 0 && magic != BPF_FS_MAGIC) {
            return parent + " is in no file system of type bpf, where alone pins can be: mount -t bpf bpf /sys/fs/bpf";
        }
        boolean dots = path.substring(path.lastIndexOf('/') + 1).indexOf('.') >= 0;
        return dots ? "file systems of type bpf take no names with dots" : "";
    }
}
