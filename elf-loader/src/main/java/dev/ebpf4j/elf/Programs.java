package dev.ebpf4j.elf;

import dev.ebpf4j.spec.AttachType;
import dev.ebpf4j.spec.FunctionId;
import dev.ebpf4j.spec.FunctionSpec;
import dev.ebpf4j.spec.ProgramSpec;
import dev.ebpf4j.spec.ProgramType;
import dev.ebpf4j.spec.Reloc;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Tells programs from functions that are only called. Programs stand in any section of code but {@code .text}; a static
 * function there is one only if no instruction calls it or takes its address.
 *
 * @param programs all programs in the order of the file
 * @param subprograms all other functions in the order of the file
 * @param names names of the programs by their functions
 */
record Programs(List<ProgramSpec> programs, List<FunctionSpec> subprograms, Map<FunctionId, String> names) {
    static Programs read(FunctionTable functions, FunctionReader reader) {
        List<FunctionSpec> specs = functions.all().stream().map(reader::read).toList();
        Set<FunctionId> used = used(specs);
        Programs result = new Programs(new ArrayList<>(), new ArrayList<>(), new LinkedHashMap<>());
        for (int i = 0; i < specs.size(); i++) {
            FunctionTable.Place place = functions.all().get(i);
            FunctionSpec spec = specs.get(i);
            boolean onlyCalled = !place.symbol().global() && used.contains(spec.id());
            if (FunctionTable.holdsSubprograms(place.section()) || onlyCalled) {
                result.subprograms.add(spec);
            } else {
                result.add(place, spec);
            }
        }
        return result;
    }

    /** Returns the same with the programs of sections {@code 1/2}, which tc calls by number, of the type of the others. */
    Programs withTails(LegacyMaps maps) {
        ProgramSpec model = programs.stream()
                .filter(program -> program.type() != ProgramType.UNSPEC)
                .findFirst()
                .orElse(null);
        ProgramType type = model == null ? ProgramType.SCHED_CLS : model.type();
        AttachType attachType = model == null ? AttachType.of(0) : model.attachType();
        List<ProgramSpec> typed = programs.stream()
                .map(program -> {
                    TailSection tail = TailSection.parse(program.section());
                    return tail == null || !maps.takes(tail) ? program : program.withType(type, attachType);
                })
                .toList();
        return new Programs(typed, subprograms, names);
    }

    /** Returns the name of the program that a symbol stands for, null if it stands for something else. */
    @Nullable
    String at(FunctionTable.@Nullable Place place) {
        return place == null ? null : names.get(place.id());
    }

    private static Set<FunctionId> used(Iterable<FunctionSpec> functions) {
        Set<FunctionId> used = new HashSet<>();
        for (FunctionSpec function : functions) {
            for (Reloc reloc : function.relocs()) {
                switch (reloc) {
                    case Reloc.SubprogCall call -> used.add(call.callee());
                    case Reloc.SubprogAddress address -> used.add(address.callee());
                    case Reloc.MapRef other -> {}
                    case Reloc.DataRef other -> {}
                    case Reloc.CoRe other -> {}
                    case Reloc.Kconfig other -> {}
                    case Reloc.Ksym other -> {}
                    case Reloc.Kfunc other -> {}
                    case Reloc.JumpTable other -> {}
                    case Reloc.Broken other -> {}
                }
            }
        }
        return used;
    }

    /** Adds a program under each of its function's names. */
    private void add(FunctionTable.Place place, FunctionSpec entry) {
        names.put(entry.id(), entry.name());
        for (ElfSymbol symbol : place.symbols()) {
            programs.add(ProgramSpec.of(symbol.name(), place.section().name(), entry));
        }
    }
}
