package dev.ebpf4j.build;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.constantpool.Utf8Entry;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** No package of any module uses, directly or through others, a package that uses it. */
class PackageCycleTest {
    /** A class name as class constants, descriptors, signatures and annotations spell it. */
    private static final Pattern CLASS_NAME = Pattern.compile("(dev/ebpf4j/(?:[a-z0-9_]+/)*[a-z0-9_]+)/[A-Z]");

    @Test
    void packagesOfAllModulesFormNoCycle() throws IOException {
        Map<String, Set<String>> uses = new TreeMap<>();
        for (Path classes : Checkout.classFolders()) {
            addUses(classes, uses);
        }
        assertTrue(uses.containsKey("dev/ebpf4j/btf"), () -> "classes were read: " + uses);
        assertEquals(List.of(), cycle(uses));
    }

    @Test
    void cycleIsFound() {
        assertEquals(
                List.of("b", "c", "b"),
                cycle(new TreeMap<>(Map.of("a", Set.of("b"), "b", Set.of("c"), "c", Set.of("b")))));
        assertEquals(List.of(), cycle(new TreeMap<>(Map.of("a", Set.of("b", "c"), "b", Set.of("c"), "c", Set.of()))));
    }

    @Test
    void usesAreReadFromClasses() throws IOException {
        Map<String, Set<String>> uses = new TreeMap<>();
        addUses(Path.of("target", "test-classes"), uses);
        assertFalse(uses.isEmpty());
        assertEquals(Set.of(), uses.get("dev/ebpf4j/build"), "a package's use of itself does not count");
    }

    private static void addUses(Path classes, Map<String, Set<String>> uses) throws IOException {
        try (Stream<Path> files = Files.walk(classes)) {
            for (Path file :
                    files.filter(path -> path.toString().endsWith(".class")).toList()) {
                if (!file.endsWith("module-info.class")) {
                    addUses(Files.readAllBytes(file), uses);
                }
            }
        }
    }

    private static void addUses(byte[] classFile, Map<String, Set<String>> uses) {
        var model = ClassFile.of().parse(classFile);
        String name = model.thisClass().asInternalName();
        String user = name.substring(0, name.lastIndexOf('/'));
        Set<String> used = uses.computeIfAbsent(user, _ -> new TreeSet<>());
        for (var constant : model.constantPool()) {
            if (constant instanceof Utf8Entry text) {
                Matcher matcher = CLASS_NAME.matcher(text.stringValue());
                while (matcher.find()) {
                    used.add(matcher.group(1));
                }
            }
        }
        used.remove(user);
    }

    /** The first cycle met, its first package repeated at the end; empty when there is none. */
    private static List<String> cycle(Map<String, Set<String>> uses) {
        Set<String> done = new TreeSet<>();
        for (String start : uses.keySet()) {
            List<String> cycle = cycleFrom(start, uses, new ArrayDeque<>(), done);
            if (!cycle.isEmpty()) {
                return cycle;
            }
        }
        return List.of();
    }

    private static List<String> cycleFrom(
            String at, Map<String, Set<String>> uses, Deque<String> path, Set<String> done) {
        if (path.contains(at)) {
            List<String> cycle = new ArrayList<>(path).subList(new ArrayList<>(path).indexOf(at), path.size());
            return Stream.concat(cycle.stream(), Stream.of(at)).toList();
        }
        if (done.contains(at)) {
            return List.of();
        }
        path.addLast(at);
        for (String next : uses.getOrDefault(at, Set.of())) {
            List<String> cycle = cycleFrom(next, uses, path, done);
            if (!cycle.isEmpty()) {
                return cycle;
            }
        }
        path.removeLast();
        done.add(at);
        return List.of();
    }
}
