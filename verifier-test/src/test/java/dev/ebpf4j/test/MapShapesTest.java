package dev.ebpf4j.test;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ebpf4j.clang.Clang;
import dev.ebpf4j.clang.CompileRequest;
import dev.ebpf4j.codec.Codecs;
import dev.ebpf4j.elf.ElfReader;
import dev.ebpf4j.error.BpfException;
import dev.ebpf4j.error.MissingObjectException;
import dev.ebpf4j.error.VerifierException;
import dev.ebpf4j.kernel.BpfLoader;
import dev.ebpf4j.kernel.LoadedObject;
import dev.ebpf4j.kernel.TestRun;
import dev.ebpf4j.link.LinkException;
import dev.ebpf4j.maps.BpfMap;
import dev.ebpf4j.maps.MapInfo;
import dev.ebpf4j.spec.MapSpec;
import dev.ebpf4j.spec.MapType;
import dev.ebpf4j.spec.ObjectSpec;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Maps of every shape that an object can define, as the kernel has them. */
@RequiresBpf
@ExtendWith(LeakCheck.class)
class MapShapesTest {
    private static ObjectSpec shapes;

    @BeforeAll
    static void compile() throws IOException {
        try (InputStream source = MapShapesTest.class.getResourceAsStream("map_shapes.bpf.c")) {
            String text = new String(java.util.Objects.requireNonNull(source).readAllBytes(), StandardCharsets.UTF_8);
            CompileRequest request =
                    CompileRequest.of("map_shapes.bpf.c", text).cpu("v3").build();
            shapes = ElfReader.read(Clang.find().compile(request).toBytes(), "map_shapes");
        }
    }

    private static int number(BpfMap map, int key) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment value = arena.allocate(map.valueBytes(), 8);
            assertTrue(map.lookup(arena.allocateFrom(JAVA_INT, key), value), () -> map + " has no " + key);
            return value.get(JAVA_INT, 0);
        }
    }

    /** Row 8. */
    @Test
    void theKernelShowsEveryFieldOfTheDefinition() {
        try (LoadedObject object = BpfLoader.load(shapes)) {
            for (BpfMap map : object.maps()) {
                MapSpec spec = shapes.map(map.name());
                MapInfo info = map.info();
                assertEquals(spec.type(), info.type(), map::name);
                assertEquals(spec.keySize(), info.keySize(), map::name);
                assertEquals(map.name().equals("exact_ring") ? 0 : spec.valueSize(), info.valueSize(), map::name);
                assertEquals(spec.mapExtra(), info.mapExtra(), map::name);
                // the kernel adds this flag to maps of devices
                int ignored = map.name().startsWith("device") ? MapSpec.RDONLY_PROG : 0;
                assertEquals(spec.flags(), info.flags() & ~ignored, map::name);
            }
            assertEquals(4096, object.map("ring").info().maxEntries(), "rounded up to a page");
            assertEquals(
                    8192, object.map("user_ring").info().maxEntries(), "rounded up to pages that are a power of 2");
            assertEquals(16 * 4096, object.map("exact_ring").info().maxEntries());
            int cpus = object.map("events").info().maxEntries();
            assertEquals(object.map("per_cpu").valuesPerKey(), cpus, "0 entries mean one for each CPU");
            assertEquals(3, object.map("bloom").info().mapExtra());
            assertTrue((object.map("numa").info().flags() & MapSpec.NUMA_NODE) != 0);
        }
    }

    /** Row 9. */
    @Test
    void twoOuterMapsHoldThreeInnerOnes() {
        try (LoadedObject object = BpfLoader.load(shapes)) {
            int one = object.map("inner1").info().id();
            int two = object.map("inner2").info().id();
            int three = object.map("inner3").info().id();
            BpfMap array = object.map("outer_array");
            assertEquals(List.of(one, two, three), List.of(number(array, 0), number(array, 1), number(array, 4)));
            BpfMap hash = object.map("outer_hash");
            assertEquals(List.of(three, one), List.of(number(hash, 0), number(hash, 2)));
            assertEquals(object.map("inner_ring").info().id(), number(object.map("outer_rings"), 1));
        }
    }

    /** Row 10: the program that tail calls into the table is run, and the table was filled by loading alone. */
    @Test
    void tailCallsAreTakenWithoutUserSpace() {
        try (LoadedObject object = BpfLoader.load(shapes)) {
            TestRun packet = TestRun.onPacket(new byte[64]);
            assertEquals(42, object.program("jump").testRun(packet).returnValue());
        }
    }

    /** Row 11, 12. */
    @Test
    void initialValuesAndConstantsOfOwnSections() {
        ObjectSpec changed = shapes.withVariable("hot", 5).withVariable("limit", 9);
        try (LoadedObject object = BpfLoader.load(changed)) {
            TestRun packet = TestRun.onPacket(new byte[64]);
            assertEquals(5 + 9 + 3, object.program("sum").testRun(packet).returnValue());
            object.variable("hot", Codecs.INT).set(100);
            assertEquals(100 + 9 + 3, object.program("sum").testRun(packet).returnValue());
            assertThrows(
                    IllegalArgumentException.class,
                    () -> object.variable("limit", Codecs.INT).set(1));
            BpfException e;
            try (Arena arena = Arena.ofConfined()) {
                BpfMap constants = object.map(".rodata");
                e = assertThrows(
                        BpfException.class,
                        () -> constants.update(
                                arena.allocate(JAVA_INT), arena.allocate(constants.valueBytes()), BpfMap.ANY));
            }
            assertEquals("EPERM", e.errno().name(), "frozen");
        }
    }

    /** Row 13. */
    @Test
    void aGlobalArrayGrowsBeforeLoading() {
        int elements = 1000;
        ObjectSpec grown =
                shapes.withVariableSize("table", elements * Integer.BYTES).withVariable("table_len", elements);
        try (LoadedObject object = BpfLoader.load(grown)) {
            assertEquals(
                    elements * Integer.BYTES, object.map(".bss.table").info().valueSize());
            MemorySegment table = object.section(".bss.table").memory();
            table.set(JAVA_INT, (elements - 1) * 4L, 77);
            TestRun packet = TestRun.onPacket(new byte[64]);
            assertEquals(77, object.program("last").testRun(packet).returnValue());
        }
        for (int size : new int[] {-4, 0, 6}) {
            assertThrows(IllegalArgumentException.class, () -> shapes.withVariableSize("table", size), () -> "" + size);
        }
        assertThrows(IllegalArgumentException.class, () -> shapes.withVariableSize("hot", 8));
    }

    @Test
    void aMapForOneProgramIsForNoOther() {
        ObjectSpec two = shapes.only("user", "other_user");
        BpfLoader.load(two).close();
        ObjectSpec exclusive = two.withMap("guarded", map -> map.withExclusiveProgram("user"));
        try (LoadedObject object = BpfLoader.load(exclusive.only("user"))) {
            assertEquals(1, object.programs().size());
        }
        VerifierException e = assertThrows(VerifierException.class, () -> BpfLoader.load(exclusive));
        assertTrue(e.getMessage().contains("other_user"), e::getMessage);
        ObjectSpec nobody = two.withMap("guarded", map -> map.withExclusiveProgram("nobody"));
        assertThrows(LinkException.class, () -> BpfLoader.load(nobody));
    }

    /** Trap 5 of libbpf: there, a map that was not created has a descriptor, of something else. */
    @Test
    void aMapThatIsNotCreatedIsNotThere() {
        ObjectSpec without = shapes.withMap("guarded", map -> map.withAutocreate(false));
        VerifierException e = assertThrows(VerifierException.class, () -> BpfLoader.load(without));
        assertTrue(e.getMessage().contains("map 'guarded' is not made: its autocreate is off"), e::getMessage);
        try (LoadedObject object = BpfLoader.load(without.only("sum", "unreached"))) {
            assertFalse(object.maps().stream().anyMatch(map -> map.name().equals("guarded")));
            assertThrows(MissingObjectException.class, () -> object.map("guarded"));
        }
    }

    @Test
    void everyTypeOfMapOfAnObjectIsCreated() {
        try (LoadedObject object = BpfLoader.load(shapes)) {
            try (Arena arena = Arena.ofConfined()) {
                BpfMap queue = object.map("queue");
                assertTrue(queue.update(arena.allocate(0), arena.allocateFrom(JAVA_LONG, 8), BpfMap.ANY));
            }
            assertTrue(object.maps().size() >= 30, () -> object.maps().size() + " maps");
        }
    }

    @Test
    void typesThatTheKernelRefusesAreLeftOutAndNoted() {
        try (LoadedObject object = BpfLoader.load(shapes)) {
            assertEquals(
                    List.of("map 'odd_key' was created without the types of its keys and values, which the kernel"
                            + " refused with EINVAL"),
                    object.notes().stream()
                            .filter(note -> note.startsWith("map "))
                            .toList());
            assertEquals(0, object.map("odd_key").info().types().valueTypeId());
            assertTrue(object.map("hash").info().types().valueTypeId() > 0);
        }
    }

    /** Row 25 needs the kernel that the message names. */
    @Test
    void aTypeThatTheKernelLacksIsNamedWithTheKernelThatHasIt() {
        MapSpec table = MapSpec.builder("table", MapType.INSN_ARRAY)
                .keySize(4)
                .valueSize(16)
                .maxEntries(2)
                .build();
        try {
            BpfMap.create(table).close();
        } catch (BpfException e) {
            assertTrue(
                    e.getMessage().contains("this kernel has no maps of type INSN_ARRAY, which came with Linux 6.19"),
                    e::getMessage);
        }
    }
}
