package dev.ebpf4j.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.ebpf4j.btf.Btf;
import dev.ebpf4j.error.Errno;
import dev.ebpf4j.plan.Feature;
import dev.ebpf4j.plan.KernelFeatures.Support;
import dev.ebpf4j.sys.Uapi.Cmd;
import dev.ebpf4j.sys.testing.ScriptedSys;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class FeatureProbesTest {
    private final ScriptedSys sys = new ScriptedSys();
    private final FeatureProbes probes = new FeatureProbes(sys);

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
        sys.failAt(1, Errno.EPERM);
        assertEquals(Support.UNKNOWN, probes.support(feature));
        assertEquals(Support.SUPPORTED, probes.support(feature));
    }

    @ParameterizedTest
    @EnumSource(Feature.class)
    void whatTheKernelDoesNotKnowIsMissingForGood(Feature feature) {
        sys.failAt(1, Errno.EINVAL);
        assertEquals(Support.UNSUPPORTED, probes.support(feature));
        assertEquals(Support.UNSUPPORTED, probes.support(feature));
        assertEquals(Set.of(), sys.leaks());
    }

    @Test
    void aMapMadeForAProbeIsClosedWhenTheProgramFails() {
        sys.onBpf(Cmd.BPF_PROG_LOAD, attr -> -Errno.EINVAL);
        assertEquals(Support.UNSUPPORTED, probes.support(Feature.GLOBAL_DATA));
        assertEquals(Set.of(), sys.leaks());
    }

    @ParameterizedTest
    @EnumSource(
            value = Feature.class,
            names = {
                "BTF",
                "BTF_FUNC",
                "BTF_GLOBAL_FUNC",
                "BTF_DATASEC",
                "BTF_QMARK_DATASEC",
                "BTF_FLOAT",
                "BTF_DECL_TAG",
                "BTF_TYPE_TAG",
                "BTF_ENUM64"
            })
    void theProbesAreValidBtf(Feature feature) {
        Btf.parse(ProbeBtf.of(feature));
    }
}
