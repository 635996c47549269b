package dev.ebpf4j.plan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ebpf4j.btf.Btf;
import dev.ebpf4j.btf.BtfBuilder;
import dev.ebpf4j.btf.BtfLinkage;
import dev.ebpf4j.btf.BtfType;
import dev.ebpf4j.insn.Code;
import dev.ebpf4j.link.LinkedObject;
import dev.ebpf4j.link.LinkedProgram.FunctionStart;
import dev.ebpf4j.link.ObjectLinker;
import dev.ebpf4j.link.TestObjects;
import dev.ebpf4j.spec.FunctionSpec;
import dev.ebpf4j.spec.ObjectSpec;
import dev.ebpf4j.spec.ProgramSpec;
import dev.ebpf4j.spec.Reloc;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** {@code __arg_ctx} on kernels that don't know it: the argument gets the type by whose name they know the context. */
class ContextArgumentsTest {
    private static final int INT = 1;
    private static final int ENTRY = 3;
    private static final int VOID_POINTER = 4;
    private static final int SUBPROGRAM = 6;
    private static final int FIRST_OWN = 8;
    private static final KernelFeatures OLD = KernelFeatures.ALL.without(Feature.ARG_CTX_TAG);

    /** {@code int main(void); int sub(int, void *ctx __arg_ctx)}, and what {@code more} adds before the argument's type. */
    private static Btf btf(BtfLinkage linkage, BtfType... pointee) {
        BtfBuilder b = new BtfBuilder(ByteOrder.nativeOrder());
        b.add(new BtfType.Int("int", 4, BtfType.Int.SIGNED, 0, 32)); // 1
        b.add(new BtfType.FuncProto(INT, List.of())); // 2
        b.add(new BtfType.Func("main", 2, BtfLinkage.GLOBAL)); // 3
        b.add(new BtfType.Ptr(pointee.length == 0 ? 0 : FIRST_OWN)); // 4
        b.add(new BtfType.FuncProto(
                INT, List.of(new BtfType.Param("n", INT), new BtfType.Param("ctx", VOID_POINTER)))); // 5
        b.add(new BtfType.Func("sub", 5, linkage)); // 6
        b.add(new BtfType.DeclTag("arg:ctx", SUBPROGRAM, 1, false)); // 7
        for (BtfType type : pointee) {
            b.add(type); // 8, …
        }
        return b.build();
    }

    private static LinkedObject link(Btf btf, String... sections) {
        FunctionSpec sub = TestObjects.withInfo(TestObjects.function("sub", Code.of(TestObjects.EXIT)), SUBPROGRAM);
        List<ProgramSpec> programs = new ArrayList<>();
        for (String section : sections) {
            FunctionSpec entry = TestObjects.withInfo(
                    TestObjects.function(
                            section,
                            Code.of(TestObjects.CALL, TestObjects.EXIT),
                            new Reloc.SubprogCall(0, TestObjects.id("sub"))),
                    ENTRY);
            programs.add(ProgramSpec.of(section, section, entry));
        }
        ObjectSpec spec = ObjectSpec.builder("test")
                .license("GPL")
                .programs(programs)
                .subprograms(List.of(sub))
                .btf(btf)
                .build();
        return ObjectLinker.link(spec, TestObjects.noKernel());
    }

    private static LoadPlan plan(LinkedObject object, KernelFeatures features) {
        return LoadPlan.of(object, features, new Machine(4096, 2));
    }

    private static Btf loaded(LoadPlan plan) {
        return ((LoadStep.LoadBtf) plan.steps().getFirst()).btf();
    }

    private static int typeOfSub(LoadPlan plan, int program) {
        List<FunctionStart> functions =
                ((LoadStep.LoadProgram) plan.steps().get(1 + program)).linked().functions();
        return functions.getLast().typeId();
    }

    /** The name of the struct that the second argument points to, empty for void. */
    private static String context(Btf btf, int function) {
        BtfType.Func func = (BtfType.Func) btf.type(function);
        assertEquals("sub", func.name());
        assertEquals(BtfLinkage.GLOBAL, func.linkage());
        BtfType.FuncProto proto = (BtfType.FuncProto) btf.type(func.typeId());
        assertEquals(new BtfType.Param("n", INT), proto.params().getFirst());
        assertEquals("ctx", proto.params().getLast().name());
        BtfType.Ptr pointer = (BtfType.Ptr) btf.type(proto.params().getLast().typeId());
        return btf.name(pointer.typeId());
    }

    @Test
    void eachTypeOfProgramGetsACopyOfTheFunctionWithItsContext() {
        LoadPlan plan = plan(link(btf(BtfLinkage.GLOBAL), "xdp", "tc", "kprobe/f", "perf_event", "raw_tp/x"), OLD);
        Btf btf = loaded(plan);
        assertEquals("xdp_md", context(btf, typeOfSub(plan, 0)));
        assertEquals("__sk_buff", context(btf, typeOfSub(plan, 1)));
        assertEquals("bpf_user_pt_regs_t", context(btf, typeOfSub(plan, 2)));
        assertEquals("bpf_perf_event_data", context(btf, typeOfSub(plan, 3)));
        assertEquals("bpf_raw_tracepoint_args", context(btf, typeOfSub(plan, 4)));
        assertEquals("", context(btf, SUBPROGRAM), "the original stays");
        assertTrue(plan.notes().toString().contains("arg:ctx"), plan.notes()::toString);
    }

    @Test
    void nothingChangesWhereItNeedNot() {
        LinkedObject object = link(btf(BtfLinkage.GLOBAL), "xdp");
        assertEquals(SUBPROGRAM, typeOfSub(plan(object, KernelFeatures.ALL), 0), "the kernel knows the tag");
        assertEquals(SUBPROGRAM, typeOfSub(plan(link(btf(BtfLinkage.STATIC), "xdp"), OLD), 0), "static functions");
        assertEquals(SUBPROGRAM, typeOfSub(plan(link(btf(BtfLinkage.GLOBAL), "syscall"), OLD), 0), "no named context");
        Btf right = btf(BtfLinkage.GLOBAL, new BtfType.Struct("xdp_md", 4, List.of()));
        assertEquals(SUBPROGRAM, typeOfSub(plan(link(right, "xdp"), OLD), 0), "the right type already");
        Btf other = btf(BtfLinkage.GLOBAL, new BtfType.Struct("own", 4, List.of()));
        assertEquals(SUBPROGRAM, typeOfSub(plan(link(other, "xdp"), OLD), 0), "a type of the program's own");
        Btf alias = btf(
                BtfLinkage.GLOBAL,
                new BtfType.Const(FIRST_OWN + 1),
                new BtfType.Typedef("bpf_user_pt_regs_t", FIRST_OWN + 2),
                new BtfType.Struct("pt_regs", 4, List.of()));
        assertEquals(SUBPROGRAM, typeOfSub(plan(link(alias, "kprobe/f"), OLD), 0), "the name of its registers");
    }

    @Test
    void otherNamesOfTheSameContextAreReplaced() {
        Btf registers = btf(BtfLinkage.GLOBAL, new BtfType.Struct("pt_regs", 4, List.of()));
        for (String section : List.of("kprobe/f", "perf_event")) {
            LoadPlan plan = plan(link(registers, section), OLD);
            assertTrue(typeOfSub(plan, 0) > SUBPROGRAM, section);
        }
        Btf words = btf(BtfLinkage.GLOBAL, new BtfType.Int("u64", 8, 0, 0, 64));
        assertTrue(typeOfSub(plan(link(words, "raw_tp/x"), OLD), 0) > SUBPROGRAM);
        assertEquals(SUBPROGRAM, typeOfSub(plan(link(words, "xdp"), OLD), 0));
    }
}
