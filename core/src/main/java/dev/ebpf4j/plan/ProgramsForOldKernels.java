package dev.ebpf4j.plan;

import dev.ebpf4j.insn.CodeEditor;
import dev.ebpf4j.insn.Helper;
import dev.ebpf4j.insn.Slots;
import dev.ebpf4j.link.LinkedProgram;
import dev.ebpf4j.link.LinkedProgram.MapUse;
import dev.ebpf4j.link.LinkedProgram.Poison;
import dev.ebpf4j.spec.AttachType;
import dev.ebpf4j.spec.MapSpec;
import dev.ebpf4j.spec.ProgramSpec;
import dev.ebpf4j.spec.SectionName;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntPredicate;

/** Rewrites what a kernel does not know in a program into what it does. */
final class ProgramsForOldKernels {
    private static final int CALL = 0x85;

    /** Helper numbers from here on stand for maps that were not created; libbpf's number, so that logs look alike. */
    private static final int MISSING_MAP = 2_001_000_000;

    private final Degradations features;
    private final List<MapSpec> maps;
    private final IntPredicate isPlanned;

    /**
     * @param isPlanned whether the map in a slot is going to be created
     */
    ProgramsForOldKernels(Degradations features, List<MapSpec> maps, IntPredicate isPlanned) {
        this.features = features;
        this.maps = maps;
        this.isPlanned = isPlanned;
    }

    LinkedProgram fit(LinkedProgram program) {
        return withoutMissingMaps(withOldHelpers(withAttachType(withManyUprobes(program))));
    }

    /** All places of a probe are attached by one link where there are such links, and such programs must say so. */
    private LinkedProgram withManyUprobes(LinkedProgram program) {
        ProgramSpec spec = program.spec();
        boolean usdt = spec.section().equals("usdt")
                || spec.section().startsWith("usdt/")
                || spec.section().equals("usdt.s")
                || spec.section().startsWith("usdt.s/");
        if (!usdt
                || spec.attachType().number() != 0
                || features.lacks(Feature.UPROBE_MULTI_LINK, "USDT probes are attached place by place")) {
            return program;
        }
        return program.withSpec(spec.withType(spec.type(), AttachType.TRACE_UPROBE_MULTI));
    }

    /** Some sections name an attach type that kernels without attach types have no field for, and need none. */
    private LinkedProgram withAttachType(LinkedProgram program) {
        ProgramSpec spec = program.spec();
        boolean optional = spec.attachType().number() != 0
                && SectionName.meaning(spec.section())
                        .map(name -> name.rule().has(SectionName.Trait.OPTIONAL_ATTACH_TYPE))
                        .orElse(false);
        return optional && features.lacks(Feature.EXPECTED_ATTACH_TYPE, "programs that can do without are given none")
                ? program.withSpec(spec.withType(spec.type(), AttachType.of(0)))
                : program;
    }

    /** One helper read all memory before there were two. */
    private LinkedProgram withOldHelpers(LinkedProgram program) {
        CodeEditor code = null;
        for (int slot = 0; slot < program.code().size(); slot++) {
            int old = olderHelper(program.code().slot(slot));
            if (old != 0
                    && features.lacks(Feature.PROBE_READ_KERNEL, "programs call bpf_probe_read() in their places")) {
                code = code == null ? program.code().edit() : code;
                code.setImm(slot, old);
            }
        }
        return code == null ? program : program.withCode(code.toCode(), program.mapUses(), program.poisons());
    }

    /** The number of the helper that did the same before; 0 for any other instruction. */
    private static int olderHelper(long slot) {
        if (slot != Slots.of(CALL, 0, 0, 0, Slots.imm(slot))) {
            return 0;
        }
        int helper = Slots.imm(slot);
        if (helper == Helper.PROBE_READ_KERNEL.id() || helper == Helper.PROBE_READ_USER.id()) {
            return Helper.PROBE_READ.id();
        }
        boolean text = helper == Helper.PROBE_READ_KERNEL_STR.id() || helper == Helper.PROBE_READ_USER_STR.id();
        return text ? Helper.PROBE_READ_STR.id() : 0;
    }

    /** A load of a map that is not created may stand in code that is never reached. */
    private LinkedProgram withoutMissingMaps(LinkedProgram program) {
        List<MapUse> uses = new ArrayList<>(program.mapUses());
        if (!uses.removeIf(use -> !isPlanned.test(use.map()))) {
            return program;
        }
        CodeEditor code = program.code().edit();
        List<Poison> poisons = new ArrayList<>(program.poisons());
        for (MapUse use : program.mapUses()) {
            if (!isPlanned.test(use.map())) {
                long call = Slots.of(CALL, 0, 0, 0, MISSING_MAP + use.map());
                code.setSlot(use.slot(), call).setSlot(use.slot() + 1, call);
                poisons.add(new Poison(use.slot(), missing(maps.get(use.map())), null));
            }
        }
        return program.withCode(code.toCode(), uses, poisons);
    }

    private static String missing(MapSpec map) {
        return "map '" + map.name() + "' was not created: this kernel lacks " + Feature.GLOBAL_DATA.words() + " (Linux "
                + Feature.GLOBAL_DATA.since() + ")";
    }
}
