package dev.ebpf4j.kernel;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ebpf4j.btf.Btf;
import dev.ebpf4j.btf.BtfBuilder;
import dev.ebpf4j.btf.BtfLinkage;
import dev.ebpf4j.btf.BtfType;
import dev.ebpf4j.error.BpfException;
import dev.ebpf4j.error.Errno;
import dev.ebpf4j.insn.Code;
import dev.ebpf4j.insn.Slots;
import dev.ebpf4j.link.LinkedObject;
import dev.ebpf4j.link.LinkedProgram;
import dev.ebpf4j.link.ModuleBtf;
import dev.ebpf4j.plan.LoadPlan;
import dev.ebpf4j.plan.LoadStep;
import dev.ebpf4j.spec.Bytes;
import dev.ebpf4j.spec.ProgramType;
import dev.ebpf4j.sys.BpfAttr;
import dev.ebpf4j.sys.BpfAttr.ProgLoad;
import dev.ebpf4j.sys.Sys;
import dev.ebpf4j.sys.Uapi.Cmd;
import dev.ebpf4j.sys.UapiStruct.BtfInfo;
import dev.ebpf4j.sys.testing.ScriptedSys;
import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/**
 * The types of modules, as a scripted kernel holds them. No kernel of the machines that this was written on has modules:
 * on a real one this takes a kernel from 5.11 on with CONFIG_DEBUG_INFO_BTF_MODULES.
 */
class ModuleBtfsTest {
    private static final Btf KERNEL = kernel();

    private static Btf kernel() {
        BtfBuilder b = new BtfBuilder(ByteOrder.nativeOrder());
        b.add(new BtfType.FuncProto(0, List.of()));
        return b.build();
    }

    private static byte[] module(String function) {
        BtfBuilder b = BtfBuilder.split(KERNEL);
        b.add(new BtfType.Func(function, 1, BtfLinkage.STATIC));
        return b.toBytes();
    }

    /** A BTF that the scripted kernel holds: that of a program has no name. */
    private record Held(String name, boolean ofKernel, Bytes bytes) {}

    private static final Map<Integer, Held> HELD = new TreeMap<>(Map.of(
            1, new Held("vmlinux", true, Bytes.of(KERNEL.toBytes())),
            3, new Held("nf_nat", true, Bytes.of(module("nat"))),
            4, new Held("", false, Bytes.of(KERNEL.toBytes())),
            6, new Held("broken", true, Bytes.of((byte) 1, (byte) 2)),
            9, new Held("xfs", true, Bytes.of(module("xfs")))));

    private static ScriptedSys kernelThatHolds(Map<Integer, Held> held) {
        ScriptedSys sys = new ScriptedSys();
        Map<Integer, Held> open = new TreeMap<>();
        sys.onBpf(Cmd.BPF_BTF_GET_NEXT_ID, attr -> {
            int start = attr.get(JAVA_INT, BpfAttr.GetId.START_ID);
            for (int id : held.keySet()) {
                if (id > start) {
                    attr.set(JAVA_INT, BpfAttr.GetId.NEXT_ID, id);
                    return 0;
                }
            }
            return -Errno.ENOENT;
        });
        sys.onBpf(Cmd.BPF_BTF_GET_FD_BY_ID, attr -> {
            Held found = held.get(attr.get(JAVA_INT, BpfAttr.GetId.BTF_ID));
            if (found == null) {
                return -Errno.ENOENT;
            }
            int fd = sys.newFd("BTF " + found.name());
            open.put(fd, found);
            return fd;
        });
        sys.onBpf(Cmd.BPF_OBJ_GET_INFO_BY_FD, attr -> {
            Held found = open.get(attr.get(JAVA_INT, BpfAttr.InfoByFd.BPF_FD));
            MemorySegment info = Sys.memory(attr.get(JAVA_LONG, BpfAttr.InfoByFd.INFO), BtfInfo.BYTES);
            if (found == null) {
                return -Errno.EINVAL;
            }
            answer(info, found);
            return 0;
        });
        return sys;
    }

    private static void answer(MemorySegment info, Held held) {
        long bytes = info.get(JAVA_LONG, BtfInfo.BTF);
        long name = info.get(JAVA_LONG, BtfInfo.NAME);
        int room = info.get(JAVA_INT, BtfInfo.BTF_SIZE);
        if (bytes != 0) {
            MemorySegment to = Sys.memory(bytes, room);
            MemorySegment.copy(
                    held.bytes().toArray(),
                    0,
                    to,
                    JAVA_BYTE,
                    0,
                    Math.min(room, held.bytes().size()));
        }
        if (name != 0) {
            Sys.memory(name, info.get(JAVA_INT, BtfInfo.NAME_LEN)).setString(0, held.name());
        }
        info.set(JAVA_INT, BtfInfo.BTF_SIZE, held.bytes().size());
        info.set(JAVA_INT, BtfInfo.KERNEL_BTF, held.ofKernel() ? 1 : 0);
    }

    private static ModuleBtfs modules(Sys sys) {
        return new ModuleBtfs(sys, () -> Optional.of(KERNEL));
    }

    @Test
    void listsModulesAndNeitherTheKernelProperNorProgramsTypes() {
        ScriptedSys sys = kernelThatHolds(HELD);
        assertEquals(
                List.of(new ModuleBtf("nf_nat", 3), new ModuleBtf("broken", 6), new ModuleBtf("xfs", 9)),
                modules(sys).list());
        assertEquals(Set.of(), sys.leaks());
    }

    @Test
    @DisplayName("trap cilium j: one module with bad types does not spoil the others")
    void aModuleWithBadTypesHasNone() {
        ScriptedSys sys = kernelThatHolds(HELD);
        ModuleBtfs modules = modules(sys);
        assertEquals(Optional.empty(), modules.types(new ModuleBtf("broken", 6)));
        Btf xfs = modules.types(new ModuleBtf("xfs", 9)).orElseThrow();
        assertEquals(2, xfs.findOwn("xfs", BtfType.Func.class).orElseThrow());
        assertSame(xfs, modules.types(new ModuleBtf("xfs", 9)).orElseThrow(), "read once");
        assertEquals(Optional.empty(), modules.types(new ModuleBtf("gone", 12)));
        assertEquals(Set.of(), sys.leaks());
    }

    @Test
    void whoMayNotAskSeesNoModules() {
        ScriptedSys sys = new ScriptedSys().onBpf(Cmd.BPF_BTF_GET_NEXT_ID, attr -> -Errno.EPERM);
        assertEquals(List.of(), modules(sys).list());
        ScriptedSys says = new ScriptedSys().onBpf(Cmd.BPF_BTF_GET_NEXT_ID, attr -> 0);
        assertEquals(List.of(), modules(says).list(), "an answer that does not move on ends the list");
    }

    /** Slot 0 calls a function of module xfs, slot 1 loads the address of something in nf_nat. */
    private static LoadPlan plan() {
        LoadPlan one = Plans.one(ProgramType.SYSCALL);
        LinkedProgram old = one.object().programs().getFirst();
        ModuleBtf nat = new ModuleBtf("nf_nat", 3);
        ModuleBtf xfs = new ModuleBtf("xfs", 9);
        LinkedProgram program = new LinkedProgram(
                old.spec(),
                Code.of(
                        Slots.of(0x85, 0, 2, 0, 77),
                        Slots.of(Slots.LOAD_IMM64, 1, 3, 0, 78),
                        Slots.of(0, 0, 0, 0, 0),
                        Slots.of(0x95, 0, 0, 0, 0)),
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                List.of(new LinkedProgram.ModuleUse(0, xfs), new LinkedProgram.ModuleUse(1, nat)),
                new LinkedProgram.Target(5, nat, LinkedProgram.Target.NO_MEMBER));
        LoadStep.LoadProgram load = (LoadStep.LoadProgram) one.steps().getLast();
        return new LoadPlan(
                new LinkedObject(one.object().spec(), List.of(), List.of(), List.of(program)),
                0,
                List.of(
                        new LoadStep.OpenModuleBtf(xfs),
                        new LoadStep.OpenModuleBtf(nat),
                        new LoadStep.LoadProgram(
                                0, load.kernelName(), program, "GPL", 0, false, load.funcInfo(), load.lineInfo())));
    }

    @Test
    void aCallNamesItsModuleByItsPlaceInAListOfDescriptors() {
        ScriptedSys sys = kernelThatHolds(HELD);
        List<Integer> seen = new ArrayList<>();
        sys.onBpf(Cmd.BPF_PROG_LOAD, attr -> {
            MemorySegment code = Sys.memory(attr.get(JAVA_LONG, ProgLoad.INSNS), 4 * 8);
            MemorySegment fds = Sys.memory(attr.get(JAVA_LONG, ProgLoad.FD_ARRAY), 3 * 4);
            seen.add(Slots.off(code.getAtIndex(JAVA_LONG, 0)));
            seen.add(fds.getAtIndex(JAVA_INT, 0));
            seen.add(fds.getAtIndex(JAVA_INT, 1));
            seen.add(Slots.imm(code.getAtIndex(JAVA_LONG, 2)));
            seen.add(attr.get(JAVA_INT, ProgLoad.ATTACH_BTF_OBJ_FD));
            seen.add(attr.get(JAVA_INT, ProgLoad.ATTACH_BTF_ID));
            return sys.newFd("program");
        });
        try (LoadedObject object = run(sys)) {
            assertTrue(object.program("only").fd() > 2);
            assertEquals(List.of(1, 0, 3, 4, 4, 5), seen, "xfs is descriptor 3, nf_nat is 4");
            assertEquals(1, sys.leaks().size(), "no module is held open longer than loading takes");
        }
        assertEquals(Set.of(), sys.leaks());
    }

    @Test
    void aModuleThatIsGoneIsNamed() {
        ScriptedSys sys = kernelThatHolds(Map.of(9, HELD.get(9)));
        BpfException e = assertThrows(BpfException.class, () -> run(sys));
        assertTrue(e.getMessage().contains("module nf_nat (BTF 3)"), e::getMessage);
        assertTrue(e.getMessage().contains("link it again"), e::getMessage);
        assertEquals(Set.of(), sys.leaks());
    }

    private static LoadedObject run(Sys sys) {
        Privileges root = new Privileges(-1, true, false, false, 0, "");
        return new BpfLoader(sys, new Advice(sys, () -> root), new Memlock(sys)).run(plan());
    }
}
