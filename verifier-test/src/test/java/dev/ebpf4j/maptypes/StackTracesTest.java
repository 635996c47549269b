package dev.ebpf4j.maptypes;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.abort;

import dev.ebpf4j.kernel.LoadedObject;
import dev.ebpf4j.kernel.TestRun;
import dev.ebpf4j.maps.StackTraces;
import dev.ebpf4j.parity.Sources;
import dev.ebpf4j.test.LeakCheck;
import dev.ebpf4j.test.RequiresBpf;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** T11: stack traces that a program took, given names by others than us. */
@RequiresBpf
@ExtendWith(LeakCheck.class)
class StackTracesTest {
    private static final String PROGRAMS = """
        struct build_id {
        	__s32 status;
        	__u8 id[20];
        	__u64 offset;
        };

        struct {
        	__uint(type, BPF_MAP_TYPE_STACK_TRACE);
        	__uint(max_entries, 64);
        	__uint(key_size, 4);
        	__uint(value_size, 64 * 8);
        } stacks SEC(".maps");

        struct {
        	__uint(type, BPF_MAP_TYPE_STACK_TRACE);
        	__uint(map_flags, BPF_F_STACK_BUILD_ID);
        	__uint(max_entries, 64);
        	__uint(key_size, 4);
        	__uint(value_size, 64 * sizeof(struct build_id));
        } places SEC(".maps");

        SEC("raw_tp")
        int kernel_stack(void *ctx)
        {
        	return bpf_get_stackid(ctx, &stacks, 0);
        }

        SEC("raw_tp")
        int user_stack(void *ctx)
        {
        	return bpf_get_stackid(ctx, &places, 256);
        }
        """;

    private static LoadedObject object;

    @BeforeAll
    static void load() {
        object = Sources.load("stacks", PROGRAMS);
    }

    @AfterAll
    static void close() {
        if (object != null) {
            object.close();
        }
    }

    /** The names that /proc/kallsyms has for the functions of addresses. */
    private static List<String> symbols(long[] addresses) throws IOException {
        TreeMap<Long, String> table = new TreeMap<>(Long::compareUnsigned);
        for (String line : Files.readAllLines(Path.of("/proc/kallsyms"))) {
            String[] fields = line.split("\\s+", 4);
            if (fields[1].equalsIgnoreCase("t")) {
                table.put(Long.parseUnsignedLong(fields[0], 16), fields[2]);
            }
        }
        List<String> names = new ArrayList<>();
        for (long address : addresses) {
            Map.Entry<Long, String> entry = table.floorEntry(address);
            names.add(entry == null ? "?" : entry.getValue());
        }
        return names;
    }

    @Test
    void framesOfTheKernelAreFunctionsOfTheSystemCall() throws IOException {
        StackTraces stacks = StackTraces.of(object.map("stacks"));
        assertFalse(stacks.hasBuildIds());
        int id = object.program("kernel_stack").testRun(TestRun.empty()).returnValue();
        assertTrue(id >= 0, () -> "bpf_get_stackid: " + id);
        long[] addresses = stacks.addresses(id);
        assertNotNull(addresses);
        assertTrue(addresses.length > 3, Arrays.toString(addresses));
        List<String> names = symbols(addresses);
        int inner = names.indexOf("bpf_prog_test_run_raw_tp");
        int outer = names.indexOf("__sys_bpf");
        assertTrue(inner >= 0 && outer > inner, names::toString);

        List<Integer> ids = new ArrayList<>();
        stacks.forEachId(ids::add);
        assertTrue(ids.contains(id), ids::toString);
        assertThrows(UnsupportedOperationException.class, () -> stacks.frames(id));
        assertTrue(stacks.delete(id));
        assertFalse(stacks.delete(id));
        assertNull(stacks.addresses(id));
    }

    @Test
    void framesOfUserSpaceAreInFiles() throws IOException {
        StackTraces places = StackTraces.of(object.map("places"));
        assertTrue(places.hasBuildIds());
        int id = object.program("user_stack").testRun(TestRun.empty()).returnValue();
        assertTrue(id >= 0, () -> "bpf_get_stackid: " + id);
        List<StackTraces.Frame> frames = places.frames(id);
        assertNotNull(frames);
        Path libc = libc();
        StackTraces.Frame innermost = frames.get(0); // the C library's syscall(), which the JVM calls
        assertEquals(buildId(libc), HexFormat.of().formatHex(innermost.buildId().toArray()));
        assertTrue(innermost.offset() > 0 && innermost.offset() < Files.size(libc), frames::toString);
        assertThrows(UnsupportedOperationException.class, () -> places.addresses(id));
    }

    private static Path libc() throws IOException {
        return Files.readAllLines(Path.of("/proc/self/maps")).stream()
                .filter(line -> line.endsWith("/libc.so.6"))
                .map(line -> Path.of(line.substring(line.indexOf('/'))))
                .findFirst()
                .orElseGet(() -> abort("no libc.so.6 in this process"));
    }

    /** The contents of the note GNU 3, whose head is the same in all files of this byte order. */
    private static String buildId(Path file) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.nativeOrder());
        for (int at = 0; at + 36 <= bytes.capacity(); at += 4) {
            if (bytes.getInt(at) == 4
                    && bytes.getInt(at + 4) == 20
                    && bytes.getInt(at + 8) == 3
                    && bytes.getInt(at + 12) == (bytes.order() == ByteOrder.LITTLE_ENDIAN ? 0x00554e47 : 0x474e5500)) {
                return HexFormat.of().formatHex(bytes.array(), at + 16, at + 36);
            }
        }
        return abort(file + " has no build id");
    }
}
