package dev.ebpf4j.test;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * What this process holds of the kernel at one time: descriptors of programs, maps, links, BTF, perf events, epoll and of
 * files in kernel file systems, mappings of maps, and mounts and tracing events that can be seen. What other processes hold
 * is not in it, but for mounts and events that they make in the same place.
 *
 * @param entries a line for each thing, with the kernel's number where it has one
 */
public record KernelResources(Set<String> entries) {
    private static final List<String> EVENT_LISTS = List.of(
            "/sys/kernel/tracing/kprobe_events",
            "/sys/kernel/tracing/uprobe_events",
            "/sys/kernel/debug/tracing/kprobe_events",
            "/sys/kernel/debug/tracing/uprobe_events");

    /**
     * Copies the set.
     *
     * @param entries a line for each thing
     */
    public KernelResources {
        entries = Set.copyOf(entries);
    }

    /**
     * {@return what this process holds now; nothing where there is no {@code /proc}}
     */
    public static KernelResources now() {
        Set<String> found = new TreeSet<>();
        addDescriptors(found);
        addMappings(found);
        read(Path.of("/proc/self/mountinfo")).forEach(line -> found.add("mount " + mountOf(line)));
        EVENT_LISTS.forEach(list -> read(Path.of(list)).forEach(event -> found.add("tracing event " + event)));
        return new KernelResources(found);
    }

    /**
     * {@return what is here and was not in an earlier state, sorted}
     *
     * @param earlier the earlier state
     */
    public List<String> since(KernelResources earlier) {
        return entries.stream()
                .filter(entry -> !earlier.entries.contains(entry))
                .sorted()
                .toList();
    }

    private static void addDescriptors(Set<String> found) {
        Path directory = Path.of("/proc/self/fd");
        if (!Files.isDirectory(directory)) {
            return;
        }
        try (Stream<Path> descriptors = Files.list(directory)) {
            descriptors.forEach(descriptor -> addDescriptor(descriptor, found));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void addDescriptor(Path descriptor, Set<String> found) {
        try {
            String target = Files.readSymbolicLink(descriptor).toString();
            if (target.startsWith("anon_inode:")) {
                found.add(target + " " + identity(descriptor));
            } else if (target.startsWith("/sys/") || target.startsWith("/events") || target.equals("/")) {
                found.add("file " + target + " at descriptor " + descriptor.getFileName());
            }
        } catch (NoSuchFileException e) {
            // the descriptor that lists the directory, or one that another thread closed
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The kernel's number, so that a number of a descriptor that is used again does not hide a leak. */
    private static String identity(Path descriptor) {
        return read(Path.of("/proc/self/fdinfo").resolve(descriptor.getFileName())).stream()
                .filter(line -> line.startsWith("map_id:")
                        || line.startsWith("prog_id:")
                        || line.startsWith("link_id:")
                        || line.startsWith("btf_id:"))
                .map(line -> line.replace('\t', ' '))
                .findFirst()
                .orElse("at descriptor " + descriptor.getFileName());
    }

    private static void addMappings(Set<String> found) {
        for (String line : read(Path.of("/proc/self/maps"))) {
            if (line.contains("anon_inode:")) {
                found.add("mapping " + line);
            }
        }
    }

    /** Root and mount point: the numbers in front differ between views of the same mount. */
    private static String mountOf(String line) {
        String[] fields = line.split(" ", 6);
        return fields.length < 6 ? line : fields[3] + " at " + fields[4];
    }

    private static List<String> read(Path file) {
        try {
            return Files.readAllLines(file);
        } catch (IOException e) {
            return List.of(); // not there, not allowed, or gone meanwhile
        }
    }
}
