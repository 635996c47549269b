package dev.ebpf4j.test;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ebpf4j.error.BpfException;
import dev.ebpf4j.error.MissingObjectException;
import dev.ebpf4j.error.VerifierException;
import dev.ebpf4j.errors.ChildJvm;
import dev.ebpf4j.kernel.BpfLoader;
import dev.ebpf4j.kernel.LoadOptions;
import dev.ebpf4j.kernel.LoadedObject;
import dev.ebpf4j.kernel.PreparedObject;
import dev.ebpf4j.maps.BpfMap;
import dev.ebpf4j.maps.MapMismatchException;
import dev.ebpf4j.maps.PinPolicy;
import dev.ebpf4j.maps.Pins;
import dev.ebpf4j.maps.SharedMap;
import dev.ebpf4j.maps.SharedMap.Origin;
import dev.ebpf4j.spec.MapSpec;
import dev.ebpf4j.spec.ObjectSpec;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Another map is pinned than the one that is wanted: refused, replaced, or carried over. */
@RequiresBpf
@ExtendWith(LeakCheck.class)
class PinPolicyTest {
    private static final MapSpec SMALL = Objects.COUNTS;
    private static final MapSpec LARGE = Objects.COUNTS.withMaxEntries(64);

    /** What was counted in 16 places is kept in 64. */
    private static final PinPolicy CARRY_OVER = PinPolicy.migrate((old, created) -> old.forEach((key, value) -> {
        created.update(key, value, BpfMap.ANY);
    }));

    private static BpfFs fs;

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

    private static String path() {
        return fs.root() + "/counts";
    }

    private static int pinnedId() {
        try (BpfMap pinned = BpfMap.openPinned(path())) {
            return pinned.info().id();
        }
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

    private static int id(BpfMap map) {
        return map.info().id();
    }

    @Test
    void byHandAMapIsCreatedOnceAndFoundByOthers() throws IOException {
        SharedMap first = BpfMap.openOrCreate(SMALL, path(), PinPolicy.FAIL);
        try (BpfMap map = first.map()) {
            assertEquals(Origin.CREATED, first.origin());
            put(map, 3, 33);
        }
        SharedMap second = BpfMap.openOrCreate(SMALL, path(), PinPolicy.REPLACE);
        try (BpfMap map = second.map()) {
            assertEquals(Origin.OPENED, second.origin());
            assertEquals(33, get(map, 3));
        }
        try (BpfMap reader = BpfMap.openPinnedReadOnly(path())) {
            assertEquals(33, get(reader, 3));
            BpfException e = assertThrows(BpfException.class, () -> put(reader, 3, 1));
            assertTrue(e.getMessage().contains("BPF_F_RDONLY"), e::getMessage);
        }
        assertEquals(List.of("counts"), fs.pins());
    }

    @Test
    void anotherProcessGetsTheSameMap() throws IOException, InterruptedException {
        try (BpfMap map = BpfMap.openOrCreate(SMALL, path(), PinPolicy.FAIL).map()) {
            String child = new ChildJvm().main(PinChild.class).run(path());
            assertEquals("OPENED " + id(map), child.strip());
        }
    }

    @Test
    void byHandEachPolicyDoesWhatItSays() throws IOException {
        try (BpfMap map = BpfMap.openOrCreate(SMALL, path(), PinPolicy.FAIL).map()) {
            put(map, 3, 33);
        }
        int old = pinnedId();
        MapMismatchException e =
                assertThrows(MapMismatchException.class, () -> BpfMap.openOrCreate(LARGE, path(), PinPolicy.FAIL));
        assertTrue(e.table().contains("max_entries  16      64            <-"), e::table);
        assertEquals(old, pinnedId());

        SharedMap carried = BpfMap.openOrCreate(LARGE, path(), CARRY_OVER);
        try (BpfMap map = carried.map()) {
            assertEquals(Origin.REPLACED, carried.origin());
            assertTrue(carried.difference().contains("max_entries  16      64            <-"), carried::difference);
            assertEquals(id(map), pinnedId());
            assertEquals(33, get(map, 3));
        }
        SharedMap emptied = BpfMap.openOrCreate(SMALL, path(), PinPolicy.REPLACE);
        try (BpfMap map = emptied.map()) {
            assertEquals(Origin.REPLACED, emptied.origin());
            assertEquals(-1, get(map, 3));
        }
        assertEquals(List.of("counts"), fs.pins());
    }

    @Test
    void byHandAMigrationThatFailsLeavesEverythingAsItWas() throws IOException {
        BpfMap.openOrCreate(SMALL, path(), PinPolicy.FAIL).map().close();
        int old = pinnedId();
        PinPolicy failing = PinPolicy.migrate((from, to) -> {
            throw new IllegalStateException("can't be carried over");
        });
        IllegalStateException e =
                assertThrows(IllegalStateException.class, () -> BpfMap.openOrCreate(LARGE, path(), failing));
        assertEquals("can't be carried over", e.getMessage());
        assertEquals(old, pinnedId());
        assertEquals(List.of("counts"), fs.pins());
    }

    /** There is no moment without a pin. */
    @Test
    void whoeverLooksMeanwhileFindsOneOrTheOther() throws InterruptedException, ExecutionException {
        BpfMap.openOrCreate(SMALL, path(), PinPolicy.FAIL).map().close();
        AtomicBoolean over = new AtomicBoolean();
        CountDownLatch looking = new CountDownLatch(1);
        try (ExecutorService pool = Executors.newSingleThreadExecutor()) {
            Future<?> looker = pool.submit(() -> {
                while (!over.get()) {
                    pinnedId();
                    looking.countDown();
                }
            });
            looking.await();
            for (int i = 0; i < 100; i++) {
                BpfMap.openOrCreate(i % 2 == 0 ? LARGE : SMALL, path(), PinPolicy.REPLACE)
                        .map()
                        .close();
            }
            over.set(true);
            looker.get();
        }
    }

    private static ObjectSpec object(MapSpec map, boolean checked) {
        MapSpec shared = map.toBuilder().pinning(MapSpec.Pinning.BY_NAME).build();
        return Objects.object(List.of(shared), Objects.rawTracepoint("look", Objects.lookUp(checked)));
    }

    private static LoadOptions options() {
        return LoadOptions.DEFAULT.withPinRoot(fs.root());
    }

    @Test
    void atLoadTheNewMapTakesThePin() throws IOException {
        try (LoadedObject object = BpfLoader.load(object(SMALL, true), options())) {
            put(object.map("counts"), 3, 33);
        }
        int old = pinnedId();
        LoadOptions carryOver = options().withPinPolicy("counts", CARRY_OVER);
        assertThrows(MapMismatchException.class, () -> BpfLoader.load(object(LARGE, true), options()));
        try (LoadedObject object = BpfLoader.load(object(LARGE, true), carryOver)) {
            assertNotEquals(old, pinnedId());
            assertEquals(id(object.map("counts")), pinnedId());
            assertEquals(33, get(object.map("counts"), 3));
            assertTrue(object.notes().toString().contains("max_entries  16      64"), object.notes()::toString);
        }
        try (LoadedObject object = BpfLoader.load(object(LARGE, true), carryOver)) {
            assertEquals(id(object.map("counts")), pinnedId());
            assertEquals(List.of(), object.notes());
        }
        assertEquals(List.of("counts"), fs.pins());
        LoadOptions misspelt = options().withPinPolicy("count", PinPolicy.REPLACE);
        assertThrows(MissingObjectException.class, () -> BpfLoader.load(object(LARGE, true), misspelt));
    }

    @Test
    void aLoadThatFailsLeavesThePinToTheOldMap() throws IOException {
        BpfLoader.load(object(SMALL, true), options()).close();
        int old = pinnedId();
        LoadOptions replace = options().withPinPolicy("counts", PinPolicy.REPLACE);
        assertThrows(VerifierException.class, () -> BpfLoader.load(object(LARGE, false), replace));
        assertEquals(old, pinnedId());
        assertEquals(List.of("counts"), fs.pins());
        try (PreparedObject prepared = BpfLoader.prepare(object(LARGE, true), replace)) {
            assertEquals(64, prepared.map("counts").maxEntries());
            assertEquals(old, pinnedId(), "others have the old map until the programs are loaded");
        }
        assertEquals(old, pinnedId());
        assertEquals(List.of("counts"), fs.pins());
    }
}
