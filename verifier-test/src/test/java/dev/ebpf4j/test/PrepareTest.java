package dev.ebpf4j.test;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ebpf4j.error.MissingObjectException;
import dev.ebpf4j.error.VerifierException;
import dev.ebpf4j.kernel.BpfLoader;
import dev.ebpf4j.kernel.LoadOptions;
import dev.ebpf4j.kernel.LoadedObject;
import dev.ebpf4j.kernel.PreparedObject;
import dev.ebpf4j.maps.BpfMap;
import dev.ebpf4j.spec.ObjectSpec;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Maps first, programs later; and what a failed load leaves. */
@RequiresBpf
@ExtendWith(LeakCheck.class)
class PrepareTest {
    private static final ObjectSpec GOOD =
            Objects.object(List.of(Objects.COUNTS), Objects.rawTracepoint("look", Objects.lookUp(true)));
    private static final ObjectSpec BAD = Objects.object(
            List.of(Objects.COUNTS),
            Objects.rawTracepoint("fine", Objects.lookUp(true)),
            Objects.rawTracepoint("look", Objects.lookUp(false)));

    private static long programsHeld() {
        return KernelResources.now().entries().stream()
                .filter(entry -> entry.contains("prog_id:"))
                .count();
    }

    /** Row 37. */
    @SuppressWarnings("try") // closing twice is what is tested
    @Test
    void afterPrepareMapsExistAndProgramsDoNot() {
        long before = programsHeld();
        try (PreparedObject prepared = BpfLoader.prepare(GOOD, LoadOptions.DEFAULT)) {
            BpfMap counts = prepared.map("counts");
            assertTrue(counts.info().id() > 0);
            assertEquals(before, programsHeld());
            try (Arena arena = Arena.ofConfined()) {
                counts.update(arena.allocateFrom(JAVA_INT, 7), arena.allocateFrom(JAVA_LONG, 70), BpfMap.ANY);
            }
            MissingObjectException e = assertThrows(MissingObjectException.class, () -> prepared.map("count"));
            assertTrue(e.toString().contains("counts"), e::toString);
            try (LoadedObject loaded = prepared.load()) {
                assertEquals(before + 1, programsHeld());
                assertEquals(
                        List.of(counts.info().id()),
                        loaded.program("look").info().mapIds());
                assertEquals(70, value(loaded.map("counts"), 7));
                assertThrows(IllegalStateException.class, prepared::load);
                prepared.close();
                assertTrue(loaded.map("counts").info().id() > 0, "the maps are the loaded object's now");
            }
        }
    }

    private static long value(BpfMap map, int key) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment value = arena.allocate(JAVA_LONG);
            assertTrue(map.lookup(arena.allocateFrom(JAVA_INT, key), value));
            return value.get(JAVA_LONG, 0);
        }
    }

    @Test
    void aRejectedProgramLeavesTheMapsForAnotherTry() {
        long before = programsHeld();
        try (PreparedObject prepared = BpfLoader.prepare(BAD, LoadOptions.DEFAULT)) {
            for (int i = 0; i < 3; i++) {
                assertThrows(VerifierException.class, prepared::load);
                assertEquals(before, programsHeld());
                assertTrue(prepared.map("counts").info().id() > 0);
            }
        }
    }

    @Test
    void closingBeforeLoadingRemovesThePinsThatWereMade() throws IOException, InterruptedException {
        try (BpfFs fs = BpfFs.mount()) {
            LoadOptions options = LoadOptions.DEFAULT.withPinRoot(fs.root());
            ObjectSpec spec = GOOD.withMap("counts", map -> map.withPinPath("deep/counts"));
            try (PreparedObject prepared = BpfLoader.prepare(spec, options)) {
                assertEquals(List.of("deep/counts"), fs.pins(), prepared::toString);
            }
            assertEquals(List.of(), fs.pins());
            assertEquals(List.of(), fs.directories());
        }
    }

    /** Trap 10 of libbpf: there, an object that failed to load can't be loaded again. */
    @Test
    void aLoadThatFailedCanBeRetried() {
        assertThrows(VerifierException.class, () -> BpfLoader.load(BAD));
        assertThrows(VerifierException.class, () -> BpfLoader.load(BAD));
        ObjectSpec mended = BAD.withProgram("look", program -> program.withAutoload(false));
        try (LoadedObject loaded = BpfLoader.load(mended)) {
            assertEquals(1, loaded.programs().size());
        }
    }
}
