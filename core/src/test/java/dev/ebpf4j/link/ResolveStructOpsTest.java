package dev.ebpf4j.link;

import static dev.ebpf4j.link.TestObjects.EXIT;
import static dev.ebpf4j.link.TestObjects.function;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ebpf4j.btf.Btf;
import dev.ebpf4j.btf.BtfBuilder;
import dev.ebpf4j.btf.BtfType;
import dev.ebpf4j.btf.BtfType.Member;
import dev.ebpf4j.error.MissingObjectException;
import dev.ebpf4j.insn.Code;
import dev.ebpf4j.link.LinkedProgram.Target;
import dev.ebpf4j.plan.KernelFeatures;
import dev.ebpf4j.plan.LoadPlan;
import dev.ebpf4j.plan.LoadStep;
import dev.ebpf4j.plan.Machine;
import dev.ebpf4j.spec.Bytes;
import dev.ebpf4j.spec.MapSpec;
import dev.ebpf4j.spec.MapSpec.Slot;
import dev.ebpf4j.spec.MapType;
import dev.ebpf4j.spec.ObjectSpec;
import dev.ebpf4j.spec.ProgramSpec;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/**
 * Kernel operations without a kernel. The kernel's struct, in its value of 16 + 40 bytes:
 *
 * <pre>
 *   struct ops { u32 number; u64 wide; int (*one)(void); int (*two)(void); u32 bits : 3; void *data; }
 * </pre>
 */
class ResolveStructOpsTest {
    private static final int INT = 1;
    private static final int LONG = 2;
    private static final int PROTO = 3;
    private static final int FUNCTION = 4;
    private static final int POINTER = 5;
    private static final int STRUCT = 6;
    private static final int VALUE = 7;
    private static final int DATA_AT = 16;
    private static final ModuleBtf MODULE = new ModuleBtf("sched", 3);

    private static BtfBuilder basics() {
        BtfBuilder b = new BtfBuilder(ByteOrder.nativeOrder());
        b.add(new BtfType.Int("unsigned int", 4, 0, 0, 32));
        b.add(new BtfType.Int("unsigned long", 8, 0, 0, 64));
        b.add(new BtfType.FuncProto(INT, List.of()));
        b.add(new BtfType.Ptr(PROTO));
        b.add(new BtfType.Ptr(0));
        return b;
    }

    private static Member at(String name, int type, int offset) {
        return new Member(name, type, offset * 8, 0);
    }

    private static void addOperations(BtfBuilder b) {
        int id = b.add(new BtfType.Struct(
                "ops",
                40,
                List.of(
                        at("number", INT, 0),
                        at("wide", LONG, 8),
                        at("one", FUNCTION, 16),
                        at("two", FUNCTION, 24),
                        new Member("bits", INT, 32 * 8, 3),
                        at("data", POINTER, 32))));
        b.add(new BtfType.Struct(
                "bpf_struct_ops_ops", DATA_AT + 40, List.of(at("common", LONG, 0), at("data", id, DATA_AT))));
    }

    private static Btf kernel() {
        BtfBuilder b = basics();
        addOperations(b);
        return b.build();
    }

    /** The source's struct has the functions first. */
    private static final List<Member> OURS =
            List.of(at("two", FUNCTION, 0), at("one", FUNCTION, 8), at("wide", LONG, 16), at("number", INT, 24));

    private static Btf local(List<Member> members) {
        BtfBuilder b = basics();
        b.add(new BtfType.Struct("ops___mine", 32, members));
        return b.build();
    }

    private static Bytes contents(long wide, int number) {
        byte[] bytes = new byte[32];
        ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder()).putLong(16, wide).putInt(24, number);
        return Bytes.of(bytes);
    }

    private static MapSpec map(String name, Bytes contents, Slot... slots) {
        return MapSpec.builder(name, MapType.STRUCT_OPS)
                .keySize(4)
                .valueSize(32)
                .maxEntries(1)
                .flags(MapSpec.LINK)
                .typeIds(0, STRUCT)
                .contents(contents)
                .slots(List.of(slots))
                .build();
    }

    private static ProgramSpec program(String name) {
        return ProgramSpec.of(name, "struct_ops", function(name, Code.of(EXIT)));
    }

    private static ObjectSpec object(List<Member> members, List<MapSpec> maps, String... programs) {
        List<ProgramSpec> specs = new ArrayList<>();
        for (String name : programs) {
            specs.add(program(name));
        }
        return ObjectSpec.builder("test")
                .license("GPL")
                .programs(specs)
                .maps(maps)
                .btf(local(members))
                .build();
    }

    private static LinkedObject link(ObjectSpec spec) {
        return ObjectLinker.link(spec, LinkInputs.of(kernel()));
    }

    private static String refused(ObjectSpec spec) {
        return assertThrows(LinkException.class, () -> link(spec)).getMessage();
    }

    @Test
    void membersAreCopiedByNameAndProgramsBecomeMembers() {
        LinkedObject linked =
                link(object(OURS, List.of(map("m", contents(7, 8), new Slot(0, "p2"), new Slot(8, "p1"))), "p1", "p2"));
        LinkedStructOps operations = linked.structOps().getFirst();
        assertEquals(VALUE, operations.valueTypeId());
        assertEquals(DATA_AT + 40, operations.value().size());
        assertEquals(8, operations.value().buffer(ByteOrder.nativeOrder()).getInt(DATA_AT));
        assertEquals(7, operations.value().buffer(ByteOrder.nativeOrder()).getLong(DATA_AT + 8));
        assertEquals(List.of(new Slot(DATA_AT + 24, "p2"), new Slot(DATA_AT + 16, "p1")), operations.functions());
        assertEquals(
                List.of(new Target(STRUCT, null, 2), new Target(STRUCT, null, 3)),
                linked.programs().stream().map(LinkedProgram::target).toList());
    }

    @Test
    void aPlanCreatesTheMapBeforeItsProgramsAndCompletesItAfterThem() {
        LinkedObject linked = link(object(OURS, List.of(map("m", contents(7, 8), new Slot(0, "p2"))), "p2"));
        LoadPlan plan = LoadPlan.of(linked, KernelFeatures.ALL, new Machine(4096, 2));
        assertEquals(
                List.of("LoadBtf", "CreateStructOps", "LoadProgram", "CompleteStructOps"),
                plan.steps().stream()
                        .map(step -> step.getClass().getSimpleName())
                        .toList());
        LoadStep.CreateStructOps create =
                (LoadStep.CreateStructOps) plan.steps().get(1);
        assertEquals(DATA_AT + 40, create.spec().valueSize());
        assertEquals(0, create.spec().valueTypeId(), "no type of the object's");
        assertEquals(MapSpec.LINK, create.spec().flags());
        String text = plan.toString();
        assertTrue(text.contains("create struct_ops 0 'm': kernel type 7, value 56 B, flags 0x2000"), text);
        assertTrue(text.contains("STRUCT_OPS of kernel type 6 member 3"), text);
        assertTrue(text.contains("complete struct_ops 0: 56 bytes, program 0 at 40"), text);
    }

    @Test
    void operationsOfAModuleAreFoundThere() {
        Btf kernel = basics().build();
        BtfBuilder b = BtfBuilder.split(kernel);
        addOperations(b);
        Btf types = b.build();
        LinkInputs inputs = LinkInputs.of(kernel).withModules(() -> List.of(MODULE), module -> Optional.of(types));
        LinkedObject linked =
                ObjectLinker.link(object(OURS, List.of(map("m", contents(7, 8), new Slot(0, "p2"))), "p2"), inputs);
        assertEquals(MODULE, linked.structOps().getFirst().module());
        assertEquals(new Target(STRUCT, MODULE, 3), linked.programs().getFirst().target());
        LoadPlan plan = LoadPlan.of(linked, KernelFeatures.ALL, new Machine(4096, 2));
        assertTrue(plan.steps().contains(new LoadStep.OpenModuleBtf(MODULE)), plan::toString);
        LoadStep.CreateStructOps create =
                (LoadStep.CreateStructOps) plan.steps().get(2);
        assertEquals(MapSpec.LINK | 1 << 15, create.spec().flags(), "BPF_F_VTYPE_BTF_OBJ_FD");
    }

    @Test
    void layoutsThatDifferAreRefusedWithBoth() {
        String size = refused(object(List.of(at("wide", INT, 0)), List.of(map("m", contents(0, 0)))));
        assertEquals(
                "struct_ops 'm' member 'wide': they are of different sizes: the program has 'unsigned int wide' (4"
                        + " bytes at 0), the kernel 'unsigned long wide' (8 bytes at 8)",
                size);
        String kind = refused(object(List.of(at("one", LONG, 0)), List.of(map("m", contents(0, 0)))));
        assertTrue(kind.contains("'unsigned long one' (8 bytes at 0), the kernel 'unsigned int (*one)"), kind);
        String bits = refused(object(List.of(at("bits", INT, 0)), List.of(map("m", contents(0, 0)))));
        assertTrue(bits.contains("bit fields can't be set"), bits);
        assertTrue(bits.contains("(3 bits at bit 256)"), bits);
        String noFunction = refused(
                object(List.of(at("data", FUNCTION, 0)), List.of(map("m", contents(0, 0), new Slot(0, "p"))), "p"));
        assertTrue(noFunction.contains("the kernel's is no function"), noFunction);
    }

    @Test
    void pointersHoldProgramsOrNothing() {
        Bytes number = contents(5, 0);
        String message = refused(object(List.of(at("data", POINTER, 16)), List.of(map("m", number))));
        assertEquals(
                "struct_ops 'm' member 'data' is a pointer that holds a number; it can hold programs only", message);
        String missing = refused(object(OURS, List.of(map("m", contents(0, 0), new Slot(0, "gone")))));
        assertTrue(missing.contains("program 'gone', which the object has not"), missing);
        ObjectSpec kprobe = object(OURS, List.of(map("m", contents(0, 0), new Slot(0, "p")))).toBuilder()
                .programs(List.of(ProgramSpec.of("p", "kprobe/f", function("p", Code.of(EXIT)))))
                .build();
        assertTrue(refused(kprobe).contains("of type KPROBE; it takes programs of type STRUCT_OPS"), refused(kprobe));
    }

    @Test
    void aProgramMayBeTheSameFunctionOfSeveralMapsButNoOther() {
        MapSpec first = map("m1", contents(0, 0), new Slot(0, "p"));
        assertEquals(
                1,
                link(object(OURS, List.of(first, map("m2", contents(0, 1), new Slot(0, "p"))), "p"))
                        .programs()
                        .size());
        String message = refused(object(OURS, List.of(first, map("m2", contents(0, 0), new Slot(8, "p"))), "p"));
        assertTrue(
                message.startsWith("struct_ops 'm2' member 'one' is program 'p', which is another function"), message);
    }

    @Test
    void programsAreLoadedIfAndOnlyIfAMapThatIsMadeHasThem() {
        MapSpec made = map("m1", contents(0, 0), new Slot(0, "p"));
        MapSpec other = map("m2", contents(0, 0), new Slot(8, "q")).withAutocreate(false);
        ObjectSpec spec = object(OURS, List.of(made, other), "p", "q");
        assertEquals(List.of("p"), names(link(spec)));
        ObjectSpec off = spec.withProgram("p", program -> program.withAutoload(false));
        assertEquals(List.of("p"), names(link(off)), "its map needs it");
        assertEquals(List.of("q"), names(link(spec.only("q"))), "who asks for a program alone gets it");
        String unused = refused(object(OURS, List.of(), "p"));
        assertTrue(unused.contains("program 'p' (section 'struct_ops') is a function of no kernel operations"), unused);
        String broken = refused(
                object(OURS, List.of(made.toBuilder().problem("no types").build()), "p"));
        assertTrue(broken.endsWith("'m1', which can't be made: no types"), broken);
    }

    private static List<String> names(LinkedObject linked) {
        return linked.programs().stream().map(LinkedProgram::name).toList();
    }

    @Test
    void operationsThatTheKernelHasNotAreNamedWithCloseOnes() {
        BtfBuilder b = basics();
        b.add(new BtfType.Struct("opts___mine", 32, OURS));
        ObjectSpec spec = object(OURS, List.of(map("m", contents(0, 0)))).toBuilder()
                .btf(b.build())
                .build();
        assertEquals(
                "struct_ops 'm' is of struct opts, and this kernel has no operations of that name; close names: ops",
                refused(spec));
        String noBtf = assertThrows(
                        LinkException.class,
                        () -> ObjectLinker.link(
                                object(OURS, List.of(map("m", contents(0, 0)))), LinkInputs.of(Optional::empty)))
                .getMessage();
        assertTrue(noBtf.contains("CONFIG_DEBUG_INFO_BTF"), noBtf);
    }

    @Test
    void membersAreEditedByName() {
        ObjectSpec spec = object(OURS, List.of(map("m", contents(0, 0), new Slot(0, "p"))), "p", "q");
        ObjectSpec edited = spec.withStructOps("m", "wide", 9L)
                .withStructOps("m", "number", 3)
                .withStructOps("m", "two", "q");
        assertEquals(contents(9, 3), edited.map("m").contents());
        assertEquals(List.of(new Slot(0, "q")), edited.map("m").slots());
        assertEquals(List.of("q"), names(link(edited)), "what is replaced is not loaded");
        assertEquals(
                List.of(),
                names(link(spec.withStructOps("m", "two", null)
                        .withProgram("q", program -> program.withAutoload(false)))));
        for (List<Object> bad : List.of(
                List.<Object>of("number", 1L << 32), List.<Object>of("number", "text"), List.<Object>of("two", 1))) {
            assertThrows(
                    IllegalArgumentException.class,
                    () -> spec.withStructOps("m", (String) bad.getFirst(), bad.getLast()),
                    bad::toString);
        }
        assertThrows(IllegalArgumentException.class, () -> spec.withStructOps("m", "number", null));
        assertThrows(MissingObjectException.class, () -> spec.withStructOps("m", "numbr", 1));
    }

    @Test
    void corruptStructsAreRefused() {
        for (MapSpec bad : List.of(
                map("m", Bytes.zeros(3)),
                map("m", contents(0, 0)).toBuilder().typeIds(0, INT).build(),
                map("m", contents(0, 0)).toBuilder().contents(null).build())) {
            assertTrue(refused(object(OURS, List.of(bad))).startsWith("struct_ops 'm' has "), bad::toString);
        }
        String outside = refused(object(List.of(at("wide", LONG, 28)), List.of(map("m", contents(0, 0)))));
        assertTrue(outside.contains("outside of the 32 bytes"), outside);
    }
}
