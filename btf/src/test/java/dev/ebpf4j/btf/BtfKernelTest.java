package dev.ebpf4j.btf;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The running kernel's own BTF, with bpftool as the second opinion. */
class BtfKernelTest {
    private static final Path VMLINUX = Path.of("/sys/kernel/btf/vmlinux");
    private static byte[] bytes = {};

    @BeforeAll
    static void read() throws IOException {
        assumeTrue(Files.isReadable(VMLINUX), "no readable " + VMLINUX + " on this machine");
        bytes = Files.readAllBytes(VMLINUX);
    }

    @Test
    void everyTypeIsAsBpftoolPrintsIt() throws IOException {
        List<String> ours = BpftoolDump.of(Btf.parse(bytes));
        Process bpftool = new ProcessBuilder(bpftool(), "btf", "dump", "file", VMLINUX.toString(), "format", "raw")
                .redirectErrorStream(true)
                .start();
        int line = 0;
        try (BufferedReader theirs = bpftool.inputReader()) {
            for (String expected = theirs.readLine(); expected != null; expected = theirs.readLine(), line++) {
                assertEquals(expected, line < ours.size() ? ours.get(line) : "nothing", "line " + (line + 1));
            }
        }
        assertEquals(line, ours.size(), "lines");
    }

    /** From -Debpf4j.bpftool=path, or the PATH. */
    private static String bpftool() {
        String set = System.getProperty("ebpf4j.bpftool", "");
        Stream<String> path =
                Stream.of(System.getenv("PATH").split(File.pathSeparator)).map(directory -> directory + "/bpftool");
        String found = Stream.concat(Stream.of(set), path)
                .filter(file -> !file.isEmpty() && Files.isExecutable(Path.of(file)))
                .findFirst()
                .orElse("");
        assumeTrue(!found.isEmpty(), "no bpftool on the PATH and none given by -Debpf4j.bpftool");
        return found;
    }

    @Test
    void isWrittenBackByteForByte() {
        assertArrayEquals(bytes, Btf.parse(bytes).toBytes());
    }

    /** pahole has been there before; libbpf 1.7 leaves it alone too. */
    @Test
    void dedupChangesNothing() {
        Btf btf = Btf.parse(bytes);
        BtfMapping deduped = btf.dedup();
        assertEquals(btf.typeCount(), deduped.btf().typeCount());
        for (int id = 0; id < btf.typeCount(); id++) {
            assertEquals(id, deduped.ids().applyAsInt(id));
        }
    }

    @Test
    void everyNamedTypeIsFoundByItsName() {
        Btf btf = Btf.parse(bytes);
        for (int id = 1; id < btf.typeCount(); id++) {
            String name = btf.name(id);
            if (!name.isEmpty()) {
                OptionalInt found = btf.find(name, btf.kind(id).type());
                assertTrue(found.isPresent() && found.getAsInt() <= id, name);
                assertEquals(name, btf.name(found.getAsInt()));
            }
        }
        assertTrue(btf.find("no_such_type_anywhere", BtfType.class).isEmpty());
    }
}
