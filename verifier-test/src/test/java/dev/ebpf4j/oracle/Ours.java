package dev.ebpf4j.oracle;

import dev.ebpf4j.kernel.BpfLoader;
import dev.ebpf4j.kernel.KernelInfo;
import dev.ebpf4j.kernel.LoadedObject;
import dev.ebpf4j.kernel.ProgramInfo;
import dev.ebpf4j.link.LinkInputs;
import dev.ebpf4j.link.LinkedProgram;
import dev.ebpf4j.link.ObjectLinker;
import dev.ebpf4j.maps.BpfMap;
import dev.ebpf4j.oracle.ObjectDump.ProgramDump;
import dev.ebpf4j.plan.LoadPlan;
import dev.ebpf4j.plan.LoadStep;
import dev.ebpf4j.spec.ObjectSpec;
import java.nio.ByteOrder;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** What ebpf4j makes of an object, in the words of {@link ObjectDump}. */
public final class Ours {
    private Ours() {}

    /** Loads all programs together. */
    public static ObjectDump load(ObjectSpec spec) {
        LoadPlan plan = plan(spec);
        Map<String, ProgramDump> programs = new LinkedHashMap<>();
        try (LoadedObject loaded = BpfLoader.load(plan)) {
            for (ProgramDump linked : programs(plan).values()) {
                ProgramInfo info = loaded.program(linked.name()).info();
                programs.put(
                        linked.name(),
                        new ProgramDump(
                                linked.name(), 0, info.tag(), info.xlatedLength(), linked.code(), linked.uses()));
            }
            SortedSet<String> maps =
                    loaded.maps().stream().map(Ours::map).collect(Collectors.toCollection(TreeSet::new));
            return new ObjectDump(maps, programs);
        }
    }

    /** What would be loaded. */
    public static LoadPlan plan(ObjectSpec spec) {
        return plan(spec, KernelInfo.detect().linkInputs());
    }

    /** What would be loaded, linked by other facts than this kernel's. */
    public static LoadPlan plan(ObjectSpec spec, LinkInputs inputs) {
        KernelInfo kernel = KernelInfo.detect();
        return LoadPlan.of(ObjectLinker.link(spec, inputs), kernel.features(), kernel.machine());
    }

    /** The programs of a plan, with the instructions that it will load. */
    public static Map<String, ProgramDump> programs(LoadPlan plan) {
        Map<Integer, String> maps = new TreeMap<>();
        Map<String, ProgramDump> programs = new LinkedHashMap<>();
        for (LoadStep step : plan.steps()) {
            if (step instanceof LoadStep.CreateMap map) {
                maps.put(map.map(), map.kernelName());
            } else if (step instanceof LoadStep.LoadProgram load) {
                programs.put(load.linked().name(), program(load.linked(), maps));
            }
        }
        return programs;
    }

    private static ProgramDump program(LinkedProgram linked, Map<Integer, String> maps) {
        String code = HexFormat.of().formatHex(linked.code().toBytes(ByteOrder.nativeOrder()));
        String uses = linked.mapUses().stream()
                .map(use -> use.slot() + "=" + maps.get(use.map()))
                .collect(Collectors.joining(" "));
        return new ProgramDump(linked.name(), -1, "-", 0, code, uses);
    }

    private static String map(BpfMap map) {
        return map.info().name() + " " + map.type().number() + " " + map.keySize() + " " + map.valueSize() + " "
                + map.maxEntries() + " " + map.flags();
    }
}
