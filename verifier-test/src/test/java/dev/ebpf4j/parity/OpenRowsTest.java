package dev.ebpf4j.parity;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ebpf4j.elf.ElfReader;
import dev.ebpf4j.elf.StaticLinker;
import dev.ebpf4j.error.MissingObjectException;
import dev.ebpf4j.kernel.BpfLoader;
import dev.ebpf4j.kernel.LoadedObject;
import dev.ebpf4j.kernel.Program;
import dev.ebpf4j.link.LinkException;
import dev.ebpf4j.spec.AttachType;
import dev.ebpf4j.spec.ExternSpec;
import dev.ebpf4j.spec.FunctionSpec;
import dev.ebpf4j.spec.MapSpec;
import dev.ebpf4j.spec.ObjectSpec;
import dev.ebpf4j.spec.ProgramSpec;
import dev.ebpf4j.spec.ProgramType;
import dev.ebpf4j.spec.SectionHandlers;
import dev.ebpf4j.spec.VariableSpec;
import dev.ebpf4j.test.LeakCheck;
import dev.ebpf4j.test.RequiresBpf;
import dev.ebpf4j.test.Verdicts;
import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Rows 1, 3, 4, 6, 7 and 34: objects opened, looked at and changed before they are loaded. */
@RequiresBpf
@ExtendWith(LeakCheck.class)
class OpenRowsTest {
    private static final String OBJECT = """
        struct {
        	__uint(type, BPF_MAP_TYPE_HASH);
        	__uint(max_entries, 4);
        	__type(key, __u32);
        	__type(value, __u64);
        } counts SEC(".maps");

        extern int CONFIG_HZ __kconfig;
        const volatile int limit = 3;
        int seen;

        SEC("tc")
        int one(struct __sk_buff *skb)
        {
        	__u32 key = CONFIG_HZ;

        	seen = limit;
        	return bpf_map_lookup_elem(&counts, &key) != 0;
        }

        SEC("?xdp")
        int two(struct xdp_md *ctx)
        {
        	return XDP_PASS;
        }
        """;

    private static List<List<String>> lists(ObjectSpec object) {
        return List.of(
                object.programs().stream().map(ProgramSpec::toString).toList(),
                object.maps().stream().map(MapSpec::toString).toList(),
                object.externs().stream().map(ExternSpec::name).toList(),
                object.variables().stream().map(VariableSpec::name).toList());
    }

    @Test
    void row01_openFromMemoryFileAndDescriptor(@TempDir Path folder) throws IOException {
        byte[] bytes = Sources.compile("open", OBJECT);
        Path file = Files.write(folder.resolve("open.bpf.o"), bytes);
        List<List<String>> fromMemory = lists(ElfReader.read(bytes));
        assertEquals(List.of("CONFIG_HZ"), fromMemory.get(2));
        assertEquals(2, fromMemory.getFirst().size());
        assertEquals(fromMemory, lists(ElfReader.read(file)));
        assertEquals("open", ElfReader.read(file).name());
        try (FileChannel open = FileChannel.open(file)) {
            assertTrue(open.isOpen());
            assertEquals(fromMemory, lists(ElfReader.read(descriptorOf(file))));
        }
    }

    /** The descriptor of a file that this process has open. */
    private static Path descriptorOf(Path file) throws IOException {
        try (Stream<Path> descriptors = Files.list(Path.of("/proc/self/fd"))) {
            for (Path descriptor : descriptors.toList()) {
                if (Files.isSymbolicLink(descriptor)
                        && Files.readSymbolicLink(descriptor).equals(file.toRealPath())) {
                    return descriptor;
                }
            }
        }
        throw new AssertionError(file + " is not open");
    }

    @Test
    void row03_theOtherByteOrderOpensIsWrittenAndNotLoaded() {
        ByteOrder foreign =
                ByteOrder.nativeOrder() == ByteOrder.BIG_ENDIAN ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN;
        ObjectSpec own = Sources.object("open", OBJECT);
        byte[] elf = Sources.compile(Sources.request("open", OBJECT).byteOrder(foreign));
        ObjectSpec other = ElfReader.read(elf, "open");
        byte[] written = StaticLinker.link(List.of(new StaticLinker.Input("open", elf)));
        ObjectSpec again = ElfReader.read(written, "open");
        assertEquals(foreign, again.byteOrder());
        assertEquals(lists(other), lists(again));
        assertEquals(
                other.program("one").entry().code(),
                again.program("one").entry().code());
        assertEquals(foreign, other.byteOrder());
        assertEquals(lists(own).get(2), lists(other).get(2));
        assertEquals(
                own.maps().stream().map(MapSpec::name).toList(),
                other.maps().stream().map(MapSpec::name).toList());
        assertEquals(
                own.program("one").entry().code().insns(),
                other.program("one").entry().code().insns(),
                "the same instructions");
        LinkException refused = assertThrows(LinkException.class, () -> BpfLoader.load(other));
        assertTrue(refused.getMessage().contains("endian"), refused::getMessage);
    }

    @Test
    void row04_licenceAndVersion() {
        String body = """
            __u32 _version SEC("version") = 0x60500;

            SEC("tc")
            int print(struct __sk_buff *skb)
            {
            	bpf_printk("x");
            	return 0;
            }
            """;
        ObjectSpec proprietary = Sources.object("licence", body + """
            char LICENSE[] SEC("license") = "Proprietary";
            """);
        assertEquals("Proprietary", proprietary.license());
        assertEquals(0x60500, proprietary.kernelVersion());
        Verdicts.assertRejected(proprietary, "cannot call GPL-restricted function");
        assertTrue(
                Verdicts.assertLoads(Sources.object("licence", body)).getFirst().gplCompatible());
    }

    @Test
    void row06_autoload() {
        ObjectSpec object = Sources.object("autoload", OBJECT + """
            SEC("?tc")
            int bad(struct __sk_buff *skb)
            {
            	return *(int *)0;
            }
            """);
        assertFalse(object.program("two").autoload());
        assertEquals("xdp", object.program("two").section());
        try (LoadedObject loaded = BpfLoader.load(object)) {
            assertEquals(
                    List.of("one"),
                    loaded.programs().stream().map(Program::name).toList());
            assertThrows(MissingObjectException.class, () -> loaded.program("two"));
        }
        try (LoadedObject loaded = BpfLoader.load(object.withProgram("two", two -> two.withAutoload(true))
                .withProgram("one", one -> one.withAutoload(false)))) {
            assertEquals(2, Sources.run(loaded.program("two")));
            assertEquals(1, loaded.programs().size());
        }
    }

    @Test
    void row07_sectionsOfOnesOwn() {
        ObjectSpec object = Sources.object("custom", """
            SEC("abc")
            int exact(struct __sk_buff *skb)
            {
            	return 1;
            }

            SEC("abc/one/two")
            int prefix(struct xdp_md *ctx)
            {
            	return 2;
            }

            SEC("something")
            int other(struct __sk_buff *skb)
            {
            	return 3;
            }
            """);
        object.programs().forEach(program -> assertEquals(ProgramType.UNSPEC, program.type()));
        assertThrows(RuntimeException.class, () -> BpfLoader.load(object));
        List<String> fired = new ArrayList<>();
        SectionHandlers handlers = SectionHandlers.none()
                .with("abc", program -> {
                    fired.add("exact " + program.section());
                    return program.withType(ProgramType.SCHED_CLS, AttachType.of(0));
                })
                .with("abc/", program -> {
                    fired.add("prefix " + program.section());
                    return program.withType(ProgramType.XDP, AttachType.XDP);
                })
                .withFallback(program -> {
                    fired.add("fallback " + program.section());
                    return program.withType(ProgramType.SOCKET_FILTER, AttachType.of(0));
                });
        ObjectSpec typed = handlers.applyTo(object);
        assertEquals(
                List.of("exact abc", "fallback something", "prefix abc/one/two"),
                fired.stream().sorted().toList());
        try (LoadedObject loaded = BpfLoader.load(typed)) {
            Map.of("exact", 1, "prefix", 2, "other", 3)
                    .forEach((name, value) -> assertEquals(value, Sources.run(loaded.program(name))));
        }
    }

    @Test
    void row34_everythingOfAProgramCanBeChanged() {
        ObjectSpec object = Sources.object("tweaks", """
            SEC("xdp")
            int here(struct xdp_md *ctx)
            {
            	return 5;
            }

            SEC("xdp")
            int there(void *ctx)
            {
            	return 6;
            }

            SEC("tp_btf/sched_switch")
            int traced(__u64 *ctx)
            {
            	return 0;
            }
            """);
        FunctionSpec otherCode = object.program("there").entry();
        ObjectSpec changed = object.withProgram(
                        "here",
                        here -> here.withType(ProgramType.SCHED_CLS, AttachType.TCX_INGRESS)
                                .withEntry(otherCode))
                .withProgram(
                        "there",
                        there -> there.withFlags(ProgramSpec.XDP_HAS_FRAGS)
                                .withType(ProgramType.XDP, AttachType.XDP_DEVMAP))
                .withProgram("traced", traced -> traced.withAttachTo("sched_process_exit"));
        try (LoadedObject before = BpfLoader.load(object);
                LoadedObject after = BpfLoader.load(changed)) {
            assertEquals(ProgramType.XDP, before.program("here").info().type());
            assertEquals(ProgramType.SCHED_CLS, after.program("here").info().type());
            assertEquals(5, Sources.run(before.program("here")));
            assertEquals(6, Sources.run(after.program("here")));
            assertTrue(before.program("traced").info().attachTo().typeId()
                    != after.program("traced").info().attachTo().typeId());
        }
    }
}
