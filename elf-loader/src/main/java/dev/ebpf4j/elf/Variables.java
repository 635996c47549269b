package dev.ebpf4j.elf;

import dev.ebpf4j.btf.Btf;
import dev.ebpf4j.btf.BtfLinkage;
import dev.ebpf4j.btf.BtfType.DataSec;
import dev.ebpf4j.btf.BtfType.SecInfo;
import dev.ebpf4j.btf.BtfType.Var;
import dev.ebpf4j.spec.VariableSpec;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Collects global variables and gives them names of their own. A global variable keeps its name. So does a static one if no
 * other has it; else it takes that of its symbol, {@code function.variable} from clang; and if that is taken too,
 * {@code variable@section+offset}.
 */
final class Variables {
    private record Place(int section, long offset) {}

    private record Found(VariableSpec variable, boolean global, Place place) {}

    private final Map<Integer, List<ElfSymbol>> symbols = new HashMap<>();
    private final Map<Place, String> localNames = new HashMap<>();
    private final List<Found> found = new ArrayList<>();

    Variables(ElfFile file) {
        for (ElfSymbol symbol : file.symbols()) {
            if (symbol.type() == ElfSymbol.OBJECT) {
                symbols.computeIfAbsent(symbol.section(), key -> new ArrayList<>())
                        .add(symbol);
                localNames.putIfAbsent(new Place(symbol.section(), symbol.value()), symbol.name());
            }
        }
    }

    /** Adds the variables of a section, which a map of this name holds: those of its types, or else its symbols. */
    void add(ElfSection section, String map, @Nullable Btf btf, @Nullable DataSec type) {
        if (btf == null || type == null) {
            addSymbols(section, map);
        } else {
            addTyped(section, map, btf, type);
        }
    }

    private void addTyped(ElfSection section, String map, Btf btf, DataSec type) {
        for (SecInfo info : type.vars()) {
            if (btf.type(info.typeId()) instanceof Var variable && variable.linkage() != BtfLinkage.EXTERN) {
                VariableSpec spec =
                        new VariableSpec(variable.name(), map, info.offset(), info.size(), variable.typeId());
                add(section, spec, variable.linkage() == BtfLinkage.GLOBAL);
            }
        }
    }

    private void addSymbols(ElfSection section, String map) {
        for (ElfSymbol symbol : symbols.getOrDefault(section.index(), List.of())) {
            VariableSpec spec = new VariableSpec(symbol.name(), map, (int) symbol.value(), (int) symbol.size(), 0);
            add(section, spec, symbol.global());
        }
    }

    private void add(ElfSection section, VariableSpec variable, boolean global) {
        long offset = Integer.toUnsignedLong(variable.offset());
        long size = Integer.toUnsignedLong(variable.size());
        if (size > section.size() || offset > section.size() - size) {
            throw section.error(
                    offset,
                    "variable '" + variable.name() + "' of " + size + " bytes",
                    "one inside its " + section.size() + " bytes");
        }
        found.add(new Found(variable, global, new Place(section.index(), offset)));
    }

    /** Returns all variables by section and offset, under names of their own. */
    List<VariableSpec> named() {
        found.sort(Comparator.comparingInt((Found each) -> each.place().section())
                .thenComparingLong(each -> each.place().offset()));
        Map<String, Integer> uses = new HashMap<>();
        found.forEach(each -> uses.merge(each.variable().name(), 1, Integer::sum));
        Set<String> taken = new HashSet<>();
        found.stream()
                .filter(Found::global)
                .forEach(each -> taken.add(each.variable().name()));
        List<VariableSpec> named = new ArrayList<>();
        for (Found each : found) {
            boolean keeps = each.global() || uses.getOrDefault(each.variable().name(), 0) == 1;
            named.add(keeps ? each.variable() : rename(each, taken));
        }
        return named;
    }

    private VariableSpec rename(Found each, Set<String> taken) {
        VariableSpec old = each.variable();
        String symbol = localNames.getOrDefault(each.place(), old.name());
        String name = !symbol.equals(old.name()) && taken.add(symbol)
                ? symbol
                : old.name() + "@" + old.map() + "+" + old.offset();
        return new VariableSpec(name, old.map(), old.offset(), old.size(), old.typeId());
    }
}
