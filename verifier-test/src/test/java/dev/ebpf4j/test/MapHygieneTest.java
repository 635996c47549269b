package dev.ebpf4j.test;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ebpf4j.error.VerifierException;
import dev.ebpf4j.errors.ChildJvm;
import dev.ebpf4j.kernel.BpfLoader;
import dev.ebpf4j.kernel.KernelInfo;
import dev.ebpf4j.kernel.LoadOptions;
import dev.ebpf4j.kernel.LoadedObject;
import dev.ebpf4j.link.ObjectLinker;
import dev.ebpf4j.maps.Pins;
import dev.ebpf4j.plan.LoadPlan;
import dev.ebpf4j.spec.MapSpec;
import dev.ebpf4j.spec.MapType;
import dev.ebpf4j.spec.ObjectSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What loads leave behind, in descriptors, pins and memory. */
@RequiresBpf
@ExtendWith(LeakCheck.class)
class MapHygieneTest {
    private static final int TIMES = 1000;

    /** What can pile up without a name: descriptors of any kind, and lines of the memory map. */
    private record Held(long descriptors, long mappings) {
        static Held now() throws IOException {
            try (Stream<Path> descriptors = Files.list(Path.of("/proc/self/fd"));
                    Stream<String> mappings = Files.lines(Path.of("/proc/self/maps"))) {
                return new Held(
                        descriptors.count(),
                        mappings.filter(line -> line.contains("bpf")).count());
            }
        }
    }

    /** Parity row 85, with pins, maps that are found pinned, maps of maps and arenas. */
    @Test
    void aThousandFailedLoadsLeaveNoDescriptorPinOrMapping() throws IOException, InterruptedException {
        Arenas.require();
        try (BpfFs fs = BpfFs.mount()) {
            LoadOptions options = LoadOptions.DEFAULT.withPinRoot(fs.root());
            MapSpec found = Objects.COUNTS.toBuilder().name("found").build().withPinPath("found");
            MapSpec outer = MapSpec.builder("outer", MapType.ARRAY_OF_MAPS)
                    .keySize(4)
                    .valueSize(4)
                    .maxEntries(2)
                    .inner(Objects.COUNTS)
                    .slots(List.of(new MapSpec.Slot(1, "counts")))
                    .build();
            ObjectSpec spec = Objects.object(
                    List.of(Objects.COUNTS, found, Objects.EVENTS.withPinPath("a/b/events"), Arenas.spec(4), outer),
                    Objects.rawTracepoint("fine", Objects.lookUp(true)),
                    Objects.rawTracepoint("bad", Objects.lookUp(false)));
            BpfLoader.load(Objects.object(List.of(found)), options).close();
            KernelInfo kernel = KernelInfo.detect();
            LoadPlan plan = LoadPlan.of(
                    ObjectLinker.link(spec, kernel.linkInputs()),
                    kernel.features(),
                    kernel.machine(),
                    options.forPlan());
            assertThrows(VerifierException.class, () -> BpfLoader.load(plan, options));
            Held before = Held.now();
            for (int i = 0; i < TIMES; i++) {
                assertThrows(VerifierException.class, () -> BpfLoader.load(plan, options));
            }
            assertEquals(before, Held.now());
            assertEquals(List.of("found"), fs.pins());
            assertEquals(List.of(), fs.directories());
            assertTrue(Pins.unpin(fs.root() + "/found"));
        }
    }

    /** Trap 34: the kernel takes descriptor 0 for none in several places, and others must not inherit what is loaded. */
    @Test
    void descriptorsAreAboveTheStandardOnesAndEndWithTheProcess() throws IOException {
        ObjectSpec spec = Objects.object(List.of(Objects.COUNTS), Objects.rawTracepoint("look", Objects.lookUp(true)));
        try (LoadedObject object = BpfLoader.load(spec)) {
            for (int fd :
                    new int[] {object.map("counts").fd(), object.program("look").fd()}) {
                assertTrue(fd > 2, () -> "descriptor " + fd);
                String flags = Files.readAllLines(Path.of("/proc/self/fdinfo/" + fd)).stream()
                        .filter(line -> line.startsWith("flags:"))
                        .findFirst()
                        .orElseThrow();
                int closeOnExec = 02000000;
                assertTrue((Integer.parseInt(flags.substring(6).strip(), 8) & closeOnExec) != 0, flags);
            }
        }
    }

    @Test
    void withoutStandardDescriptorsTheirNumbersStayFree() throws IOException, InterruptedException {
        String lowest = new ChildJvm("sh", "-c", "exec \"$@\" <&- 2>&-", "sh")
                .main(DescriptorChild.class)
                .run()
                .strip();
        assertTrue(Integer.parseInt(lowest) > 2, () -> "descriptor " + lowest);
    }
}
