package dev.ebpf4j.plan;

import static dev.ebpf4j.link.TestObjects.EXIT;
import static dev.ebpf4j.link.TestObjects.WIDE;
import static dev.ebpf4j.link.TestObjects.WIDE_END;
import static dev.ebpf4j.link.TestObjects.function;
import static dev.ebpf4j.link.TestObjects.object;
import static dev.ebpf4j.link.TestObjects.tracepoint;
import static dev.ebpf4j.link.TestObjects.withInfo;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ebpf4j.btf.Btf;
import dev.ebpf4j.btf.BtfBuilder;
import dev.ebpf4j.btf.BtfLinkage;
import dev.ebpf4j.btf.BtfType;
import dev.ebpf4j.insn.Code;
import dev.ebpf4j.insn.Slots;
import dev.ebpf4j.link.LinkException;
import dev.ebpf4j.link.LinkInputs;
import dev.ebpf4j.link.LinkedObject;
import dev.ebpf4j.link.LinkedProgram;
import dev.ebpf4j.link.ObjectLinker;
import dev.ebpf4j.spec.AttachType;
import dev.ebpf4j.spec.Bytes;
import dev.ebpf4j.spec.FunctionSpec;
import dev.ebpf4j.spec.MapSpec;
import dev.ebpf4j.spec.MapType;
import dev.ebpf4j.spec.ObjectSpec;
import dev.ebpf4j.spec.ProgramSpec;
import dev.ebpf4j.spec.Reloc;
import dev.ebpf4j.spec.SourceLine;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class LoadPlanTest {
    private static final Machine MACHINE = new Machine(4096, 3);
    private static final int SECTION = 3;
    private static final int FUNC = 5;

    private static Btf btf() {
        BtfBuilder b = new BtfBuilder(ByteOrder.LITTLE_ENDIAN);
        int i = b.add(new BtfType.Int("int", 4, BtfType.Int.SIGNED, 0, 32)); // 1
        int limit = b.add(new BtfType.Var("limit", i, BtfLinkage.GLOBAL)); // 2
        b.add(new BtfType.DataSec(".rodata", 0, List.of(new BtfType.SecInfo(limit, 0, 4)))); // 3
        int proto = b.add(new BtfType.FuncProto(i, List.of(new BtfType.Param("ctx", i)))); // 4
        b.add(new BtfType.Func("on_exec", proto, BtfLinkage.GLOBAL)); // 5
        b.addString("main.c");
        b.addString("return 0;");
        return b.build();
    }

    private static MapSpec rodata() {
        return MapSpec.builder(".rodata", MapType.ARRAY)
                .keySize(4)
                .valueSize(8)
                .maxEntries(1)
                .flags(MapSpec.RDONLY_PROG | MapSpec.MMAPABLE)
                .typeIds(0, SECTION)
                .contents(Bytes.of(new byte[] {7, 0, 0, 0, 0, 0, 0, 0}))
                .frozen(true)
                .build();
    }

    /** One of everything that the bootstrap program has. */
    private static ObjectSpec.Builder sample() {
        FunctionSpec main = withInfo(
                function(
                        "on_exec",
                        Code.of(WIDE, WIDE_END, WIDE, WIDE_END, EXIT),
                        new Reloc.MapRef(0, "events"),
                        new Reloc.DataRef(2, ".rodata", 4)),
                FUNC,
                new SourceLine(0, 33, 40, 12, 5));
        return ObjectSpec.builder("bootstrap")
                .byteOrder(ByteOrder.LITTLE_ENDIAN)
                .license("Dual BSD/GPL")
                .programs(List.of(tracepoint(main)))
                .maps(List.of(
                        MapSpec.builder("events", MapType.RINGBUF)
                                .maxEntries(5000)
                                .build(),
                        rodata()))
                .btf(btf());
    }

    private static LinkedObject link(ObjectSpec spec) {
        return ObjectLinker.link(spec, LinkInputs.of(new BtfBuilder(spec.byteOrder()).build()));
    }

    private static LoadPlan plan(ObjectSpec.Builder object, KernelFeatures features) {
        return LoadPlan.of(link(object.build()), features, MACHINE);
    }

    private static <T extends LoadStep> List<T> steps(LoadPlan plan, Class<T> kind) {
        return plan.steps().stream().filter(kind::isInstance).map(kind::cast).toList();
    }

    @Test
    void theTextIsADryRun() {
        assertEquals("""
            to load object 'bootstrap':
              load BTF: 5 types
              create map 0 'events': RINGBUF, key 0 B, value 0 B, 8192 entries
              create map 1 '.rodata' as 'bootstra.rodata': ARRAY, key 4 B, value 8 B, 1 entries, flags 0x480, types 0 and 3
              fill map 1: 8 bytes, 07 00 00 00 00 00 00 00
              freeze map 1
              load program 0 'on_exec': TRACEPOINT, 5 instructions, licence 'Dual BSD/GPL', maps 0 1, 1 functions, 1 lines
            """, plan(sample(), KernelFeatures.ALL).toString());
    }

    @Test
    void aKernelThatLacksAlmostAllStillGetsWhatItTakes() {
        KernelFeatures old = KernelFeatures.ALL.without(Feature.OBJECT_NAMES, Feature.BTF, Feature.ARRAY_MMAP);
        assertEquals("""
            to load object 'bootstrap':
              create map 0 'events' without a name: RINGBUF, key 0 B, value 0 B, 8192 entries
              create map 1 '.rodata' without a name: ARRAY, key 4 B, value 8 B, 1 entries, flags 0x80
              fill map 1: 8 bytes, 07 00 00 00 00 00 00 00
              freeze map 1
              load program 0 'on_exec' without a name: TRACEPOINT, 5 instructions, licence 'Dual BSD/GPL', maps 0 1
              note: this kernel lacks BTF (Linux 4.18): the object's type information is not loaded
              note: this kernel lacks names of maps and programs (Linux 4.15): maps and programs get none
              note: this kernel lacks mmapable arrays (Linux 5.5): variables are read and written by system calls, not in shared memory
            """, plan(sample(), old).toString());
    }

    @Test
    void debugInformationIsInTheKernelsRecords() {
        LoadStep.LoadProgram step = steps(plan(sample(), KernelFeatures.ALL), LoadStep.LoadProgram.class)
                .getFirst();
        assertEquals(
                "0000000005000000", HexFormat.of().formatHex(step.funcInfo().toArray()));
        assertEquals(
                "00000000" + "21000000" + "28000000" + "05300000",
                HexFormat.of().formatHex(step.lineInfo().toArray()),
                "line 12 << 10 | column 5");
    }

    @Test
    void theDataSectionsOfTheTypesGetTheirSizes() {
        Btf loaded = steps(plan(sample(), KernelFeatures.ALL), LoadStep.LoadBtf.class)
                .getFirst()
                .btf();
        assertEquals(new BtfType.DataSec(".rodata", 8, List.of(new BtfType.SecInfo(2, 0, 4))), loaded.type(SECTION));
        assertEquals(
                BtfBuilder.of(btf()).addString("main.c"), BtfBuilder.of(loaded).addString("main.c"), "strings stay");
    }

    @Test
    void onlyWhatTheObjectNeedsIsAsked() {
        Set<Feature> asked = EnumSet.noneOf(Feature.class);
        KernelFeatures spy = feature -> {
            asked.add(feature);
            return KernelFeatures.Support.SUPPORTED;
        };
        plan(object(tracepoint(function("main", Code.of(EXIT)))), spy);
        assertEquals(Set.of(Feature.OBJECT_NAMES), asked);
        asked.clear();
        plan(sample(), spy);
        assertEquals(
                Set.of(
                        Feature.OBJECT_NAMES,
                        Feature.BTF,
                        Feature.BTF_FUNC,
                        Feature.BTF_GLOBAL_FUNC,
                        Feature.BTF_DATASEC,
                        Feature.GLOBAL_DATA,
                        Feature.ARRAY_MMAP),
                asked);
    }

    @Test
    void whatIsNotKnownIsTried() {
        KernelFeatures unknown = feature -> KernelFeatures.Support.UNKNOWN;
        assertEquals(
                plan(sample(), KernelFeatures.ALL).toString(),
                plan(sample(), unknown).toString());
    }

    @Test
    void globalVariablesAreEssentialOnlyWhereTheyAreUsed() {
        KernelFeatures old = KernelFeatures.ALL.without(Feature.GLOBAL_DATA);
        LoadPlan plan = plan(sample(), old);
        assertEquals(1, steps(plan, LoadStep.CreateMap.class).size());
        assertEquals(List.of(), steps(plan, LoadStep.FillMap.class));
        LinkedProgram program =
                steps(plan, LoadStep.LoadProgram.class).getFirst().linked();
        assertEquals(List.of(new LinkedProgram.MapUse(0, 0)), program.mapUses());
        assertEquals(2_001_000_001, Slots.imm(program.code().slot(2)), "libbpf's number for map 1");
        assertEquals(program.code().slot(2), program.code().slot(3));
        assertEquals(
                List.of(new LinkedProgram.Poison(
                        2, "map '.rodata' was not created: this kernel lacks global variables (Linux 5.2)", null)),
                program.poisons());
        LoadPlan unused =
                plan(object(tracepoint(function("main", Code.of(EXIT)))).maps(List.of(rodata())), old);
        assertEquals(List.of(), steps(unused, LoadStep.CreateMap.class));
        assertEquals(List.of(), steps(unused, LoadStep.FillMap.class));
    }

    private static MapSpec planned(MapSpec map) {
        LoadPlan plan =
                plan(object().maps(List.of(map)).btf(btf()).byteOrder(ByteOrder.LITTLE_ENDIAN), KernelFeatures.ALL);
        return steps(plan, LoadStep.CreateMap.class).getLast().spec();
    }

    @Test
    void ringBuffersAreRoundedUpToAPowerOfTwoOfPages() {
        int[][] wantedAndGot = {
            {0, 0},
            {1, 4096},
            {4096, 4096},
            {4097, 8192},
            {12288, 16384},
            {1 << 30, 1 << 30},
            {(1 << 30) + 1, 1 << 31},
            {1 << 31, 1 << 31},
            {-1, -1},
        };
        for (MapType type : List.of(MapType.RINGBUF, MapType.USER_RINGBUF)) {
            for (int[] pair : wantedAndGot) {
                MapSpec map = MapSpec.builder("r", type).maxEntries(pair[0]).build();
                assertEquals(pair[1], planned(map).maxEntries(), type + " " + Integer.toUnsignedString(pair[0]));
            }
        }
        assertEquals(
                5000,
                planned(MapSpec.builder("h", MapType.HASH).maxEntries(5000).build())
                        .maxEntries());
    }

    @Test
    void perfEventArraysHaveAnEntryPerCpuUnlessTheySayHowMany() {
        assertEquals(
                3,
                planned(MapSpec.builder("p", MapType.PERF_EVENT_ARRAY).build()).maxEntries());
        assertEquals(
                9,
                planned(MapSpec.builder("p", MapType.PERF_EVENT_ARRAY)
                                .maxEntries(9)
                                .build())
                        .maxEntries());
    }

    /** libbpf leaves it to the kernel to refuse what cilium/ebpf corrects. */
    @Test
    void aPerfEventArrayHoldsDescriptorsWhateverItsRecordsAre() {
        MapSpec array = planned(MapSpec.builder("p", MapType.PERF_EVENT_ARRAY)
                .valueSize(84)
                .maxEntries(2)
                .build());
        assertEquals(4, array.keySize());
        assertEquals(4, array.valueSize());
    }

    @Test
    void aRingBufferHasNoValuesWhateverItsRecordsAre() {
        MapSpec ring = planned(MapSpec.builder("m", MapType.RINGBUF)
                .keySize(4)
                .valueSize(16)
                .maxEntries(4096)
                .build());
        assertEquals(0, ring.keySize());
        assertEquals(0, ring.valueSize());
    }

    @Test
    void typesAreToldOnlyToMapsThatTakeThem() {
        Set<MapType> without = EnumSet.noneOf(MapType.class);
        for (MapType type : EnumSet.complementOf(EnumSet.of(MapType.STRUCT_OPS, MapType.UNSPEC))) {
            if (planned(MapSpec.builder("m", type).typeIds(1, 1).build()).valueTypeId() == 0) {
                without.add(type);
            }
        }
        // libbpf's list; and ring buffers, for which libbpf has to try again without
        assertEquals(
                EnumSet.of(
                        MapType.PERF_EVENT_ARRAY,
                        MapType.CGROUP_ARRAY,
                        MapType.STACK_TRACE,
                        MapType.ARRAY_OF_MAPS,
                        MapType.HASH_OF_MAPS,
                        MapType.DEVMAP,
                        MapType.DEVMAP_HASH,
                        MapType.CPUMAP,
                        MapType.XSKMAP,
                        MapType.SOCKMAP,
                        MapType.SOCKHASH,
                        MapType.QUEUE,
                        MapType.STACK,
                        MapType.RINGBUF,
                        MapType.USER_RINGBUF,
                        MapType.ARENA),
                without);
    }

    @Test
    void aMapOfMapsIsCreatedAfterATemplateThatIsThenClosed() {
        MapSpec inner =
                MapSpec.builder("outer.inner", MapType.RINGBUF).maxEntries(1).build();
        MapSpec outer = MapSpec.builder("outer", MapType.ARRAY_OF_MAPS)
                .keySize(4)
                .valueSize(4)
                .maxEntries(2)
                .inner(inner)
                .slots(List.of(new MapSpec.Slot(1, "one")))
                .build();
        MapSpec one = MapSpec.builder("one", MapType.RINGBUF).maxEntries(4096).build();
        LoadPlan plan = plan(object().maps(List.of(outer, one)), KernelFeatures.ALL);
        assertEquals(3, plan.mapSlots());
        assertEquals("""
            to load object 'test':
              create map 1 'one': RINGBUF, key 0 B, value 0 B, 4096 entries
              create map 2 'outer.inner': RINGBUF, key 0 B, value 0 B, 4096 entries
              create map 0 'outer': ARRAY_OF_MAPS, key 4 B, value 4 B, 2 entries, of maps like map 2
              close map 2
              put map 1 into map 0, element 1
            """, plan.toString());
    }

    @Test
    void programsArePutIntoMapsAfterAllAreLoaded() {
        MapSpec calls = MapSpec.builder("calls", MapType.PROG_ARRAY)
                .keySize(4)
                .valueSize(4)
                .maxEntries(3)
                .slots(List.of(new MapSpec.Slot(2, "b"), new MapSpec.Slot(0, "a")))
                .build();
        ObjectSpec.Builder two = object(
                        tracepoint(function("a", Code.of(EXIT))), tracepoint(function("b", Code.of(EXIT))))
                .maps(List.of(calls));
        List<LoadStep> steps = plan(two, KernelFeatures.ALL).steps();
        assertEquals(
                List.of(new LoadStep.PutProgram(0, 2, 1), new LoadStep.PutProgram(0, 0, 0)),
                steps.subList(steps.size() - 2, steps.size()));

        List<MapSpec.Slot> wrong = List.of(new MapSpec.Slot(0, "c"));
        LinkException e = assertThrows(
                LinkException.class,
                () -> plan(two.maps(List.of(calls.toBuilder().slots(wrong).build())), KernelFeatures.ALL));
        assertTrue(e.getMessage().contains("map 'calls' wants 'c' in element 0"), e.getMessage());
    }

    @Test
    void namesAreCutForTheKernelOnly() {
        MapSpec map =
                MapSpec.builder("a_name_of_more_than_15_bytes", MapType.HASH).build();
        LoadStep.CreateMap step = steps(plan(object().maps(List.of(map)), KernelFeatures.ALL), LoadStep.CreateMap.class)
                .getFirst();
        assertEquals("a_name_of_more_", step.kernelName());
        assertEquals(map.name(), step.spec().name());
    }

    @Test
    void anAttachTypeThatIsOptionalIsLeftOutForKernelsThatHaveNone() {
        FunctionSpec main = function("main", Code.of(EXIT));
        ProgramSpec xdp = ProgramSpec.of("main", "xdp", main);
        KernelFeatures old = KernelFeatures.ALL.without(Feature.EXPECTED_ATTACH_TYPE);
        assertEquals(AttachType.XDP, attachType(plan(object(xdp), KernelFeatures.ALL)));
        assertEquals(0, attachType(plan(object(xdp), old)).number());
        ProgramSpec bind = ProgramSpec.of("main", "cgroup/bind4", main);
        assertEquals(AttachType.CGROUP_INET4_BIND, attachType(plan(object(bind), old)), "not optional");
    }

    private static AttachType attachType(LoadPlan plan) {
        return steps(plan, LoadStep.LoadProgram.class)
                .getFirst()
                .linked()
                .spec()
                .attachType();
    }

    @Test
    void planningTwiceGivesEqualPlansAndChangesNothing() {
        LinkedObject linked = link(sample().build());
        LinkedObject same = link(sample().build());
        List<LoadStep> first =
                new ArrayList<>(LoadPlan.of(linked, KernelFeatures.ALL, MACHINE).steps());
        assertEquals(first, LoadPlan.of(linked, KernelFeatures.ALL, MACHINE).steps());
        assertEquals(same.programs(), linked.programs());
        assertEquals(same.maps(), linked.maps());
    }

    @Test
    void aMachineHasPagesAndCpus() {
        assertThrows(IllegalArgumentException.class, () -> new Machine(4095, 1));
        assertThrows(IllegalArgumentException.class, () -> new Machine(0, 1));
        assertThrows(IllegalArgumentException.class, () -> new Machine(4096, 0));
    }
}
