package dev.ebpf4j.sys.uapi;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ebpf4j.btf.Btf;
import dev.ebpf4j.sys.BpfAttr;
import dev.ebpf4j.sys.Uapi;
import dev.ebpf4j.sys.UapiStruct;
import dev.ebpf4j.sys.uapi.UapiGenerator.Constant;
import dev.ebpf4j.sys.uapi.UapiGenerator.Group;
import dev.ebpf4j.sys.uapi.UapiGenerator.Unit;
import java.io.IOException;
import java.lang.reflect.Field;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** The committed numbers against the running kernel's own description of itself. */
class UapiGeneratorTest {
    private static final Path KERNEL = Path.of("/sys/kernel/btf/vmlinux");

    private static List<Unit> generated() throws IOException {
        assumeTrue(Files.isReadable(KERNEL), "needs the running kernel's BTF at " + KERNEL);
        return new UapiGenerator(Btf.parse(Files.readAllBytes(KERNEL))).units();
    }

    @Test
    void noCommittedNumberDiffersFromTheKernels() throws Exception {
        Map<String, Integer> kernel = new TreeMap<>();
        for (Unit unit : generated()) {
            for (Group group : unit.groups()) {
                for (Constant constant : group.constants()) {
                    kernel.put(unit.name() + "." + group.name() + "." + constant.name(), constant.value());
                }
            }
        }
        Map<String, Integer> committed = committed();
        Map<String, String> different = new TreeMap<>();
        TreeSet<String> missing = new TreeSet<>();
        committed.forEach((name, value) -> {
            Integer there = kernel.get(name);
            if (there == null) {
                missing.add(name);
            } else if (!there.equals(value) && !name.endsWith(".BYTES")) {
                different.put(name, "committed " + value + ", kernel " + there);
            }
        });
        assertEquals(Map.of(), different);
        assumeTrue(missing.isEmpty(), "this kernel is older than the committed numbers; it lacks " + missing);
    }

    private static Map<String, Integer> committed() throws IllegalAccessException {
        Map<String, Integer> constants = new TreeMap<>();
        for (Class<?> unit : List.of(BpfAttr.class, UapiStruct.class, Uapi.class)) {
            for (Class<?> group : unit.getDeclaredClasses()) {
                for (Field field : group.getFields()) {
                    constants.put(
                            unit.getSimpleName() + "." + group.getSimpleName() + "." + field.getName(),
                            field.getInt(null));
                }
            }
        }
        return constants;
    }

    /** Where the kernel has exactly what is committed, the sources are what the generator writes, byte for byte. */
    @Test
    void theSourcesAreWhatTheGeneratorWrites() throws Exception {
        List<Unit> units = generated();
        int count = units.stream()
                .flatMap(unit -> unit.groups().stream())
                .mapToInt(group -> group.constants().size())
                .sum();
        assumeTrue(
                count == committed().size(),
                "this kernel has " + count + " of these numbers, and "
                        + committed().size() + " are committed");
        for (Unit unit : units) {
            Path source = Path.of("src/main/java/dev/ebpf4j/sys", unit.name() + ".java");
            assumeTrue(Files.exists(source), "needs the sources; they are looked for in the module's folder");
            assertEquals(Files.readString(source), unit.source());
        }
    }
}
