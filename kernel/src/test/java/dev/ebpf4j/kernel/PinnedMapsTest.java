package dev.ebpf4j.kernel;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ebpf4j.error.BpfException;
import dev.ebpf4j.error.Errno;
import dev.ebpf4j.link.LinkedObject;
import dev.ebpf4j.maps.MapMismatchException;
import dev.ebpf4j.plan.LoadPlan;
import dev.ebpf4j.plan.LoadStep;
import dev.ebpf4j.plan.LoadStep.CreateMap;
import dev.ebpf4j.plan.LoadStep.OpenPinned;
import dev.ebpf4j.spec.Bytes;
import dev.ebpf4j.spec.MapSpec;
import dev.ebpf4j.spec.MapType;
import dev.ebpf4j.spec.ObjectSpec;
import dev.ebpf4j.sys.BpfAttr;
import dev.ebpf4j.sys.Sys;
import dev.ebpf4j.sys.Uapi.Cmd;
import dev.ebpf4j.sys.UapiStruct;
import dev.ebpf4j.sys.testing.ScriptedSys;
import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Maps that are pinned, while other processes do the same: what is asked, in which order. */
class PinnedMapsTest {
    private static final MapSpec MAP = MapSpec.builder("shared", MapType.ARRAY)
            .keySize(4)
            .valueSize(8)
            .maxEntries(1)
            .contents(Bytes.zeros(8))
            .build();
    private static final String OPEN = "bpf:" + Cmd.BPF_OBJ_GET;
    private static final String CREATE = "bpf:" + Cmd.BPF_MAP_CREATE;
    private static final String FILL = "bpf:" + Cmd.BPF_MAP_UPDATE_ELEM;
    private static final String PIN = "bpf:" + Cmd.BPF_OBJ_PIN;
    private static final String INFO = "bpf:" + Cmd.BPF_OBJ_GET_INFO_BY_FD;

    private static LoadedObject load(ScriptedSys sys) {
        ObjectSpec spec = ObjectSpec.builder("pins").maps(List.of(MAP)).build();
        LoadPlan plan = new LoadPlan(
                new LinkedObject(spec, List.of(MAP), List.of(), List.of()),
                1,
                List.of(new OpenPinned(
                        0,
                        "/pins/shared",
                        MAP,
                        List.of(
                                new CreateMap(0, "shared", MAP, LoadStep.NO_SLOT, false),
                                new LoadStep.FillMap(0, Bytes.zeros(8))))));
        Privileges root = new Privileges(-1, true, false, false, 0, "");
        return new BpfLoader(sys, new Advice(sys, () -> root), new Memlock(sys)).run(plan);
    }

    /** A kernel that answers to the attempts to open so, and to those to pin. */
    private static ScriptedSys kernel(int pinned, Integer... opened) {
        Deque<Integer> answers = new ArrayDeque<>(List.of(opened));
        ScriptedSys sys = new ScriptedSys();
        sys.onBpf(Cmd.BPF_OBJ_GET, attr -> answers.getFirst() == 0 ? sys.newFd("map") : -answers.removeFirst());
        sys.onBpf(Cmd.BPF_OBJ_PIN, attr -> -pinned);
        sys.onBpf(Cmd.BPF_OBJ_GET_INFO_BY_FD, attr -> {
            MemorySegment info = Sys.memory(attr.get(JAVA_LONG, BpfAttr.InfoByFd.INFO), UapiStruct.MapInfo.BYTES);
            info.set(JAVA_INT, UapiStruct.MapInfo.TYPE, MAP.type().number());
            info.set(JAVA_INT, UapiStruct.MapInfo.KEY_SIZE, MAP.keySize());
            info.set(JAVA_INT, UapiStruct.MapInfo.VALUE_SIZE, MAP.valueSize());
            info.set(JAVA_INT, UapiStruct.MapInfo.MAX_ENTRIES, MAP.maxEntries());
            return 0;
        });
        return sys;
    }

    private static List<String> calls(ScriptedSys sys) {
        return sys.calls().stream()
                .map(ScriptedSys.Call::name)
                .filter(name -> !name.startsWith("statfs"))
                .toList();
    }

    @Test
    void whatIsPinnedIsNeitherCreatedNorFilled() {
        ScriptedSys sys = kernel(0, 0);
        load(sys).close();
        assertEquals(List.of(OPEN, INFO, "close"), calls(sys));
    }

    @Test
    void whatIsNotPinnedIsFilledBeforeOthersCanSeeIt() {
        ScriptedSys sys = kernel(0, Errno.ENOENT);
        load(sys).close();
        assertEquals(List.of(OPEN, CREATE, FILL, PIN, "close"), calls(sys));
    }

    @Test
    void whoIsOvertakenByAnotherProcessUsesItsMap() {
        ScriptedSys sys = kernel(Errno.EEXIST, Errno.ENOENT, 0);
        load(sys).close();
        assertEquals(List.of(OPEN, CREATE, FILL, PIN, "close", OPEN, INFO, "close"), calls(sys));
        assertEquals(Set.of(), sys.leaks());
    }

    @Test
    void thatIsTriedOnce() {
        ScriptedSys sys = kernel(Errno.EEXIST, Errno.ENOENT, Errno.ENOENT);
        BpfException e = assertThrows(BpfException.class, () -> load(sys));
        assertEquals("can't pin map 'shared' at /pins/shared: EEXIST (File exists)", e.getMessage());
        assertEquals(Set.of(), sys.leaks());
    }

    @Test
    void aPinThatCanNotBeOpenedIsNotReplaced() {
        ScriptedSys sys = kernel(0, Errno.EACCES);
        BpfException e = assertThrows(BpfException.class, () -> load(sys));
        assertTrue(e.getMessage().startsWith("can't open map 'shared' pinned at /pins/shared: EACCES"), e::getMessage);
        assertEquals(List.of(OPEN), calls(sys));
    }

    @Test
    void aMapThatDiffersIsClosed() {
        ScriptedSys sys = kernel(0, 0);
        sys.onBpf(Cmd.BPF_OBJ_GET_INFO_BY_FD, attr -> 0);
        assertThrows(MapMismatchException.class, () -> load(sys));
        assertEquals(Set.of(), sys.leaks());
    }
}
