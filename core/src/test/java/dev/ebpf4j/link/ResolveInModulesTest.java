package dev.ebpf4j.link;

import static dev.ebpf4j.link.TestObjects.CALL;
import static dev.ebpf4j.link.TestObjects.EXIT;
import static dev.ebpf4j.link.TestObjects.MOV;
import static dev.ebpf4j.link.TestObjects.WIDE;
import static dev.ebpf4j.link.TestObjects.WIDE_END;
import static dev.ebpf4j.link.TestObjects.function;
import static dev.ebpf4j.link.TestObjects.object;
import static dev.ebpf4j.link.TestObjects.program;
import static dev.ebpf4j.link.TestObjects.tracepoint;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ebpf4j.btf.Btf;
import dev.ebpf4j.btf.BtfBuilder;
import dev.ebpf4j.btf.BtfLinkage;
import dev.ebpf4j.btf.BtfType;
import dev.ebpf4j.btf.CoReKind;
import dev.ebpf4j.btf.CoReRelo;
import dev.ebpf4j.insn.Code;
import dev.ebpf4j.insn.Slots;
import dev.ebpf4j.link.LinkedProgram.ModuleUse;
import dev.ebpf4j.link.LinkedProgram.Target;
import dev.ebpf4j.plan.KernelFeatures;
import dev.ebpf4j.plan.LoadPlan;
import dev.ebpf4j.plan.LoadStep;
import dev.ebpf4j.plan.Machine;
import dev.ebpf4j.spec.AttachType;
import dev.ebpf4j.spec.ExternSpec;
import dev.ebpf4j.spec.FunctionSpec;
import dev.ebpf4j.spec.ProgramType;
import dev.ebpf4j.spec.Reloc;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Names that only a kernel module has. The kernel: {@code int; int shared(int)}; module {@code net}: the rest. */
class ResolveInModulesTest {
    private static final ModuleBtf NET = new ModuleBtf("net", 7);
    private static final ModuleBtf FS = new ModuleBtf("fs", 9);
    private static final ModuleBtf BAD = new ModuleBtf("bad", 8);

    private static final Btf KERNEL = kernel();
    private static final Btf NET_TYPES = module(NET);
    private static final Btf FS_TYPES = module(FS);

    /** Ids of the modules' types, which follow those of the kernel. */
    private static final int FUNC = 4;

    private static final int VAR = 6;
    private static final int LAST = 7;

    private static Btf kernel() {
        BtfBuilder b = new BtfBuilder(ByteOrder.nativeOrder());
        int i = b.add(new BtfType.Int("int", 4, BtfType.Int.SIGNED, 0, 32)); // 1
        int proto = b.add(new BtfType.FuncProto(i, List.of(new BtfType.Param("x", i)))); // 2
        b.add(new BtfType.Func("shared", proto, BtfLinkage.STATIC)); // 3
        return b.build();
    }

    private static Btf module(ModuleBtf module) {
        BtfBuilder b = BtfBuilder.split(KERNEL);
        b.add(new BtfType.Func("only_" + module.name(), 2, BtfLinkage.STATIC)); // 4
        b.add(new BtfType.Func("shared", 2, BtfLinkage.STATIC)); // 5
        b.add(new BtfType.Var("var_" + module.name(), 1, BtfLinkage.GLOBAL)); // 6
        b.add(new BtfType.Struct("in_" + module.name(), 8, List.of(new BtfType.Member("f", 1, 32, 0)))); // 7
        return b.build();
    }

    private static final Btf LOCAL = local();

    private static Btf local() {
        BtfBuilder b = new BtfBuilder(ByteOrder.nativeOrder());
        b.add(new BtfType.Int("int", 4, BtfType.Int.SIGNED, 0, 32)); // 1
        b.add(new BtfType.FuncProto(1, List.of(new BtfType.Param("", 1)))); // 2
        b.add(new BtfType.Func("f", 2, BtfLinkage.EXTERN)); // 3
        b.add(new BtfType.Struct("in_fs", 8, List.of(new BtfType.Member("f", 1, 0, 0)))); // 4
        return b.build();
    }

    /** The module in the middle has types that can't be used. */
    private static LinkInputs kernelWithModules() {
        Map<ModuleBtf, Btf> types = Map.of(NET, NET_TYPES, FS, FS_TYPES);
        return LinkInputs.of(KERNEL)
                .withModules(() -> List.of(NET, BAD, FS), module -> Optional.ofNullable(types.get(module)));
    }

    private static ExternSpec kfunc(String name) {
        return new ExternSpec(name, ExternSpec.Kind.KFUNC, false, 3, 0);
    }

    private static LinkedProgram link(FunctionSpec entry, ExternSpec... externs) {
        return TestObjects.linkOne(
                object(tracepoint(entry)).externs(List.of(externs)).btf(LOCAL), kernelWithModules());
    }

    @Test
    void aFunctionOfAModuleIsCalledByItsIdAndTheModule() {
        LinkedProgram linked = link(
                function(
                        "main",
                        Code.of(CALL, CALL, CALL, EXIT),
                        new Reloc.Kfunc(0, "only_fs"),
                        new Reloc.Kfunc(1, "shared"),
                        new Reloc.Kfunc(2, "only_net")),
                kfunc("only_fs"),
                kfunc("shared"),
                kfunc("only_net"));
        assertEquals(Slots.of(0x85, 0, 2, 0, FUNC), linked.code().slot(0));
        assertEquals(Slots.of(0x85, 0, 2, 0, 3), linked.code().slot(1), "the kernel proper comes first");
        assertEquals(List.of(new ModuleUse(0, FS), new ModuleUse(2, NET)), linked.moduleUses());
        assertEquals(List.of(FS, NET), linked.modules());
    }

    @Test
    void theAddressOfAModulesSymbolIsItsIdAndTheModule() {
        LinkedProgram linked = link(
                function(
                        "main",
                        Code.of(WIDE, WIDE_END, WIDE, WIDE_END, EXIT),
                        new Reloc.Ksym(0, "var_net"),
                        new Reloc.Ksym(2, "only_fs")),
                new ExternSpec("var_net", ExternSpec.Kind.KSYM, false, 1, 4),
                kfunc("only_fs"));
        assertEquals(Slots.of(0x18, 1, 3, 0, VAR), linked.code().slot(0), "BPF_PSEUDO_BTF_ID");
        assertEquals(Slots.of(0x18, 1, 3, 0, FUNC), linked.code().slot(2), "a function has an address too");
        assertEquals(List.of(new ModuleUse(0, NET), new ModuleUse(2, FS)), linked.moduleUses());
    }

    @Test
    @DisplayName("trap cilium j: a module whose types can't be used is passed over")
    void aStructOfAModuleIsRelocated() {
        CoReRelo relo = new CoReRelo(0, 4, "0:0", CoReKind.FIELD_BYTE_OFFSET);
        LinkedProgram linked = link(function("main", Code.of(MOV, EXIT), new Reloc.CoRe(0, relo)));
        assertEquals(4, TestObjects.imm(linked, 0), "the offset in module fs");
        assertEquals(List.of(), linked.modules(), "nothing to open for a number");
    }

    @Test
    void modulesAreNotAskedForWhatTheKernelProperHas() {
        AtomicInteger asked = new AtomicInteger();
        LinkInputs inputs = LinkInputs.of(KERNEL)
                .withModules(
                        () -> {
                            asked.incrementAndGet();
                            return List.of();
                        },
                        module -> Optional.empty());
        FunctionSpec main = function("main", Code.of(CALL, EXIT), new Reloc.Kfunc(0, "shared"));
        TestObjects.linkOne(
                object(tracepoint(main)).externs(List.of(kfunc("shared"))).btf(LOCAL), inputs);
        assertEquals(0, asked.get());
    }

    private static Target attach(String target) {
        return TestObjects.linkOne(
                        object(program(
                                function("main", Code.of(EXIT)), ProgramType.TRACING, AttachType.TRACE_FENTRY, target)),
                        kernelWithModules())
                .target();
    }

    private static String refused(String target) {
        return assertThrows(LinkException.class, () -> attach(target)).getMessage();
    }

    /** The spellings are libbpf's. */
    @Test
    void aModulesNameBeforeAColonNarrowsTheSearchForATarget() {
        assertEquals(new Target(FUNC, FS, Target.NO_MEMBER), attach("only_fs"));
        assertEquals(new Target(FUNC, FS, Target.NO_MEMBER), attach("fs:only_fs"));
        assertEquals(new Target(3, null, Target.NO_MEMBER), attach("shared"));
        assertEquals(new Target(3, null, Target.NO_MEMBER), attach("vmlinux:shared"));
        assertEquals(new Target(5, NET, Target.NO_MEMBER), attach("net:shared"));
        assertTrue(refused("vmlinux:only_fs").contains("no function 'vmlinux:only_fs'"));
        assertTrue(refused("net:only_fs").contains("no function 'net:only_fs'"));
        assertTrue(refused("bad:only_fs").contains("its modules included"));
    }

    @Test
    void aPlanOpensEachModuleOnceAndFirst() {
        FunctionSpec main = function(
                "main", Code.of(CALL, CALL, EXIT), new Reloc.Kfunc(0, "only_fs"), new Reloc.Kfunc(1, "only_fs"));
        LinkedObject linked = ObjectLinker.link(
                object(tracepoint(main)).externs(List.of(kfunc("only_fs"))).build().toBuilder()
                        .btf(LOCAL)
                        .build(),
                kernelWithModules());
        LoadPlan plan = LoadPlan.of(linked, KernelFeatures.ALL, new Machine(4096, 2));
        assertEquals(
                List.of(new LoadStep.OpenModuleBtf(FS)),
                plan.steps().stream()
                        .filter(LoadStep.OpenModuleBtf.class::isInstance)
                        .toList());
        assertTrue(plan.toString().contains("open BTF 9 of module 'fs'"), plan::toString);
        assertNull(NET_TYPES.find("in_fs", BtfType.Struct.class).isPresent() ? "in_fs" : null);
        assertEquals(LAST + 1, NET_TYPES.typeCount());
    }
}
