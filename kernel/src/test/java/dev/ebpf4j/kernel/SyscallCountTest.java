package dev.ebpf4j.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ebpf4j.btf.BtfBuilder;
import dev.ebpf4j.btf.BtfLinkage;
import dev.ebpf4j.btf.BtfType;
import dev.ebpf4j.insn.Code;
import dev.ebpf4j.insn.Slots;
import dev.ebpf4j.link.LinkInputs;
import dev.ebpf4j.link.ObjectLinker;
import dev.ebpf4j.plan.LoadPlan;
import dev.ebpf4j.plan.Machine;
import dev.ebpf4j.spec.Bytes;
import dev.ebpf4j.spec.FunctionId;
import dev.ebpf4j.spec.FunctionSpec;
import dev.ebpf4j.spec.MapSpec;
import dev.ebpf4j.spec.MapType;
import dev.ebpf4j.spec.ObjectSpec;
import dev.ebpf4j.spec.ProgramSpec;
import dev.ebpf4j.spec.Reloc;
import dev.ebpf4j.sys.testing.ScriptedSys;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How often the first object asks the kernel. libbpf 1.8 makes 5 calls for the first of these, and 54 for the last. */
class SyscallCountTest {
    private static final Code RETURN_ZERO = Code.of(Slots.of(0xb7, 0, 0, 0, 0), Slots.of(0x95, 0, 0, 0, 0));

    @TempDir
    private Path root;

    private final ScriptedSys sys = new ScriptedSys();

    private long calls(ObjectSpec spec) {
        KernelInfo kernel = new KernelInfo(sys, root);
        load(kernel, spec);
        return bpf();
    }

    private void load(KernelInfo kernel, ObjectSpec spec) {
        LoadPlan plan = LoadPlan.of(
                ObjectLinker.link(spec, LinkInputs.of(Optional::empty)), kernel.features(), new Machine(4096, 2));
        new BpfLoader(sys, Advice.of(sys), kernel.memlock()).run(plan).close();
        assertEquals(Set.of(), sys.leaks());
    }

    private long bpf() {
        return sys.calls().stream()
                .filter(call -> call.name().startsWith("bpf"))
                .count();
    }

    private static ObjectSpec.Builder object(Code code, Reloc... relocs) {
        FunctionSpec entry = new FunctionSpec(
                new FunctionId("socket", 0), "main", FunctionSpec.Linkage.GLOBAL, code, List.of(relocs), 0, List.of());
        return ObjectSpec.builder("counted").license("GPL").programs(List.of(ProgramSpec.of("main", "socket", entry)));
    }

    private static MapSpec section(String name, boolean constant) {
        return MapSpec.builder(name, MapType.ARRAY)
                .keySize(4)
                .valueSize(4)
                .maxEntries(1)
                .flags(constant ? MapSpec.MMAPABLE | MapSpec.RDONLY_PROG : MapSpec.MMAPABLE)
                .contents(Bytes.zeros(4))
                .frozen(constant)
                .build();
    }

    private static BtfBuilder types() {
        BtfBuilder types = new BtfBuilder(ByteOrder.nativeOrder());
        int number = types.add(new BtfType.Int("int", 4, BtfType.Int.SIGNED, 0, 32));
        int proto = types.add(new BtfType.FuncProto(number, List.of(new BtfType.Param("skb", number))));
        types.add(new BtfType.Func("main", proto, BtfLinkage.GLOBAL));
        for (String name : List.of(".rodata", ".data", ".bss")) {
            int variable = types.add(new BtfType.Var("in" + name.replace('.', '_'), number, BtfLinkage.GLOBAL));
            types.add(new BtfType.DataSec(name, 4, List.of(new BtfType.SecInfo(variable, 0, 4))));
        }
        return types;
    }

    @Test
    void aProgramAloneCostsTwo() {
        assertEquals(2, calls(object(RETURN_ZERO).build()));
    }

    @Test
    void aProgramWithTypesCostsThree() {
        assertEquals(3, calls(object(RETURN_ZERO).btf(types().build()).build()));
    }

    @Test
    void sevenMapsCostOneCallEachAndFewMore() {
        List<MapSpec> maps =
                new ArrayList<>(List.of(section(".rodata", true), section(".data", false), section(".bss", false)));
        for (int i = 0; i < 4; i++) {
            maps.add(MapSpec.builder("hash" + i, MapType.HASH)
                    .keySize(4)
                    .valueSize(8)
                    .maxEntries(8)
                    .build());
        }
        ObjectSpec spec = object(RETURN_ZERO).maps(maps).btf(types().build()).build();
        long calls = calls(spec);
        // probes: types 1, variables 2, binding 1; types 1, maps 7, filled 3, frozen 1, program 1, bound 1
        assertEquals(18, calls);
        assertTrue(calls <= 54 / 2, "far below libbpf");
    }

    @Test
    void theNextObjectAsksForNothingMore() {
        KernelInfo kernel = new KernelInfo(sys, root);
        ObjectSpec spec = object(RETURN_ZERO)
                .maps(List.of(section(".rodata", true)))
                .btf(types().build())
                .build();
        load(kernel, spec);
        long first = bpf();
        load(kernel, spec);
        assertEquals(6, bpf() - first, "types, map, contents, freeze, program, binding");
    }
}
