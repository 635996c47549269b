package dev.ebpf4j.kernel;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.ebpf4j.btf.Btf;
import dev.ebpf4j.error.Errno;
import dev.ebpf4j.plan.Feature;
import dev.ebpf4j.plan.KernelFeatures.Support;
import dev.ebpf4j.sys.BpfAttr;
import dev.ebpf4j.sys.BpfAttr.ProgLoad;
import dev.ebpf4j.sys.Sys;
import dev.ebpf4j.sys.Uapi.Cmd;
import dev.ebpf4j.sys.testing.ScriptedSys;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class FeatureProbesTest {
    private final ScriptedSys sys = new ScriptedSys();
    private final FeatureProbes probes = new FeatureProbes(sys, 0, new Memlock(sys), () -> answer(sys.uprobe()));

    /** In place of the symbols' file: one more call that the script may let fail. */
    private static Support answer(long result) {
        return switch ((int) -result) {
            case Errno.EPERM -> Support.UNKNOWN;
            case Errno.EINVAL -> Support.UNSUPPORTED;
            default -> Support.SUPPORTED;
        };
    }

    @ParameterizedTest
    @EnumSource(Feature.class)
    void everyProbeClosesWhatItMadeAndAsksOnce(Feature feature) {
        assertEquals(Support.SUPPORTED, probes.support(feature));
        int asked = sys.count();
        assertEquals(Support.SUPPORTED, probes.support(feature));
        assertEquals(asked, sys.count());
        assertEquals(Set.of(), sys.leaks());
    }

    @ParameterizedTest
    @EnumSource(Feature.class)
    void aRefusalForWantOfARightIsNoAnswerAndNotKept(Feature feature) {
        for (int call = 1; call <= 8; call++) {
            sys.failAt(call, Errno.EPERM);
        }
        assertEquals(Support.UNKNOWN, probes.support(feature));
        while (sys.count() < 8) {
            sys.uprobe();
        }
        assertEquals(Support.SUPPORTED, probes.support(feature));
        assertEquals(Set.of(), sys.leaks());
    }

    @ParameterizedTest
    @EnumSource(Feature.class)
    void whatTheKernelDoesNotKnowIsMissingForGood(Feature feature) {
        for (int call = feature == Feature.LDIMM64_FULL_RANGE_OFF ? 2 : 1; call <= 8; call++) {
            sys.failAt(call, Errno.EINVAL);
        }
        Support expected = feature == Feature.LDIMM64_FULL_RANGE_OFF ? Support.UNKNOWN : Support.UNSUPPORTED;
        assertEquals(expected, probes.support(feature));
        int asked = sys.count();
        if (expected == Support.UNSUPPORTED) {
            assertEquals(Support.UNSUPPORTED, probes.support(feature));
            assertEquals(asked, sys.count());
        }
        assertEquals(Set.of(), sys.leaks());
    }

    private static long refusedWith(MemorySegment attr, String log) {
        byte[] bytes = log.getBytes(UTF_8);
        MemorySegment buffer = Sys.memory(attr.get(JAVA_LONG, ProgLoad.LOG_BUF), attr.get(JAVA_INT, ProgLoad.LOG_SIZE));
        MemorySegment.copy(bytes, 0, buffer, JAVA_BYTE, 0, bytes.length);
        return -Errno.EINVAL;
    }

    @Test
    void aLogThatSaysSomethingElseIsNoAnswer() {
        sys.onBpf(Cmd.BPF_PROG_LOAD, attr -> refusedWith(attr, "something else"));
        assertEquals(Support.UNKNOWN, probes.support(Feature.LDIMM64_FULL_RANGE_OFF));
        sys.onBpf(Cmd.BPF_PROG_LOAD, attr -> refusedWith(attr, "direct value offset of 1073741824 is not allowed"));
        FeatureProbes old = new FeatureProbes(sys, 0, new Memlock(sys), () -> Support.UNKNOWN);
        assertEquals(Support.UNSUPPORTED, old.support(Feature.LDIMM64_FULL_RANGE_OFF));
        sys.onBpf(Cmd.BPF_PROG_LOAD, attr -> refusedWith(attr, "invalid access to map value pointer, off=1073741824"));
        assertEquals(Support.SUPPORTED, probes.support(Feature.LDIMM64_FULL_RANGE_OFF));
    }

    @Test
    void aMapMadeForAProbeIsClosedWhenTheProgramFails() {
        sys.onBpf(Cmd.BPF_PROG_LOAD, attr -> -Errno.EINVAL);
        assertEquals(Support.UNSUPPORTED, probes.support(Feature.GLOBAL_DATA));
        assertEquals(Set.of(), sys.leaks());
    }

    @Test
    void oneRequestAnswersForAllKindsOfTypesAndForWhatCameBeforeThem() {
        for (Feature kind : FeatureProbes.BTF_KINDS) {
            assertEquals(Support.SUPPORTED, probes.support(kind));
        }
        probes.support(Feature.OBJECT_NAMES);
        probes.support(Feature.EXPECTED_ATTACH_TYPE);
        assertEquals(1, sys.count());
    }

    @Test
    void aKernelThatLacksOneKindIsAskedForEach() {
        List<Integer> sizes = new ArrayList<>();
        sys.onBpf(Cmd.BPF_BTF_LOAD, attr -> {
            int size = attr.get(JAVA_INT, BpfAttr.BtfLoad.BTF_SIZE);
            sizes.add(size);
            boolean enums = size == ProbeBtf.ofAll().length || size == ProbeBtf.of(Feature.BTF_ENUM64).length;
            return enums ? -Errno.EINVAL : sys.newFd("btf");
        });
        assertEquals(Support.SUPPORTED, probes.support(Feature.BTF));
        assertEquals(Support.UNSUPPORTED, probes.support(Feature.BTF_ENUM64));
        assertEquals(Support.SUPPORTED, probes.support(Feature.BTF_FUNC));
        assertEquals(4, sizes.size());
    }

    @Test
    void oneMapAnswersForVariablesAndForMapping() {
        probes.support(Feature.GLOBAL_DATA);
        probes.support(Feature.ARRAY_MMAP);
        assertEquals(2, sys.count());
    }

    @Test
    void aTokenGoesAlongWithEveryRequest() {
        List<Integer> tokens = new ArrayList<>();
        sys.onBpf(Cmd.BPF_MAP_CREATE, attr -> {
            tokens.add(attr.get(JAVA_INT, BpfAttr.MapCreate.MAP_TOKEN_FD));
            tokens.add(attr.get(JAVA_INT, BpfAttr.MapCreate.MAP_FLAGS) >>> 16);
            return sys.newFd("map");
        });
        sys.onBpf(Cmd.BPF_PROG_LOAD, attr -> {
            tokens.add(attr.get(JAVA_INT, ProgLoad.PROG_TOKEN_FD));
            tokens.add(attr.get(JAVA_INT, ProgLoad.PROG_FLAGS) >>> 16);
            return sys.newFd("program");
        });
        sys.onBpf(Cmd.BPF_BTF_LOAD, attr -> {
            tokens.add(attr.get(JAVA_INT, BpfAttr.BtfLoad.BTF_TOKEN_FD));
            tokens.add(attr.get(JAVA_INT, BpfAttr.BtfLoad.BTF_FLAGS) >>> 16);
            return sys.newFd("btf");
        });
        FeatureProbes mine = new FeatureProbes(sys, 77, new Memlock(sys), () -> Support.UNKNOWN);
        mine.support(Feature.GLOBAL_DATA);
        mine.support(Feature.BTF);
        assertEquals(List.of(77, 1, 77, 1, 77, 1), tokens);
    }

    @Test
    void theFirstLinksToManyUprobesDoNotCount() {
        sys.onBpf(Cmd.BPF_LINK_CREATE, attr -> -Errno.EBADF);
        assertEquals(Support.UNSUPPORTED, probes.support(Feature.UPROBE_MULTI_LINK));
    }

    @ParameterizedTest
    @EnumSource(
            value = Feature.class,
            names = {"BTF.*", "ARG_CTX_TAG"},
            mode = EnumSource.Mode.MATCH_ANY)
    void theProbesAreValidBtf(Feature feature) {
        Btf.parse(ProbeBtf.of(feature));
        Btf.parse(ProbeBtf.ofAll());
    }
}
