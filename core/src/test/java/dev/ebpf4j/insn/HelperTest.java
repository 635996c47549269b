package dev.ebpf4j.insn;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class HelperTest {
    /** With {@code -Dregenerate=true} this writes the source file instead. */
    @Test
    void theCommittedSourceIsWhatTheDataSays() throws IOException {
        if (Boolean.getBoolean("regenerate")) {
            Files.writeString(HelperSource.TARGET, HelperSource.generate());
        }
        assertEquals(HelperSource.generate(), Files.readString(HelperSource.TARGET));
    }

    @Test
    void everyRowHasItsConstant() throws IOException {
        List<HelperSource.Row> rows = HelperSource.rows();
        assertEquals(Helper.values().length, rows.size());
        for (HelperSource.Row row : rows) {
            Helper helper = Helper.find(row.id()).orElseThrow();
            assertEquals(row.name(), helper.functionName());
            assertEquals(row.returnType(), helper.returnType());
            assertEquals(Optional.of(helper), Helper.find(row.name()));
            assertTrue(helper.parameters().size() <= 5, "at most five registers carry arguments: " + row);
        }
    }

    /** The UAPI header numbers helpers without a gap; Linux 7.2 ends with cgrp_storage_delete = 211. */
    @Test
    void idsHaveNoGap() throws IOException {
        assertEquals(
                IntStream.rangeClosed(1, 211).boxed().toList(),
                HelperSource.rows().stream().map(HelperSource.Row::id).toList());
        assertEquals(Helper.CGRP_STORAGE_DELETE, Helper.find(211).orElseThrow());
    }

    @Test
    void whatProgramsCallMost() {
        assertEquals(1, Helper.MAP_LOOKUP_ELEM.id());
        assertEquals(List.of("struct bpf_map *map", "const void *key"), Helper.MAP_LOOKUP_ELEM.parameters());
        assertEquals("void *", Helper.MAP_LOOKUP_ELEM.returnType());
        assertEquals(List.of(), Helper.KTIME_GET_NS.parameters());
        assertEquals(131, Helper.find("bpf_ringbuf_reserve").orElseThrow().id());
        assertEquals(Optional.empty(), Helper.find(0));
        assertEquals(Optional.empty(), Helper.find("bpf_task_from_pid"));
    }
}
