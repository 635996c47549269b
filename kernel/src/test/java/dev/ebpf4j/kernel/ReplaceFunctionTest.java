package dev.ebpf4j.kernel;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ebpf4j.btf.Btf;
import dev.ebpf4j.btf.BtfBuilder;
import dev.ebpf4j.btf.BtfLinkage;
import dev.ebpf4j.btf.BtfType;
import dev.ebpf4j.error.BpfException;
import dev.ebpf4j.error.Errno;
import dev.ebpf4j.link.LinkedObject;
import dev.ebpf4j.link.LinkedProgram;
import dev.ebpf4j.plan.KernelFeatures;
import dev.ebpf4j.plan.LoadPlan;
import dev.ebpf4j.plan.Machine;
import dev.ebpf4j.spec.ProgramType;
import dev.ebpf4j.sys.BpfAttr;
import dev.ebpf4j.sys.BpfAttr.ProgLoad;
import dev.ebpf4j.sys.Sys;
import dev.ebpf4j.sys.Uapi.Cmd;
import dev.ebpf4j.sys.UapiStruct.BtfInfo;
import dev.ebpf4j.sys.UapiStruct.ProgInfo;
import dev.ebpf4j.sys.testing.ScriptedSys;
import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Programs that replace a function of another program ({@code freplace}). Machines where this was written refuse to load
 * them, so the kernel is a scripted one; a real one is from 5.6 on.
 */
class ReplaceFunctionTest {
    private static final int TARGET = 42;
    private static final int TYPES = 77;

    private static byte[] types() {
        BtfBuilder b = new BtfBuilder(ByteOrder.nativeOrder());
        b.add(new BtfType.FuncProto(0, List.of()));
        b.add(new BtfType.Func("replaced", 1, BtfLinkage.GLOBAL));
        return b.toBytes();
    }

    /** A kernel that has the target, whose types are BTF 77. */
    private static ScriptedSys kernel() {
        ScriptedSys sys = new ScriptedSys();
        List<Integer> btfs = new ArrayList<>();
        sys.onBpf(
                Cmd.BPF_PROG_GET_FD_BY_ID,
                attr -> attr.get(JAVA_INT, BpfAttr.GetId.PROG_ID) == TARGET ? sys.newFd("target") : -Errno.ENOENT);
        sys.onBpf(Cmd.BPF_BTF_GET_FD_BY_ID, attr -> {
            btfs.add(sys.newFd("types"));
            return attr.get(JAVA_INT, BpfAttr.GetId.BTF_ID) == TYPES ? btfs.getLast() : -Errno.ENOENT;
        });
        sys.onBpf(Cmd.BPF_OBJ_GET_INFO_BY_FD, attr -> {
            boolean isBtf = btfs.contains(attr.get(JAVA_INT, BpfAttr.InfoByFd.BPF_FD));
            int size = attr.get(JAVA_INT, BpfAttr.InfoByFd.INFO_LEN);
            MemorySegment info = Sys.memory(attr.get(JAVA_LONG, BpfAttr.InfoByFd.INFO), size);
            if (!isBtf) {
                info.set(JAVA_INT, ProgInfo.BTF_ID, TYPES);
                return 0;
            }
            long bytes = info.get(JAVA_LONG, BtfInfo.BTF);
            if (bytes != 0) {
                MemorySegment.copy(types(), 0, Sys.memory(bytes, types().length), JAVA_BYTE, 0, types().length);
            }
            info.set(JAVA_INT, BtfInfo.BTF_SIZE, types().length);
            return 0;
        });
        return sys;
    }

    @Test
    void theTypesOfALoadedProgramAreRead(@TempDir Path root) {
        ScriptedSys sys = kernel();
        KernelInfo kernel = new KernelInfo(sys, root);
        Btf btf = kernel.linkInputs().programTypes(TARGET).orElseThrow();
        assertEquals(2, btf.find("replaced", BtfType.Func.class).orElseThrow());
        assertEquals(Optional.empty(), kernel.linkInputs().programTypes(TARGET + 1));
        assertEquals(Set.of(), sys.leaks());
    }

    private static LoadPlan plan() {
        LinkedProgram old = Plans.one(ProgramType.EXT).object().programs().getFirst();
        LinkedProgram program = new LinkedProgram(
                old.spec().withAttachTo("replaced").withAttachProgram(TARGET),
                old.code(),
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                new LinkedProgram.Target(2, null, LinkedProgram.Target.NO_MEMBER));
        LinkedObject object =
                new LinkedObject(Plans.one(ProgramType.EXT).object().spec(), List.of(), List.of(), List.of(program));
        return LoadPlan.of(object, KernelFeatures.ALL, new Machine(4096, 2));
    }

    private static LoadedObject run(Sys sys) {
        Privileges root = new Privileges(-1, true, false, false, 0, "");
        return new BpfLoader(sys, new Advice(sys, () -> root), new Memlock(sys)).run(plan());
    }

    @Test
    void theKernelLearnsProgramAndFunction() {
        ScriptedSys sys = kernel();
        List<Integer> seen = new ArrayList<>();
        sys.onBpf(Cmd.BPF_PROG_LOAD, attr -> {
            seen.add(attr.get(JAVA_INT, ProgLoad.ATTACH_PROG_FD));
            seen.add(attr.get(JAVA_INT, ProgLoad.ATTACH_BTF_ID));
            return sys.newFd("program");
        });
        try (LoadedObject object = run(sys)) {
            assertEquals("only", object.program("only").name());
            assertEquals(List.of(3, 2), seen);
            assertEquals(1, sys.leaks().size(), "the target is not held open longer than loading takes");
        }
        assertEquals(Set.of(), sys.leaks());
    }

    @Test
    void aTargetThatIsGoneIsNamed() {
        ScriptedSys sys = kernel();
        sys.onBpf(Cmd.BPF_PROG_GET_FD_BY_ID, attr -> -Errno.ENOENT);
        BpfException e = assertThrows(BpfException.class, () -> run(sys));
        assertTrue(e.getMessage().contains("program with id 42"), e::getMessage);
        assertEquals(Set.of(), sys.leaks());
    }
}
