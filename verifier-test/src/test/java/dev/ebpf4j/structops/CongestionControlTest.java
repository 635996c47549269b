package dev.ebpf4j.structops;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ebpf4j.attach.Link;
import dev.ebpf4j.btf.Btf;
import dev.ebpf4j.btf.BtfType;
import dev.ebpf4j.clang.Clang;
import dev.ebpf4j.clang.CompileRequest;
import dev.ebpf4j.elf.ElfReader;
import dev.ebpf4j.error.BpfException;
import dev.ebpf4j.error.Errno;
import dev.ebpf4j.error.MissingObjectException;
import dev.ebpf4j.kernel.BpfLoader;
import dev.ebpf4j.kernel.KernelInfo;
import dev.ebpf4j.kernel.LoadedObject;
import dev.ebpf4j.kernel.Program;
import dev.ebpf4j.kernel.StructOpsLink;
import dev.ebpf4j.kernel.StructOpsMap;
import dev.ebpf4j.link.LinkException;
import dev.ebpf4j.spec.ObjectSpec;
import dev.ebpf4j.test.LeakCheck;
import dev.ebpf4j.test.RequiresBpf;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Kernel operations (struct_ops): a TCP congestion control, from C to where the kernel lists it. */
@RequiresBpf(btf = true)
@ExtendWith(LeakCheck.class)
class CongestionControlTest {
    private static final Path AVAILABLE = Path.of("/proc/sys/net/ipv4/tcp_available_congestion_control");
    private static final String VALUE = "bpf_struct_ops_tcp_congestion_ops";
    private static final ObjectSpec OBJECT = compile();

    private static ObjectSpec compile() {
        try (InputStream source = CongestionControlTest.class.getResourceAsStream("congestion.bpf.c")) {
            String text = new String(Objects.requireNonNull(source).readAllBytes(), StandardCharsets.UTF_8);
            CompileRequest request = CompileRequest.of("congestion.bpf.c", "#include <linux/types.h>\n" + text)
                    .build();
            return ElfReader.read(Clang.find().compile(request).toBytes(), "congestion");
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    @BeforeAll
    static void needsTheKernelsOperations() {
        Btf kernel = KernelInfo.detect().btf().orElseThrow();
        assumeTrue(kernel.find(VALUE, BtfType.Struct.class).isPresent(), "the kernel takes no " + VALUE);
        assumeTrue(KernelInfo.detect().version() >= 0x060400, "links of struct_ops need Linux 6.4");
    }

    private static Set<String> available() throws IOException {
        return Set.of(Files.readString(AVAILABLE).strip().split(" ", -1));
    }

    private static List<String> names(LoadedObject object) {
        return object.programs().stream().map(Program::name).toList();
    }

    @Test
    void operationsAreRegisteredByALinkAndGoneWhenItIsClosed() throws IOException {
        try (LoadedObject object = BpfLoader.load(OBJECT)) {
            assertFalse(available().contains("ebpf4j_linked"));
            StructOpsMap operations = object.structOps("linked");
            assertTrue(operations.isLinked());
            try (StructOpsLink link = operations.attach()) {
                assertTrue(available().contains("ebpf4j_linked"));
                assertEquals(Link.Mechanism.BPF_LINK, link.mechanism());
                assertTrue(link.id().orElseThrow() > 0);
            }
            assertFalse(available().contains("ebpf4j_linked"));
            operations.attach();
            assertTrue(available().contains("ebpf4j_linked"), "a second time");
        }
        assertFalse(available().contains("ebpf4j_linked"), "closing the object takes it out of force");
    }

    @Test
    void operationsWithoutALinkAreRegisteredByWritingTheirMap() throws IOException {
        try (LoadedObject object = BpfLoader.load(OBJECT)) {
            StructOpsMap operations = object.structOps("plain");
            assertFalse(operations.isLinked());
            StructOpsLink link = operations.attach();
            assertTrue(available().contains("ebpf4j_plain"));
            assertEquals(Link.Mechanism.MAP_UPDATE, link.mechanism());
            assertTrue(link.id().isEmpty());
            assertThrows(UnsupportedOperationException.class, () -> link.update(object.structOps("linked")));
            link.close();
            link.close();
            assertFalse(available().contains("ebpf4j_plain"));
        }
    }

    @Test
    void aLinkIsUpdatedToOtherOperations() throws IOException {
        try (LoadedObject object = BpfLoader.load(OBJECT)) {
            StructOpsMap first = object.structOps("linked");
            StructOpsMap second = object.structOps("linked_new");
            StructOpsLink link = first.attach();
            assertEquals(first.map().info().id(), mapInForce(link));
            link.update(second);
            assertEquals(second.map().info().id(), mapInForce(link));
            assertTrue(available().contains("ebpf4j_linked"));
            link.update(first);
            assertEquals(first.map().info().id(), mapInForce(link), "and back");
            assertEquals(first, link.operations());
            link.close();
            assertFalse(available().contains("ebpf4j_linked"));
            assertThrows(IllegalStateException.class, () -> link.update(second));
        }
    }

    /** As the kernel says it: the fdinfo of the link's descriptor. */
    private static int mapInForce(StructOpsLink link) throws IOException {
        String wanted = "link_id:\t" + link.id().orElseThrow() + "\n";
        try (var files = Files.newDirectoryStream(Path.of("/proc/self/fdinfo"))) {
            for (Path file : files) {
                String text = read(file);
                int at = text.indexOf("map_id:\t");
                if (text.contains(wanted) && at >= 0) {
                    return Integer.parseInt(text.substring(at + "map_id:\t".length())
                            .lines()
                            .findFirst()
                            .orElseThrow());
                }
            }
        }
        throw new AssertionError("no descriptor of " + link);
    }

    private static String read(Path file) throws IOException {
        try {
            return Files.readString(file);
        } catch (NoSuchFileException e) {
            return "";
        }
    }

    @Test
    void valuesAreEditedBeforeLoading() throws IOException {
        int needsEcn = 2;
        ObjectSpec edited = OBJECT.withStructOps("linked", "name", "ebpf4j_edited")
                .withStructOps("linked", "flags", needsEcn)
                .withStructOps("linked", "ssthresh", "ssthresh_new")
                .withStructOps("linked", "undo_cwnd", "undo_cwnd");
        try (LoadedObject object = BpfLoader.load(edited);
                StructOpsLink link = object.structOps("linked").attach();
                Arena arena = Arena.ofConfined()) {
            assertTrue(available().contains("ebpf4j_edited"), link::toString);
            MemorySegment dump = arena.allocate(object.map("linked").valueBytes());
            assertTrue(object.map("linked").lookup(arena.allocate(4), dump));
            assertEquals("ebpf4j_edited", dump.getString(offset("name")));
            assertEquals(needsEcn, dump.get(JAVA_INT, offset("flags")));
            int newOne = object.program("ssthresh_new").info().id();
            assertEquals(newOne, dump.get(JAVA_INT, offset("ssthresh")));
        }
    }

    /** Offset of a member of the kernel's struct in the value of its map. */
    private static int offset(String member) {
        Btf btf = KernelInfo.detect().btf().orElseThrow();
        BtfType.Struct value =
                (BtfType.Struct) btf.type(btf.find(VALUE, BtfType.Struct.class).orElseThrow());
        BtfType.Struct operations = (BtfType.Struct)
                btf.type(btf.find("tcp_congestion_ops", BtfType.Struct.class).orElseThrow());
        return (bits(value, "data") + bits(operations, member)) / 8;
    }

    private static int bits(BtfType.Struct type, String member) {
        return type.members().stream()
                .filter(each -> each.name().equals(member))
                .findFirst()
                .orElseThrow()
                .bitOffset();
    }

    @Test
    void whatTheKernelHasNotMustNotBeSet() {
        ObjectSpec newer = OBJECT.withMap("newer", map -> map.withAutocreate(true));
        String number = refused(newer);
        assertTrue(
                number.contains("struct_ops 'newer' sets member 'in_no_kernel', and this kernel has no such"), number);
        assertTrue(number.endsWith("unset it by ObjectSpec.withStructOps(\"newer\", \"in_no_kernel\", 0)"), number);
        ObjectSpec withoutNumber = newer.withStructOps("newer", "in_no_kernel", 0);
        String function = refused(withoutNumber);
        assertTrue(function.contains("sets member 'in_no_kernel_either' to program 'in_no_kernel'"), function);
        ObjectSpec withoutBoth = withoutNumber.withStructOps("newer", "in_no_kernel_either", null);
        try (LoadedObject object = BpfLoader.load(withoutBoth)) {
            assertFalse(names(object).contains("in_no_kernel"), "what is a function of nothing is not loaded");
            object.structOps("newer").attach().close();
        }
    }

    private static String refused(ObjectSpec spec) {
        return assertThrows(LinkException.class, () -> BpfLoader.load(spec)).getMessage();
    }

    @Test
    void onlyTheProgramsOfMapsThatAreMadeAreLoaded() {
        ObjectSpec one = OBJECT.withMap("linked", map -> map.withAutocreate(false))
                .withMap("plain", map -> map.withAutocreate(false));
        try (LoadedObject object = BpfLoader.load(one)) {
            assertEquals(List.of("ssthresh_new", "undo_cwnd", "cong_avoid"), names(object));
            assertThrows(MissingObjectException.class, () -> object.structOps("linked"));
        }
    }

    @Test
    void namesInForceTwiceAreAnErrorOfTheKernel() {
        try (LoadedObject object = BpfLoader.load(OBJECT)) {
            object.structOps("linked").attach();
            BpfException e = assertThrows(
                    BpfException.class, () -> object.structOps("linked_new").attach());
            assertTrue(e.errno().is(Errno.EEXIST), e::getMessage);
            assertTrue(e.getMessage().contains("'linked_new'"), e::getMessage);
        }
    }

    @Test
    void attachingAllAttachesOperationsTogether() throws IOException {
        ObjectSpec spec = OBJECT.withMap("linked_new", map -> map.withAutocreate(false));
        try (LoadedObject object = BpfLoader.load(spec)) {
            assertEquals(2, object.attachAll().size());
            assertTrue(available().containsAll(Set.of("ebpf4j_linked", "ebpf4j_plain")));
        }
        assertFalse(available().contains("ebpf4j_plain"));
    }
}
