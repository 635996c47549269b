package dev.ebpf4j.test;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ebpf4j.attach.RawTracepoint;
import dev.ebpf4j.attach.Tracepoint;
import dev.ebpf4j.error.BpfException;
import dev.ebpf4j.error.VerifierException;
import dev.ebpf4j.insn.AluOp;
import dev.ebpf4j.insn.Assembler;
import dev.ebpf4j.insn.JumpOp;
import dev.ebpf4j.insn.Label;
import dev.ebpf4j.insn.Reg;
import dev.ebpf4j.kernel.BpfLoader;
import dev.ebpf4j.kernel.LoadedObject;
import dev.ebpf4j.link.LinkException;
import dev.ebpf4j.spec.AttachType;
import dev.ebpf4j.spec.MapSpec;
import dev.ebpf4j.spec.MapType;
import dev.ebpf4j.spec.ObjectSpec;
import dev.ebpf4j.spec.ProgramType;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What the real kernel refuses: the verifier's reasons, and that nothing is left of what was made before the refusal. */
@RequiresBpf
@ExtendWith(LeakCheck.class)
class RejectionTest {
    private static final ObjectSpec UNCHECKED = Objects.object(
            List.of(Objects.EVENTS, Objects.COUNTS),
            Objects.rawTracepoint("good", Objects.sendPid()),
            Objects.rawTracepoint("bad", Objects.lookUp(false)));

    @Test
    void aMissingNullCheck() {
        VerifierException e = Verdicts.assertRejected(UNCHECKED, "R0 invalid mem access 'map_value_or_null'");
        assertEquals("bad", e.program());
        assertEquals("r1 = *(u64 *)(r0 +0)", e.log().last().orElseThrow().code());
        assertTrue(e.log().lastRegisters().getOrDefault("R0", "").startsWith("map_value_or_null"));
        String[] lines = e.getMessage().split("\n", -1);
        assertTrue(lines[0].startsWith("the verifier rejected program 'bad': EACCES"), lines[0]);
        assertTrue(e.getMessage().contains("hint: the pointer may be NULL here"), e::getMessage);
    }

    @Test
    void anUnreadableRegister() {
        ObjectSpec object = Objects.object(
                List.of(), Objects.rawTracepoint("bad", new Assembler().exit().assemble()));
        Verdicts.assertRejected(object, "R0 !read_ok");
    }

    @Test
    void anEndlessLoop() {
        Label again = new Label("again");
        ObjectSpec object = Objects.object(
                List.of(),
                Objects.rawTracepoint(
                        "bad",
                        new Assembler()
                                .mov(Reg.R0, 0)
                                .bind(again)
                                .goTo(again)
                                .exit()
                                .assemble()));
        VerifierException e = assertThrows(VerifierException.class, () -> BpfLoader.load(object));
        assertTrue(!e.log().reason().isEmpty(), e::getMessage);
    }

    /** A log of many megabytes: the reason stands at its end. */
    @Test
    void aProgramThatIsTooComplex() {
        Label again = new Label("again");
        ObjectSpec object = Objects.object(
                List.of(),
                Objects.rawTracepoint(
                        "bad",
                        new Assembler()
                                .mov(Reg.R0, 0)
                                .bind(again)
                                .alu(AluOp.ADD, Reg.R0, 1)
                                .jump(JumpOp.JNE, Reg.R0, 2_000_000_000, again)
                                .exit()
                                .assemble()));
        VerifierException e = Verdicts.assertRejected(object, "BPF program is too large");
        assertTrue(e.getMessage().contains("hint: too many paths"), e::getMessage);
        assertTrue(e.log().stats().orElseThrow().instructions() > 1_000_000);
    }

    @Test
    void aVerdictThatIsNotTheExpectedOneFails() {
        assertThrows(AssertionError.class, () -> Verdicts.assertRejected(UNCHECKED, "something else"));
        assertThrows(AssertionError.class, () -> Verdicts.assertLoads(UNCHECKED));
        ObjectSpec good = Objects.object(List.of(Objects.EVENTS), Objects.rawTracepoint("p", Objects.sendPid()));
        assertThrows(AssertionError.class, () -> Verdicts.assertRejected(good, ""));
    }

    /** Acceptance 6 of the first issue. */
    @Test
    void twoHundredFailuresLeaveNothing() {
        KernelResources before = KernelResources.now();
        MapSpec wrong = MapSpec.builder("wrong", MapType.HASH)
                .keySize(0)
                .valueSize(8)
                .maxEntries(1)
                .build();
        ObjectSpec badMap =
                Objects.object(List.of(Objects.EVENTS, wrong), Objects.rawTracepoint("p", Objects.sendPid()));
        ObjectSpec missingMap = Objects.object(List.of(), Objects.rawTracepoint("p", Objects.sendPid()));
        ObjectSpec good = Objects.object(List.of(Objects.EVENTS), Objects.rawTracepoint("p", Objects.sendPid()));
        for (int round = 0; round < 50; round++) {
            assertThrows(VerifierException.class, () -> BpfLoader.load(UNCHECKED));
            assertThrows(BpfException.class, () -> BpfLoader.load(badMap));
            assertThrows(LinkException.class, () -> BpfLoader.load(missingMap));
            try (LoadedObject object = BpfLoader.load(good)) {
                assertThrows(
                        BpfException.class, () -> object.program("p").attach(new RawTracepoint("no_such_tracepoint")));
            }
            assertEquals(List.of(), KernelResources.now().since(before), "after round " + round);
        }
    }

    @Test
    void aLeakIsSeen() {
        KernelResources before = KernelResources.now();
        ObjectSpec good = Objects.object(
                List.of(Objects.EVENTS),
                Objects.program("p", ProgramType.TRACEPOINT, AttachType.of(0), "", Objects.sendPid()));
        try (LoadedObject object = BpfLoader.load(good)) {
            object.program("p").attach(new Tracepoint("sched", "sched_process_exec"));
            List<String> open = KernelResources.now().since(before);
            for (String kind : List.of("bpf-map map_id:", "bpf-prog prog_id:", "bpf_link link_id:", "[perf_event]")) {
                assertTrue(open.stream().anyMatch(entry -> entry.contains(kind)), kind + " in " + open);
            }
        }
        assertEquals(List.of(), KernelResources.now().since(before));
    }
}
