package dev.ebpf4j.kernel;

import dev.ebpf4j.btf.Btf;
import dev.ebpf4j.insn.Code;
import dev.ebpf4j.insn.Slots;
import dev.ebpf4j.link.LinkedObject;
import dev.ebpf4j.link.LinkedProgram;
import dev.ebpf4j.link.LinkedProgram.MapUse;
import dev.ebpf4j.link.LinkedProgram.Poison;
import dev.ebpf4j.plan.Feature;
import dev.ebpf4j.plan.LoadPlan;
import dev.ebpf4j.plan.LoadStep;
import dev.ebpf4j.spec.AttachType;
import dev.ebpf4j.spec.Bytes;
import dev.ebpf4j.spec.FunctionId;
import dev.ebpf4j.spec.FunctionSpec;
import dev.ebpf4j.spec.MapSpec;
import dev.ebpf4j.spec.MapType;
import dev.ebpf4j.spec.ObjectSpec;
import dev.ebpf4j.spec.ProgramSpec;
import dev.ebpf4j.spec.ProgramType;
import java.util.List;

/** Plans made by hand, with every kind of step. */
final class Plans {
    private Plans() {}

    private static final MapSpec DATA = array(".rodata", MapType.ARRAY, 8)
            .contents(Bytes.zeros(8))
            .frozen(true)
            .build();
    private static final MapSpec INNER = array("inner", MapType.ARRAY, 4).build();
    private static final MapSpec OUTER =
            array("outer", MapType.ARRAY_OF_MAPS, 4).inner(INNER).build();
    private static final MapSpec TABLE = array("table", MapType.PROG_ARRAY, 4).build();

    private static MapSpec.Builder array(String name, MapType type, int valueSize) {
        return MapSpec.builder(name, type).keySize(4).valueSize(valueSize).maxEntries(2);
    }

    /** A program of four slots that loads the map in {@code mapSlot}. */
    private static LinkedProgram program(
            String name, ProgramType type, AttachType attachType, String attachTo, int mapSlot) {
        Code code = Code.of(
                Slots.of(Slots.LOAD_IMM64, 1, 1, 0, 0),
                Slots.of(0, 0, 0, 0, 0),
                Slots.of(0xb7, 0, 0, 0, 0),
                Slots.of(0x95, 0, 0, 0, 0));
        FunctionSpec entry = new FunctionSpec(
                new FunctionId(name, 0), name, FunctionSpec.Linkage.GLOBAL, code, List.of(), 0, List.of());
        ProgramSpec spec = ProgramSpec.of(name, type + "/" + attachTo, entry)
                .withType(type, attachType)
                .withAttachTo(attachTo);
        List<Poison> poisons = List.of(new Poison(2, "struct s has no field 'f'", null));
        return new LinkedProgram(
                spec,
                code,
                List.of(),
                List.of(),
                List.of(),
                List.of(new MapUse(0, mapSlot)),
                poisons,
                List.of(),
                LinkedProgram.Target.NONE);
    }

    private static LoadStep.LoadProgram load(int slot, LinkedProgram program) {
        return new LoadStep.LoadProgram(
                slot,
                program.name(),
                program,
                "GPL",
                0,
                true,
                Bytes.zeros(LoadStep.LoadProgram.FUNC_INFO_BYTES),
                Bytes.zeros(2 * LoadStep.LoadProgram.LINE_INFO_BYTES));
    }

    /** Five maps, one of them only for a moment, and three programs. */
    static LoadPlan everything() {
        List<MapSpec> maps = List.of(DATA, INNER, OUTER, TABLE);
        List<LinkedProgram> programs = List.of(
                program("tp", ProgramType.TRACEPOINT, AttachType.of(0), "sched/sched_switch", 0),
                program("raw", ProgramType.RAW_TRACEPOINT, AttachType.of(0), "sched_switch", 1),
                program("btf", ProgramType.TRACING, AttachType.TRACE_RAW_TP, "sched_switch", 2));
        ObjectSpec spec = ObjectSpec.builder("all").maps(maps).build();
        return new LoadPlan(
                new LinkedObject(spec, maps, List.of(), programs),
                5,
                List.of(
                        new LoadStep.LoadBtf(Btf.parse(ProbeBtf.of(Feature.BTF_FUNC)), false),
                        new LoadStep.CreateMap(0, "all.rodata", DATA, LoadStep.NO_SLOT, true),
                        new LoadStep.CreateMap(1, "inner", INNER, LoadStep.NO_SLOT, false),
                        new LoadStep.CreateMap(4, "", INNER, LoadStep.NO_SLOT, false),
                        new LoadStep.CreateMap(2, "outer", OUTER, 4, false),
                        new LoadStep.CloseMap(4),
                        new LoadStep.CreateMap(3, "table", TABLE, LoadStep.NO_SLOT, false),
                        new LoadStep.FillMap(0, Bytes.zeros(8)),
                        new LoadStep.FreezeMap(0),
                        new LoadStep.PutMap(2, 1, 1),
                        load(0, programs.get(0)),
                        load(1, programs.get(1)),
                        load(2, programs.get(2)),
                        new LoadStep.PutProgram(3, 0, 0)));
    }

    /** A plan of one program, which uses one map. */
    static LoadPlan one(ProgramType type) {
        LinkedProgram program = program("only", type, AttachType.of(0), "", 0);
        ObjectSpec spec = ObjectSpec.builder("one").maps(List.of(DATA)).build();
        return new LoadPlan(
                new LinkedObject(spec, List.of(DATA), List.of(), List.of(program)),
                1,
                List.of(new LoadStep.CreateMap(0, "one.rodata", DATA, LoadStep.NO_SLOT, false), load(0, program)));
    }
}
