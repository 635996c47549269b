package dev.ebpf4j.plan;

import static dev.ebpf4j.link.TestObjects.object;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.ebpf4j.btf.BtfBuilder;
import dev.ebpf4j.error.MissingObjectException;
import dev.ebpf4j.link.LinkInputs;
import dev.ebpf4j.link.ObjectLinker;
import dev.ebpf4j.spec.Bytes;
import dev.ebpf4j.spec.MapSpec;
import dev.ebpf4j.spec.MapType;
import dev.ebpf4j.spec.ObjectSpec;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Maps that are created, opened by a pin, or brought along: what the plan says of each. */
class MapSourcesTest {
    private static final MapSpec COUNTS = MapSpec.builder("counts", MapType.HASH)
            .keySize(4)
            .valueSize(8)
            .maxEntries(16)
            .build();
    private static final MapSpec DATA = MapSpec.builder(".data", MapType.ARRAY)
            .keySize(4)
            .maxEntries(1)
            .build()
            .withContents(Bytes.of((byte) 1));
    private static final MapSpec OUTER = MapSpec.builder("outer", MapType.ARRAY_OF_MAPS)
            .keySize(4)
            .valueSize(4)
            .maxEntries(2)
            .inner(COUNTS)
            .slots(List.of(new MapSpec.Slot(1, "counts")))
            .build();

    private static String plan(PlanOptions options, MapSpec... maps) {
        ObjectSpec spec = object().maps(List.of(maps)).build();
        return LoadPlan.of(
                        ObjectLinker.link(spec, LinkInputs.of(new BtfBuilder(spec.byteOrder()).build())),
                        KernelFeatures.ALL,
                        new Machine(4096, 1),
                        options)
                .toString();
    }

    @Test
    void aPinIsTriedFirstAndSetOnceTheMapIsFilled() {
        assertEquals("""
            to load object 'test':
              open map 0 '.data' pinned at /sys/fs/bpf/_data, or else:
                create map 0 '.data' as 'test.data': ARRAY, key 4 B, value 1 B, 1 entries
                fill map 0: 1 bytes, 01
                pin map 0
            """, plan(PlanOptions.DEFAULT, DATA.withPinning(MapSpec.Pinning.BY_NAME)));
    }

    @Test
    void aMapOfMapsIsFilledBeforeItIsPinned() {
        assertEquals("""
            to load object 'test':
              create map 1 'counts': HASH, key 4 B, value 8 B, 16 entries
              open map 0 'outer' pinned at /pins/a/b, or else:
                create map 2 'counts': HASH, key 4 B, value 8 B, 16 entries
                create map 0 'outer': ARRAY_OF_MAPS, key 4 B, value 4 B, 2 entries, of maps like map 2
                close map 2
                put map 1 into map 0, element 1
                pin map 0
            """, plan(PlanOptions.DEFAULT.withPinRoot("/pins/"), OUTER.withPinPath("a/b"), COUNTS));
    }

    @Test
    void anAbsolutePathIsTakenAsItIs() {
        assertEquals(
                "  open map 0 'counts' pinned at /my.dir/counts.v1, or else:",
                plan(PlanOptions.DEFAULT.withPinRoot("/pins"), COUNTS.withPinPath("/my.dir/counts.v1"))
                        .lines()
                        .toList()
                        .get(1));
    }

    @Test
    void whatIsBroughtAlongIsNeitherCreatedNorFilledNorPinned() {
        assertEquals("""
            to load object 'test':
              use a given map as map 0 '.data'
              create map 1 'counts': HASH, key 4 B, value 8 B, 16 entries
            """, plan(PlanOptions.DEFAULT.withGiven(".data"), DATA.withPinPath("data"), COUNTS));
        assertThrows(MissingObjectException.class, () -> plan(PlanOptions.DEFAULT.withGiven("count"), COUNTS));
    }
}
