package dev.ebpf4j.elf;

import dev.ebpf4j.btf.Btf;
import dev.ebpf4j.btf.BtfLinkage;
import dev.ebpf4j.btf.BtfType;
import dev.ebpf4j.btf.BtfType.DataSec;
import dev.ebpf4j.btf.BtfType.Func;
import dev.ebpf4j.btf.BtfType.SecInfo;
import dev.ebpf4j.btf.BtfType.Struct;
import dev.ebpf4j.btf.BtfType.Var;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Completes the types by what only the symbols know. clang leaves the sizes of data sections and the offsets of global
 * variables zero; and what the source calls hidden is static to the verifier.
 */
final class DataSecFixer {
    private final ElfFile file;
    private final Btf btf;
    private final Map<Integer, BtfType> changed = new HashMap<>();
    private final Map<String, ElfSection> sections = new HashMap<>();
    private final Map<String, ElfSymbol> objects = new HashMap<>();
    private final Map<String, String> problems;

    /**
     * @param problems takes what is wrong with data sections, by their names
     */
    DataSecFixer(ElfFile file, Btf btf, Map<String, String> problems) {
        this.file = file;
        this.btf = btf;
        this.problems = problems;
        file.sections().forEach(section -> sections.putIfAbsent(section.name(), section));
        file.symbols().stream()
                .filter(symbol -> symbol.type() == ElfSymbol.OBJECT && symbol.global())
                .forEach(symbol -> objects.putIfAbsent(symbol.name(), symbol));
    }

    /**
     * Returns the completed types.
     *
     * @param dataSections the ids of all data sections
     */
    Btf fix(Collection<Integer> dataSections) {
        for (int id : dataSections) {
            if (btf.type(id) instanceof DataSec section && !Externs.isExtern(section)) {
                try {
                    fix(id, section);
                } catch (ElfFormatException e) {
                    problems.put(section.name(), e.getMessage());
                    // an unfinished section would have the kernel refuse all types; nothing refers to this one
                    changed.put(id, new Struct("", 0, List.of()));
                }
            }
        }
        hideFunctions();
        return btf.withTypes(changed);
    }

    private void fix(int id, DataSec section) {
        // the static linker (bpftool gen object) has already filled in sizes and offsets
        boolean unfinished = section.size() == 0;
        int size = unfinished ? elfSize(section) : section.size();
        List<SecInfo> vars = new ArrayList<>();
        for (SecInfo info : section.vars()) {
            vars.add(fix(section, info, unfinished));
        }
        vars.sort(Comparator.comparingInt(SecInfo::offset));
        DataSec fixed = new DataSec(section.name(), size, vars);
        if (!fixed.equals(section)) {
            changed.put(id, fixed);
        }
    }

    private SecInfo fix(DataSec section, SecInfo info, boolean unfinished) {
        if (!(btf.type(info.typeId()) instanceof Var variable)) {
            throw new ElfFormatException(
                    section.name(), -1, "type " + info.typeId() + " in its type information", "a variable");
        }
        if (variable.linkage() != BtfLinkage.GLOBAL) {
            return info;
        }
        ElfSymbol symbol = objects.get(variable.name());
        if (symbol == null) {
            throw new ElfFormatException(
                    section.name(),
                    -1,
                    "variable '" + variable.name() + "' without a symbol",
                    "a global symbol of its name");
        }
        if (symbol.hidden()) {
            changed.put(info.typeId(), new Var(variable.name(), variable.typeId(), BtfLinkage.STATIC));
        }
        return unfinished ? new SecInfo(info.typeId(), offset(section, symbol), info.size()) : info;
    }

    private int offset(DataSec section, ElfSymbol symbol) {
        if (!file.section(symbol.section()).map(ElfSection::name).orElse("").equals(section.name())
                || symbol.value() > Integer.MAX_VALUE) {
            throw new ElfFormatException(
                    section.name(), symbol.value(), "variable " + symbol + " outside", "a place in this section");
        }
        return (int) symbol.value();
    }

    private int elfSize(DataSec section) {
        ElfSection found = sections.get(section.name());
        long size = found == null ? 0 : found.size();
        if (size < 1 || size > Integer.MAX_VALUE) {
            throw new ElfFormatException(
                    section.name(),
                    -1,
                    found == null ? "no such section" : size + " bytes",
                    "one that holds its variables");
        }
        return (int) size;
    }

    /** Makes hidden functions static: verified together with their callers, as the source asks for. */
    private void hideFunctions() {
        for (ElfSymbol symbol : file.symbols()) {
            boolean hidden = symbol.type() == ElfSymbol.FUNC && symbol.global() && symbol.hidden();
            if (hidden
                    && file.section(symbol.section())
                            .filter(FunctionTable::holdsSubprograms)
                            .isPresent()) {
                btf.find(symbol.name(), Func.class).ifPresent(id -> {
                    if (btf.type(id) instanceof Func function) {
                        changed.put(id, new Func(function.name(), function.typeId(), BtfLinkage.STATIC));
                    }
                });
            }
        }
    }
}
