package dev.ebpf4j.kernel;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ebpf4j.attach.StructOps;
import dev.ebpf4j.btf.Btf;
import dev.ebpf4j.error.BpfException;
import dev.ebpf4j.error.Errno;
import dev.ebpf4j.link.LinkedObject;
import dev.ebpf4j.link.LinkedProgram;
import dev.ebpf4j.link.LinkedStructOps;
import dev.ebpf4j.link.ModuleBtf;
import dev.ebpf4j.plan.Feature;
import dev.ebpf4j.plan.LoadPlan;
import dev.ebpf4j.plan.LoadStep;
import dev.ebpf4j.plan.LoadStep.CompleteStructOps;
import dev.ebpf4j.plan.LoadStep.CompleteStructOps.FunctionAt;
import dev.ebpf4j.spec.Bytes;
import dev.ebpf4j.spec.MapSpec;
import dev.ebpf4j.spec.MapType;
import dev.ebpf4j.spec.ProgramType;
import dev.ebpf4j.sys.BpfAttr.LinkCreate;
import dev.ebpf4j.sys.BpfAttr.LinkUpdate;
import dev.ebpf4j.sys.BpfAttr.MapCreate;
import dev.ebpf4j.sys.BpfAttr.MapElem;
import dev.ebpf4j.sys.BpfAttr.ProgLoad;
import dev.ebpf4j.sys.Sys;
import dev.ebpf4j.sys.Uapi.Cmd;
import dev.ebpf4j.sys.testing.ScriptedSys;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Kernel operations of a module in a scripted kernel: what is asked, and what is left after a failure. */
class StructOpsStepsTest {
    private static final ModuleBtf MODULE = new ModuleBtf("tcp_mod", 12);
    private static final int TYPE_ID = 90_001;

    private static MapSpec map(String name, int flags) {
        return MapSpec.builder(name, MapType.STRUCT_OPS)
                .keySize(4)
                .valueSize(24)
                .maxEntries(1)
                .flags(flags)
                .build();
    }

    /** Two maps that a link puts in force and one that writing does; the program is at offset 8 of each. */
    private static LoadPlan plan() {
        LoadPlan one = Plans.one(ProgramType.STRUCT_OPS);
        LinkedProgram old = one.object().programs().getFirst();
        LinkedProgram program = new LinkedProgram(
                old.spec(),
                old.code(),
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                new LinkedProgram.Target(77, MODULE, 5));
        List<MapSpec> maps = List.of(map("a", MapSpec.LINK), map("b", MapSpec.LINK), map("c", 0));
        List<LoadStep> steps = new ArrayList<>();
        steps.add(new LoadStep.LoadBtf(Btf.parse(ProbeBtf.of(Feature.BTF_FUNC)), true));
        steps.add(new LoadStep.OpenModuleBtf(MODULE));
        for (int slot = 0; slot < maps.size(); slot++) {
            LinkedStructOps operations =
                    new LinkedStructOps(slot, TYPE_ID, MODULE, Bytes.zeros(24), List.of(new MapSpec.Slot(8, "only")));
            steps.add(new LoadStep.CreateStructOps(slot, maps.get(slot).name(), maps.get(slot), operations));
        }
        steps.add(new LoadStep.LoadProgram(0, "only", program, "GPL", 0, false, Bytes.EMPTY, Bytes.EMPTY));
        for (int slot = 0; slot < maps.size(); slot++) {
            steps.add(new CompleteStructOps(slot, Bytes.zeros(24), List.of(new FunctionAt(8, 0))));
        }
        return new LoadPlan(
                new LinkedObject(one.object().spec(), maps, List.of(), List.of(program)), maps.size(), steps);
    }

    private static LoadedObject run(Sys sys) {
        Privileges root = new Privileges(-1, true, false, false, 0, "");
        return new BpfLoader(sys, new Advice(sys, () -> root), new Memlock(sys)).run(plan());
    }

    @Test
    void theKernelLearnsTypeModuleAndMember() {
        ScriptedSys sys = new ScriptedSys();
        List<Integer> seen = new ArrayList<>();
        sys.onBpf(Cmd.BPF_MAP_CREATE, attr -> {
            seen.add(attr.get(JAVA_INT, MapCreate.BTF_VMLINUX_VALUE_TYPE_ID));
            seen.add(attr.get(JAVA_INT, MapCreate.BTF_FD));
            seen.add(attr.get(JAVA_INT, MapCreate.VALUE_TYPE_BTF_OBJ_FD));
            seen.add(attr.get(JAVA_INT, MapCreate.BTF_VALUE_TYPE_ID));
            return sys.newFd("map");
        });
        sys.onBpf(Cmd.BPF_PROG_LOAD, attr -> {
            seen.add(attr.get(JAVA_INT, ProgLoad.EXPECTED_ATTACH_TYPE));
            seen.add(attr.get(JAVA_INT, ProgLoad.ATTACH_BTF_ID));
            seen.add(attr.get(JAVA_INT, ProgLoad.ATTACH_BTF_OBJ_FD));
            return sys.newFd("program");
        });
        try (LoadedObject object = run(sys)) {
            assertEquals("only", object.program("only").name());
            assertEquals(List.of(TYPE_ID, 3, 4, 0), seen.subList(0, 4));
            assertEquals(List.of(5, 77, 4), seen.subList(12, 15));
        }
        assertEquals(Set.of(), sys.leaks());
    }

    @Test
    void theValueHoldsTheProgramsDescriptorWhenItIsWritten() {
        ScriptedSys sys = new ScriptedSys();
        List<Long> functions = new ArrayList<>();
        sys.onBpf(Cmd.BPF_MAP_UPDATE_ELEM, attr -> {
            functions.add(Sys.memory(attr.get(JAVA_LONG, MapElem.VALUE), 24).get(JAVA_LONG, 8));
            return 0;
        });
        try (LoadedObject object = run(sys)) {
            assertEquals(List.of(), functions, "nothing is in force before it is attached");
            object.structOps("c").attach().close();
            assertEquals(List.of((long) object.program("only").fd()), functions);
        }
        assertEquals(Set.of(), sys.leaks());
    }

    @Test
    void aLinkOutlivesItsFirstMap() {
        ScriptedSys sys = new ScriptedSys();
        List<Integer> maps = new ArrayList<>();
        sys.onBpf(Cmd.BPF_LINK_CREATE, attr -> {
            maps.add(attr.get(JAVA_INT, LinkCreate.MAP_FD));
            return sys.newFd("link");
        });
        sys.onBpf(Cmd.BPF_LINK_UPDATE, attr -> {
            maps.add(attr.get(JAVA_INT, LinkUpdate.NEW_MAP_FD));
            return maps.size() == 2 ? 0 : -Errno.EINVAL;
        });
        sys.onBpf(Cmd.BPF_MAP_UPDATE_ELEM, attr -> -Errno.EBUSY);
        LoadedObject object = run(sys);
        StructOpsLink link = object.structOps("a").attach();
        link.update(object.structOps("b"));
        assertEquals(List.of(object.map("a").fd(), object.map("b").fd()), maps);
        assertEquals(new StructOps("b"), link.target());
        assertThrows(BpfException.class, () -> link.update(object.structOps("a")));
        assertEquals(object.structOps("b"), link.operations(), "a failure changes nothing");
        assertTrue(link.isOpen());
        BpfException e =
                assertThrows(BpfException.class, () -> object.structOps("c").attach());
        assertTrue(e.getMessage().contains("struct_ops 'c'"), e::getMessage);
        object.close();
        assertFalse(link.isOpen());
        assertEquals(Set.of(), sys.leaks());
    }

    @Test
    void failuresLeaveNothingOpen() {
        ScriptedSys trial = new ScriptedSys();
        exercise(trial);
        for (int call = 1; call <= trial.count(); call++) {
            ScriptedSys sys = new ScriptedSys().failAt(call, Errno.EINVAL);
            try {
                exercise(sys);
            } catch (BpfException e) {
                assertTrue(e.getMessage().startsWith("can't "), e::getMessage);
            } catch (IllegalStateException e) {
                assertEquals(1, e.getSuppressed().length, e::toString);
            }
            assertEquals(Set.of(), sys.leaks(), "after a failure of call " + call);
        }
    }

    private static void exercise(Sys sys) {
        try (LoadedObject object = run(sys)) {
            object.attachAll();
        }
    }

    @Test
    void aProgramIsNoOperationByItself() {
        ScriptedSys sys = new ScriptedSys();
        try (LoadedObject object = run(sys)) {
            IllegalArgumentException e = assertThrows(
                    IllegalArgumentException.class, () -> object.program("only").attach(new StructOps("a")));
            assertTrue(
                    String.valueOf(e.getMessage()).contains("LoadedObject.structOps(\"a\").attach()"), e::getMessage);
        }
    }
}
