package dev.ebpf4j.link;

import static dev.ebpf4j.link.TestObjects.EXIT;
import static dev.ebpf4j.link.TestObjects.function;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ebpf4j.btf.Btf;
import dev.ebpf4j.btf.BtfBuilder;
import dev.ebpf4j.btf.BtfLinkage;
import dev.ebpf4j.btf.BtfType;
import dev.ebpf4j.insn.Code;
import dev.ebpf4j.link.LinkedProgram.Target;
import dev.ebpf4j.plan.Feature;
import dev.ebpf4j.plan.KernelFeatures;
import dev.ebpf4j.plan.LoadPlan;
import dev.ebpf4j.plan.LoadStep;
import dev.ebpf4j.plan.Machine;
import dev.ebpf4j.spec.ProgramSpec;
import dev.ebpf4j.spec.ProgramType;
import dev.ebpf4j.spec.SectionName;
import java.nio.ByteOrder;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What each kind of program is verified for. */
class ResolveAttachTargetsTest {
    private static final int FUNC = 3;
    private static final int LSM = 4;
    private static final int ITER = 5;
    private static final int TRACE = 6;
    private static final ModuleBtf MODULE = new ModuleBtf("mod", 8);

    /** A kernel that has everything by the name {@code target}. */
    private static final Btf KERNEL = kernel();

    private static Btf kernel() {
        BtfBuilder b = new BtfBuilder(ByteOrder.nativeOrder());
        b.add(new BtfType.Int("int", 4, BtfType.Int.SIGNED, 0, 32)); // 1
        b.add(new BtfType.FuncProto(1, List.of())); // 2
        b.add(new BtfType.Func("target", 2, BtfLinkage.STATIC));
        b.add(new BtfType.Func("bpf_lsm_target", 2, BtfLinkage.STATIC));
        b.add(new BtfType.Func("bpf_iter_target", 2, BtfLinkage.STATIC));
        b.add(new BtfType.Typedef("btf_trace_target", 1));
        return b.build();
    }

    private static LinkedProgram link(ProgramSpec program, LinkInputs inputs) {
        return TestObjects.linkOne(TestObjects.object(program), inputs);
    }

    private static LinkInputs kernelWithModule() {
        return LinkInputs.of(KERNEL).withModules(() -> List.of(MODULE), module -> Optional.empty());
    }

    private static ProgramSpec program(String section) {
        return ProgramSpec.of("main", section, function("main", Code.of(EXIT)));
    }

    static Collection<SectionName.Rule> rows() {
        return SectionName.rules().values();
    }

    /** The families are libbpf's; which rows need an id stands in its section table. */
    @ParameterizedTest
    @MethodSource("rows")
    @DisplayName("trap 25: each row of the section table is told to the kernel as it is, an attach type of 0 too")
    void everyRowLinksToItsTarget(SectionName.Rule rule) {
        String row = rule.name();
        if (rule.type() == ProgramType.EXT || rule.type() == ProgramType.STRUCT_OPS) {
            assertThrows(LinkException.class, () -> link(program(row + "/target"), kernelWithModule()));
            return;
        }
        boolean named = rule.has(SectionName.Trait.TARGET);
        LinkedProgram linked = link(program(named ? row + "/target" : row), kernelWithModule());
        int expected = !rule.has(SectionName.Trait.ATTACH_BTF_ID)
                ? 0
                : rule.type() == ProgramType.LSM
                        ? LSM
                        : switch (rule.attachType()) {
                            case TRACE_RAW_TP -> TRACE;
                            case TRACE_ITER -> ITER;
                            default -> FUNC;
                        };
        assertEquals(new Target(expected, null, Target.NO_MEMBER), linked.target());
        LoadStep.LoadProgram load = load(linked, KernelFeatures.ALL);
        boolean usdt = row.startsWith("usdt");
        assertEquals(
                usdt ? 48 : rule.attachType().number(),
                load.linked().spec().attachType().number());
        LoadStep.LoadProgram old = load(linked, KernelFeatures.ALL.without(Feature.EXPECTED_ATTACH_TYPE));
        boolean optional = rule.has(SectionName.Trait.OPTIONAL_ATTACH_TYPE);
        assertEquals(
                optional ? 0 : load.linked().spec().attachType().number(),
                old.linked().spec().attachType().number(),
                "on a kernel without the field");
        assertEquals(
                rule.has(SectionName.Trait.SLEEPABLE), (load.linked().spec().flags() & ProgramSpec.SLEEPABLE) != 0);
    }

    @Test
    void thereAreAsManyRowsAsInLibbpf() {
        assertEquals(116, rows().size());
    }

    private static LoadStep.LoadProgram load(LinkedProgram program, KernelFeatures features) {
        LinkedObject object =
                new LinkedObject(TestObjects.object(program.spec()).build(), List.of(), List.of(), List.of(program));
        return (LoadStep.LoadProgram) LoadPlan.of(object, features, new Machine(4096, 2)).steps().stream()
                .filter(LoadStep.LoadProgram.class::isInstance)
                .findFirst()
                .orElseThrow();
    }

    @Test
    @DisplayName("trap cilium i: lsm_cgroup programs get their BTF id")
    void lsmCgroupHasAnId() {
        assertEquals(
                LSM,
                link(program("lsm_cgroup/target"), kernelWithModule()).target().btfId());
    }

    @Test
    void programsForManyFunctionsNameTheirModuleAlone() {
        for (String row : List.of("fentry.multi", "fexit.multi.s", "fsession.multi")) {
            assertEquals(Target.NONE, link(program(row), kernelWithModule()).target());
            assertEquals(
                    Target.NONE,
                    link(program(row + "/tcp_*"), kernelWithModule()).target());
            assertEquals(
                    new Target(0, MODULE, Target.NO_MEMBER),
                    link(program(row + "/mod:x*"), kernelWithModule()).target());
            String missing = assertThrows(
                            LinkException.class, () -> link(program(row + "/none:x*"), kernelWithModule()))
                    .getMessage();
            assertTrue(missing.contains("no module 'none'"), missing);
        }
    }

    /** The program that is replaced: {@code int other(); int main()}. */
    private static LinkInputs kernelWithProgram() {
        BtfBuilder b = new BtfBuilder(ByteOrder.nativeOrder());
        b.add(new BtfType.FuncProto(0, List.of()));
        b.add(new BtfType.Func("other", 1, BtfLinkage.GLOBAL));
        b.add(new BtfType.Func("entry", 1, BtfLinkage.GLOBAL));
        Btf types = b.build();
        return LinkInputs.of(Optional::empty).withProgramTypes(id -> id == 42 ? Optional.of(types) : Optional.empty());
    }

    @Test
    void aReplacementIsFoundInTheTypesOfItsProgram() {
        LinkedProgram linked = link(program("freplace/entry").withAttachProgram(42), kernelWithProgram());
        assertEquals(new Target(3, null, Target.NO_MEMBER), linked.target());
        LinkedObject object =
                new LinkedObject(TestObjects.object(linked.spec()).build(), List.of(), List.of(), List.of(linked));
        LoadPlan plan = LoadPlan.of(object, KernelFeatures.ALL, new Machine(4096, 2));
        assertEquals(new LoadStep.OpenProgram(42), plan.steps().getFirst());
        assertTrue(plan.toString().contains("EXT of type 3 in program 42"), plan::toString);
        LinkedProgram tracing = link(program("fentry/other").withAttachProgram(42), kernelWithProgram());
        assertEquals(2, tracing.target().btfId(), "a program may be traced like the kernel");
    }

    @Test
    void whatIsMissingToReplaceAFunctionIsSaid() {
        assertEquals(
                "program 'main' (section 'freplace/entry') replaces a function of a program that is loaded, and nothing"
                        + " says of which; use withAttachProgram(id)",
                refused(program("freplace/entry")));
        assertTrue(refused(program("freplace").withAttachProgram(42)).contains("names no function of program 42"));
        assertTrue(refused(program("freplace/entry").withAttachProgram(43)).contains("no program 43"));
        assertTrue(refused(program("freplace/entri").withAttachProgram(42)).endsWith("close names: entry"));
    }

    private static String refused(ProgramSpec program) {
        return assertThrows(LinkException.class, () -> link(program, kernelWithProgram()))
                .getMessage();
    }
}
