package dev.ebpf4j.test;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ebpf4j.codec.Codecs;
import dev.ebpf4j.error.BpfException;
import dev.ebpf4j.error.Errno;
import dev.ebpf4j.error.MissingObjectException;
import dev.ebpf4j.error.VerifierException;
import dev.ebpf4j.kernel.BpfLoader;
import dev.ebpf4j.kernel.KernelInfo;
import dev.ebpf4j.kernel.LoadOptions;
import dev.ebpf4j.kernel.LoadedObject;
import dev.ebpf4j.link.ObjectLinker;
import dev.ebpf4j.maps.BpfMap;
import dev.ebpf4j.maps.GlobalVariable;
import dev.ebpf4j.maps.MapMismatchException;
import dev.ebpf4j.maps.Pins;
import dev.ebpf4j.maps.SharedLong;
import dev.ebpf4j.plan.LoadPlan;
import dev.ebpf4j.spec.MapSpec;
import dev.ebpf4j.spec.MapType;
import dev.ebpf4j.spec.ObjectSpec;
import dev.ebpf4j.spec.ProgramSpec;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Maps that are shared through pins, or brought along by whoever loads. */
@RequiresBpf
@ExtendWith(LeakCheck.class)
class PinningTest {
    private static BpfFs fs;

    private static final MapSpec SHARED =
            Objects.COUNTS.toBuilder().pinning(MapSpec.Pinning.BY_NAME).build();

    @BeforeAll
    static void mount() throws IOException, InterruptedException {
        fs = BpfFs.mount();
    }

    @AfterAll
    static void unmount() throws IOException {
        if (fs != null) {
            fs.close();
        }
    }

    @AfterEach
    void removePins() throws IOException {
        for (String pin : fs.pins()) {
            assertTrue(Pins.unpin(fs.root() + "/" + pin));
        }
        for (String directory : fs.directories().reversed()) {
            Files.delete(Path.of(fs.root(), directory));
        }
    }

    private static LoadOptions options() {
        return LoadOptions.DEFAULT.withPinRoot(fs.root());
    }

    private static ObjectSpec object(MapSpec map) {
        return Objects.object(List.of(map), Objects.rawTracepoint("look", Objects.lookUp(true)));
    }

    private static void put(BpfMap map, int key, long value) {
        try (Arena arena = Arena.ofConfined()) {
            map.update(arena.allocateFrom(JAVA_INT, key), arena.allocateFrom(JAVA_LONG, value), BpfMap.ANY);
        }
    }

    private static long get(BpfMap map, int key) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment value = arena.allocate(JAVA_LONG);
            return map.lookup(arena.allocateFrom(JAVA_INT, key), value) ? value.get(JAVA_LONG, 0) : -1;
        }
    }

    private static int id(LoadedObject object, String map) {
        return object.map(map).info().id();
    }

    @Test
    void theSecondObjectGetsTheMapOfTheFirst() throws IOException {
        int first;
        try (LoadedObject object = BpfLoader.load(object(SHARED), options())) {
            first = id(object, "counts");
            put(object.map("counts"), 3, 33);
            assertEquals(List.of("counts"), fs.pins());
        }
        try (LoadedObject object = BpfLoader.load(object(SHARED), options())) {
            assertEquals(first, id(object, "counts"));
            assertEquals(33, get(object.map("counts"), 3));
            assertEquals(List.of(first), object.program("look").info().mapIds(), "the program uses it too");
        }
        Pins.unpin(fs.root() + "/counts");
        try (LoadedObject object = BpfLoader.load(object(SHARED), options())) {
            assertNotEquals(first, id(object, "counts"));
        }
    }

    @Test
    void aPinThatDiffersIsRefusedWithBothDefinitions() throws IOException {
        BpfLoader.load(object(SHARED), options()).close();
        MapSpec larger = SHARED.withMaxEntries(17).toBuilder().flags(1).build();
        MapMismatchException e =
                assertThrows(MapMismatchException.class, () -> BpfLoader.load(object(larger), options()));
        assertEquals("""
            can't use the map pinned at %s/counts as map 'counts', because they differ:
                           pinned  wanted
              type         HASH    HASH
              key bytes    4       4
              value bytes  8       8
              max_entries  16      17            <-
              flags        0x0     0x1           <-
              map_extra    0x0     0x0\
            """.formatted(fs.root()), e.getMessage());
        assertEquals(List.of("counts"), fs.pins(), "what was there stays");
    }

    @Test
    void deviceMapsMayShowAFlagThatNobodyAskedFor() {
        MapSpec devices = MapSpec.builder("devices", MapType.DEVMAP)
                .keySize(4)
                .valueSize(4)
                .maxEntries(4)
                .pinning(MapSpec.Pinning.BY_NAME)
                .build();
        ObjectSpec spec = Objects.object(List.of(devices));
        try (LoadedObject one = BpfLoader.load(spec, options());
                LoadedObject two = BpfLoader.load(spec, options())) {
            assertEquals(id(one, "devices"), id(two, "devices"));
        }
    }

    /** The places of iproute2: one for all of tc, and one for each object. */
    @Test
    void aPathOfItsOwnMakesTheMissingDirectories() throws IOException {
        ObjectSpec spec = object(Objects.COUNTS.withPinPath("tc/globals/counts"));
        try (LoadedObject object = BpfLoader.load(spec, options())) {
            assertEquals(List.of("tc/globals/counts"), fs.pins());
            try (BpfMap again = BpfMap.openPinned(fs.root() + "/tc/globals/counts")) {
                assertEquals(id(object, "counts"), again.info().id());
            }
        }
        ObjectSpec absolute = object(Objects.COUNTS.withPinPath(fs.root() + "/mine"));
        BpfLoader.load(absolute).close();
        assertEquals(List.of("mine", "tc/globals/counts"), fs.pins());
    }

    @Test
    void aFailedLoadUnpinsWhatItPinnedAndNotWhatItFound() throws IOException {
        BpfLoader.load(object(SHARED), options()).close();
        MapSpec events = Objects.EVENTS.withPinPath("a/b/events");
        ProgramSpec bad = Objects.rawTracepoint("look", Objects.lookUp(false));
        ObjectSpec spec = Objects.object(List.of(SHARED, events), bad);
        assertThrows(VerifierException.class, () -> BpfLoader.load(spec, options()));
        assertEquals(List.of("counts"), fs.pins());
        assertEquals(List.of(), fs.directories());
    }

    @Test
    void outsideOfABpfFileSystemNothingIsPinnedOrMade() throws IOException {
        Path directory = Files.createTempDirectory("no-bpf");
        try {
            BpfException e = assertThrows(
                    BpfException.class,
                    () -> BpfLoader.load(
                            object(Objects.COUNTS.withPinPath("deep/counts")),
                            LoadOptions.DEFAULT.withPinRoot(directory.toString())));
            assertTrue(e.getMessage().contains(directory + " is in no file system of type bpf"), e::getMessage);
            assertTrue(e.getMessage().contains("mount -t bpf"), e::getMessage);
            assertFalse(Files.exists(directory.resolve("deep")));
        } finally {
            Files.delete(directory);
        }
    }

    /** Trap 6 of libbpf: there, writes to a pinned section of variables reach private memory only. */
    @Test
    void writesToAPinnedSectionOfVariablesReachTheMap() throws IOException {
        ObjectSpec spec = Objects.countHits().withMap(".data", map -> map.withPinPath("data"));
        try (LoadedObject first = BpfLoader.load(spec, options())) {
            GlobalVariable<Long> hits = first.variable("hits", Codecs.LONG);
            hits.set(100L);
            try (LoadedObject second = BpfLoader.load(spec.withVariable("hits", 7L), options())) {
                GlobalVariable<Long> same = second.variable("hits", Codecs.LONG);
                assertEquals(100, same.get(), "the pinned map keeps what it holds");
                same.set(5L);
                assertEquals(5, hits.get());
                assertEquals(5, get(second.map(".data"), 0));
            }
        }
    }

    /** Trap 6 once more, by two objects that share the pinned section and programs and threads that count in it. */
    @Test
    void atomicAdditionsToAPinnedSectionReachTheMap() throws IOException, InterruptedException {
        ObjectSpec spec = Objects.countHits().withMap(".data", map -> map.withPinPath("data"));
        try (LoadedObject first = BpfLoader.load(spec, options());
                LoadedObject second = BpfLoader.load(spec, options())) {
            SharedLong here = SharedLong.of(first.variable("hits", Codecs.LONG));
            SharedLong there = SharedLong.of(second.variable("hits", Codecs.LONG));
            here.set(0);
            Thread other = Thread.ofPlatform().start(() -> {
                for (int i = 0; i < 100_000; i++) {
                    there.getAndAdd(1);
                }
            });
            for (int i = 0; i < 100_000; i++) {
                here.getAndAdd(1);
            }
            other.join();
            assertEquals(200_000, get(second.map(".data"), 0));
        }
    }

    /** Of several threads that pin at one name, one is first, and the directories that they make stay for it. */
    @Test
    void ofThreadsThatPinAtOnceOneIsFirst() throws InterruptedException {
        for (int round = 0; round < 20; round++) {
            String path = fs.root() + "/at/once" + round;
            AtomicInteger first = new AtomicInteger();
            List<BpfException> others = Collections.synchronizedList(new ArrayList<>());
            List<Thread> threads = new ArrayList<>();
            try (BpfMap map = BpfMap.create(Objects.COUNTS)) {
                for (int i = 0; i < 4; i++) {
                    threads.add(Thread.ofPlatform().start(() -> {
                        try {
                            map.pin(path);
                            first.incrementAndGet();
                        } catch (BpfException e) {
                            others.add(e);
                        }
                    }));
                }
                for (Thread thread : threads) {
                    thread.join();
                }
            }
            assertEquals(1, first.get(), () -> "" + others);
            assertTrue(others.stream().allMatch(e -> e.errno().is(Errno.EEXIST)), () -> "" + others);
            assertTrue(Pins.unpin(path));
        }
    }

    /** Trap 7 of libbpf: there, dots of the directory become underscores. */
    @Test
    void dotsOfTheDirectoryStayAndThoseOfNamesDoNot() throws IOException {
        assertTrue(fs.root().contains("."), fs.root());
        ObjectSpec spec = Objects.countHits()
                .withMap(
                        ".data",
                        map -> map.toBuilder().pinning(MapSpec.Pinning.BY_NAME).build());
        BpfLoader.load(spec, options()).close();
        assertEquals(List.of("_data"), fs.pins());
    }

    @Test
    void allMapsArePinnedOrNone() throws IOException {
        ObjectSpec spec = Objects.countHits().toBuilder()
                .maps(List.of(Objects.countHits().map(".data"), Objects.COUNTS, Objects.EVENTS))
                .build();
        String directory = fs.root() + "/a_directory";
        try (LoadedObject object = BpfLoader.load(spec)) {
            object.pinMaps(directory);
            assertEquals(List.of("a_directory/_data", "a_directory/counts", "a_directory/events"), fs.pins());
            object.unpinMaps(directory);
            assertEquals(List.of(), fs.pins());

            object.map("events").pin(directory + "/events");
            BpfException e = assertThrows(BpfException.class, () -> object.pinMaps(directory));
            assertTrue(e.getMessage().startsWith("can't pin map 'events'"), e::getMessage);
            assertEquals(List.of("a_directory/events"), fs.pins());
        }
    }

    @Test
    void aMapThatIsBroughtAlongIsUsedInPlaceOfTheObjectsOwn() {
        MapSpec other = MapSpec.builder("other", MapType.HASH)
                .keySize(4)
                .valueSize(8)
                .maxEntries(1000)
                .build();
        LoadedObject object;
        int id;
        try (BpfMap mine = BpfMap.create(other)) {
            put(mine, 1, 11);
            id = mine.info().id();
            object = BpfLoader.load(object(Objects.COUNTS), LoadOptions.DEFAULT.withReusedMap("counts", mine));
        }
        try (object) {
            assertEquals(List.of(id), object.program("look").info().mapIds());
            assertEquals(11, get(object.map("counts"), 1));
            assertEquals(1000, object.map("counts").maxEntries());
            assertEquals("counts", object.map("counts").name());
        }
    }

    @Test
    void aSectionOfVariablesMayBeBroughtAlongToo() {
        try (LoadedObject first = BpfLoader.load(Objects.countHits());
                LoadedObject second = BpfLoader.load(
                        Objects.countHits(), LoadOptions.DEFAULT.withReusedMap(".data", first.map(".data")))) {
            first.variable("hits", Codecs.LONG).set(9L);
            assertEquals(9, second.variable("hits", Codecs.LONG).get());
        }
    }

    @Test
    void aMapThatDoesNotFitIsRefused() {
        MapSpec other = Objects.COUNTS.toBuilder().valueSize(4).build();
        try (BpfMap mine = BpfMap.create(other)) {
            LoadOptions options = LoadOptions.DEFAULT.withReusedMap("counts", mine);
            MapMismatchException e =
                    assertThrows(MapMismatchException.class, () -> BpfLoader.load(object(Objects.COUNTS), options));
            assertTrue(e.getMessage().contains("value bytes  4      8             <-"), e::getMessage);
            LoadOptions misspelt = LoadOptions.DEFAULT.withReusedMap("count", mine);
            MissingObjectException missing =
                    assertThrows(MissingObjectException.class, () -> BpfLoader.load(object(Objects.COUNTS), misspelt));
            assertTrue(missing.toString().contains("counts"), missing::toString);
        }
    }

    @Test
    void thePlanTellsWhereMapsComeFrom() {
        KernelInfo kernel = KernelInfo.detect();
        LoadOptions options = LoadOptions.DEFAULT.withPinRoot("/pins");
        LoadPlan plan = LoadPlan.of(
                ObjectLinker.link(object(SHARED), kernel.linkInputs()),
                kernel.features(),
                kernel.machine(),
                options.forPlan());
        assertEquals("""
            to load object 'test':
              open map 0 'counts' pinned at /pins/counts, or else:
                create map 0 'counts': HASH, key 4 B, value 8 B, 16 entries
                pin map 0
              load program 0 'look': RAW_TRACEPOINT, 10 instructions, licence 'GPL', maps 0
            """, plan.toString());
    }
}
