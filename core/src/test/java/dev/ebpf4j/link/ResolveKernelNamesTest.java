package dev.ebpf4j.link;

import static dev.ebpf4j.link.TestObjects.CALL;
import static dev.ebpf4j.link.TestObjects.EXIT;
import static dev.ebpf4j.link.TestObjects.WIDE;
import static dev.ebpf4j.link.TestObjects.WIDE_END;
import static dev.ebpf4j.link.TestObjects.function;
import static dev.ebpf4j.link.TestObjects.noKernel;
import static dev.ebpf4j.link.TestObjects.object;
import static dev.ebpf4j.link.TestObjects.program;
import static dev.ebpf4j.link.TestObjects.tracepoint;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ebpf4j.btf.Btf;
import dev.ebpf4j.btf.BtfBuilder;
import dev.ebpf4j.btf.BtfLinkage;
import dev.ebpf4j.btf.BtfType;
import dev.ebpf4j.insn.Code;
import dev.ebpf4j.insn.Slots;
import dev.ebpf4j.spec.AttachType;
import dev.ebpf4j.spec.ExternSpec;
import dev.ebpf4j.spec.ProgramType;
import dev.ebpf4j.spec.Reloc;
import java.nio.ByteOrder;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Symbols, kernel functions and attach targets against a small kernel. */
class ResolveKernelNamesTest {
    private static final int INT = 1;

    /** Kernel: {@code int jiffies; int kfun(int); int bpf_lsm_file_open(int); bpf_iter_task; typedef btf_trace_sched_switch}. */
    private static final Btf KERNEL = kernel();

    /** Program: {@code int; struct other; int f(int); void f2(); extern declarations}. */
    private static final Btf LOCAL = local();

    private static Btf kernel() {
        BtfBuilder b = new BtfBuilder(ByteOrder.nativeOrder());
        int i = b.add(new BtfType.Int("int", 4, BtfType.Int.SIGNED, 0, 32)); // 1
        b.add(new BtfType.Var("jiffies", i, BtfLinkage.GLOBAL)); // 2
        int proto = b.add(new BtfType.FuncProto(i, List.of(new BtfType.Param("x", i)))); // 3
        b.add(new BtfType.Func("kfun", proto, BtfLinkage.STATIC)); // 4
        b.add(new BtfType.Func("bpf_lsm_file_open", proto, BtfLinkage.STATIC)); // 5
        b.add(new BtfType.Func("bpf_iter_task", proto, BtfLinkage.STATIC)); // 6
        b.add(new BtfType.Typedef("btf_trace_sched_switch", i)); // 7
        b.add(new BtfType.Typedef("kfun2", i)); // 8
        return b.build();
    }

    private static Btf local() {
        BtfBuilder b = new BtfBuilder(ByteOrder.nativeOrder());
        b.add(new BtfType.Int("int", 4, BtfType.Int.SIGNED, 0, 32)); // 1
        b.add(new BtfType.Struct("other", 4, List.of())); // 2
        b.add(new BtfType.FuncProto(1, List.of(new BtfType.Param("", 1)))); // 3
        b.add(new BtfType.FuncProto(0, List.of())); // 4
        b.add(new BtfType.Func("kfun", 3, BtfLinkage.EXTERN)); // 5
        b.add(new BtfType.Func("kfun", 4, BtfLinkage.EXTERN)); // 6
        b.add(new BtfType.Const(0)); // 7
        return b.build();
    }

    private static final int GOOD_FUNC = 5;
    private static final int BAD_FUNC = 6;
    private static final int CONST_VOID = 7;

    private static LinkedProgram link(LinkInputs kernel, ExternSpec extern, Code code, Reloc reloc) {
        return TestObjects.linkOne(
                object(tracepoint(function("main", code, reloc)))
                        .externs(List.of(extern))
                        .btf(LOCAL),
                kernel);
    }

    private static LinkedProgram ksym(LinkInputs kernel, String name, boolean weak, int type) {
        return link(
                kernel,
                new ExternSpec(name, ExternSpec.Kind.KSYM, weak, type, 0),
                Code.of(WIDE, WIDE_END, EXIT),
                new Reloc.Ksym(0, name));
    }

    private static LinkedProgram kfunc(LinkInputs kernel, String name, boolean weak, int type) {
        return link(
                kernel,
                new ExternSpec(name, ExternSpec.Kind.KFUNC, weak, type, 0),
                Code.of(CALL, EXIT),
                new Reloc.Kfunc(0, name));
    }

    private static String error(Runnable link) {
        return assertThrows(LinkException.class, link::run).getMessage();
    }

    @Test
    void aTypedSymbolIsABtfId() {
        LinkedProgram linked = ksym(LinkInputs.of(KERNEL), "jiffies", false, INT);
        assertEquals(Slots.of(0x18, 1, 3, 0, 2), linked.code().slot(0), "BPF_PSEUDO_BTF_ID");
        assertEquals(0, linked.code().slot(1));
    }

    @Test
    void aSymbolWithoutATypeIsAnAddress() {
        LinkInputs kernel =
                noKernel().withSymbols(name -> name.equals("text") ? List.of(0xffffffff81000010L) : List.of());
        for (int type : new int[] {0, CONST_VOID}) {
            LinkedProgram linked = ksym(kernel, "text", false, type);
            assertEquals(Slots.of(0x18, 1, 0, 0, 0x81000010), linked.code().slot(0));
            assertEquals(Slots.of(0, 0, 0, 0, -1), linked.code().slot(1));
        }
        assertTrue(error(() -> ksym(kernel, "gone", false, 0)).contains("no symbol 'gone'"));
        assertEquals(0, Slots.imm(ksym(kernel, "gone", true, 0).code().slot(0)));
        LinkInputs twice = noKernel().withSymbols(name -> List.of(1L, 2L));
        assertTrue(error(() -> ksym(twice, "text", false, 0)).contains("2 addresses"));
    }

    @Test
    void aMissingTypedSymbolIsZeroIfWeakAndElseAnErrorWithCloseNames() {
        LinkedProgram weak = ksym(LinkInputs.of(KERNEL), "jiffie", true, INT);
        assertEquals(Slots.of(0x18, 1, 0, 0, 0), weak.code().slot(0));
        String message = error(() -> ksym(LinkInputs.of(KERNEL), "jiffie", false, INT));
        assertTrue(message.contains("no variable 'jiffie'"), message);
        assertTrue(message.contains("close names: jiffies"), message);
        assertTrue(error(() -> ksym(LinkInputs.of(KERNEL), "jiffies", true, 2)).contains("type"), "even if weak");
    }

    @Test
    void aTypedSymbolNeedsTheKernelsBtf() {
        assertTrue(error(() -> ksym(noKernel(), "jiffies", false, INT)).contains("CONFIG_DEBUG_INFO_BTF"));
        assertEquals(0, Slots.imm(ksym(noKernel(), "jiffies", true, INT).code().slot(0)));
    }

    @Test
    @DisplayName("trap 28: the flavour is no part of a kernel function's name")
    void aKernelFunctionIsCalledByItsBtfId() {
        LinkedProgram linked = kfunc(LinkInputs.of(KERNEL), "kfun", false, GOOD_FUNC);
        assertEquals(Slots.of(0x85, 0, 2, 0, 4), linked.code().slot(0), "BPF_PSEUDO_KFUNC_CALL");
        LinkedProgram flavour = kfunc(LinkInputs.of(KERNEL), "kfun___old", false, GOOD_FUNC);
        assertEquals(4, Slots.imm(flavour.code().slot(0)), "the flavour is no part of the name");
    }

    @Test
    void theAddressOfAKernelFunctionIsItsBtfIdToo() {
        LinkedProgram linked = link(
                LinkInputs.of(KERNEL),
                new ExternSpec("kfun", ExternSpec.Kind.KFUNC, true, GOOD_FUNC, 0),
                Code.of(WIDE, WIDE_END, EXIT),
                new Reloc.Ksym(0, "kfun"));
        assertEquals(Slots.of(0x18, 1, 3, 0, 4), linked.code().slot(0));
    }

    @Test
    void aWeakKernelFunctionThatIsMissingIsPoison() {
        for (LinkedProgram linked : List.of(
                kfunc(LinkInputs.of(KERNEL), "kfuns", true, GOOD_FUNC),
                kfunc(LinkInputs.of(KERNEL), "kfun", true, BAD_FUNC))) {
            assertEquals(Slots.of(0x85, 0, 0, 0, 2_002_000_000), linked.code().slot(0));
            assertTrue(linked.poisons().getFirst().reason().contains("no function"));
        }
    }

    @Test
    void aKernelFunctionThatIsMissingOrAnotherIsAnError() {
        String missing = error(() -> kfunc(LinkInputs.of(KERNEL), "kfuns", false, GOOD_FUNC));
        assertTrue(missing.contains("this kernel has no function 'kfuns'"), missing);
        assertTrue(missing.contains("close names: kfun"), missing);
        assertTrue(error(() -> kfunc(LinkInputs.of(KERNEL), "kfun", false, BAD_FUNC))
                .contains("prototype"));
        assertTrue(error(() -> kfunc(LinkInputs.of(KERNEL), "kfun2", false, GOOD_FUNC))
                .contains("no function 'kfun2'"));
    }

    private static int attach(ProgramType type, AttachType attachType, String target) {
        return TestObjects.linkOne(
                        object(program(function("main", Code.of(EXIT)), type, attachType, target)),
                        LinkInputs.of(KERNEL))
                .target()
                .btfId();
    }

    @Test
    void attachTargetsAreFoundByTheNamesThatTheKernelGivesThem() {
        assertEquals(7, attach(ProgramType.TRACING, AttachType.TRACE_RAW_TP, "sched_switch"));
        assertEquals(4, attach(ProgramType.TRACING, AttachType.TRACE_FENTRY, "kfun"));
        assertEquals(4, attach(ProgramType.TRACING, AttachType.TRACE_FEXIT, "kfun"));
        assertEquals(4, attach(ProgramType.TRACING, AttachType.MODIFY_RETURN, "kfun"));
        assertEquals(5, attach(ProgramType.LSM, AttachType.LSM_MAC, "file_open"));
        assertEquals(5, attach(ProgramType.LSM, AttachType.LSM_CGROUP, "file_open"));
        assertEquals(6, attach(ProgramType.TRACING, AttachType.TRACE_ITER, "task"));
        assertEquals(0, attach(ProgramType.KPROBE, AttachType.of(0), "kfun"));
        assertEquals(0, attach(ProgramType.TRACING, AttachType.TRACE_FENTRY_MULTI, "kf*"));
    }

    @Test
    void attachTargetsThatAreMissingAreNamedWithCloseOnes() {
        String message = error(() -> attach(ProgramType.TRACING, AttachType.TRACE_RAW_TP, "sched_swich"));
        assertEquals("program 'main': this kernel has no tracepoint 'sched_swich'; close names: sched_switch", message);
        assertTrue(error(() -> attach(ProgramType.LSM, AttachType.LSM_MAC, "file_opn"))
                .endsWith("file_open"));
        assertTrue(error(() -> attach(ProgramType.TRACING, AttachType.TRACE_FENTRY, "kfun2"))
                .contains("kfun"));
        assertTrue(error(() -> attach(ProgramType.TRACING, AttachType.TRACE_FENTRY, ""))
                .contains("withAttachTo"));
        assertTrue(error(() -> attach(ProgramType.EXT, AttachType.of(0), "f")).contains("withAttachProgram(id)"));
    }

    @Test
    void attachingByTypeNeedsTheKernelsBtf() {
        String message = error(() -> TestObjects.linkOne(
                object(program(function("main", Code.of(EXIT)), ProgramType.TRACING, AttachType.TRACE_FENTRY, "kfun")),
                noKernel()));
        assertTrue(message.contains("program 'main'") && message.contains("CONFIG_DEBUG_INFO_BTF"), message);
    }
}
