package dev.ebpf4j.elf;

import dev.ebpf4j.btf.Btf;
import dev.ebpf4j.btf.BtfFormatException;
import dev.ebpf4j.btf.BtfLinkage;
import dev.ebpf4j.btf.BtfType.DataSec;
import dev.ebpf4j.btf.BtfType.Func;
import dev.ebpf4j.btf.BtfType.SecInfo;
import dev.ebpf4j.btf.BtfType.Var;
import dev.ebpf4j.btf.BtfType.Void;
import dev.ebpf4j.spec.ExternSpec;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the kernel has to provide: undefined symbols whose type says whether they are kernel configuration, symbols or
 * functions. An undefined symbol without a type is an error only where an instruction uses it.
 *
 * @param byName all of them, in the order of the symbol table
 * @param problems what is wrong with the types of others, by their names
 */
record Externs(Map<String, ExternSpec> byName, Map<String, String> problems) {
    private static final String KCONFIG = ".kconfig";
    private static final String KSYMS = ".ksyms";

    static Externs read(ElfFile file, TypeInfo types) {
        Externs externs = new Externs(new LinkedHashMap<>(), new HashMap<>());
        Btf btf = types.btf();
        if (btf == null) {
            return externs;
        }
        Map<String, Declaration> declarations = declarations(btf, types.dataSections());
        for (ElfSymbol symbol : file.symbols()) {
            Declaration declaration = symbol.extern() ? declarations.get(symbol.name()) : null;
            if (declaration != null) {
                externs.add(btf, symbol, declaration);
            }
        }
        return externs;
    }

    /** Returns whether a data section of the types stands for externs, and not for a section of the file. */
    static boolean isExtern(DataSec section) {
        return section.name().equals(KCONFIG) || section.name().equals(KSYMS);
    }

    List<ExternSpec> all() {
        return List.copyOf(byName.values());
    }

    @Nullable
    ExternSpec find(String name) {
        return byName.get(name);
    }

    private void add(Btf btf, ElfSymbol symbol, Declaration declaration) {
        try {
            byName.put(symbol.name(), extern(btf, symbol, declaration));
        } catch (ElfFormatException | BtfFormatException e) {
            problems.put(symbol.name(), String.valueOf(e.getMessage()));
        }
    }

    private record Declaration(int id, boolean kconfig) {}

    private static Map<String, Declaration> declarations(Btf btf, Map<String, Integer> dataSections) {
        Map<String, Declaration> byName = new HashMap<>();
        for (String name : List.of(KCONFIG, KSYMS)) {
            if (btf.type(dataSections.getOrDefault(name, 0)) instanceof DataSec section) {
                for (SecInfo info : section.vars()) {
                    byName.put(
                            btf.name(info.typeId()),
                            new Declaration(info.typeId(), section.name().equals(KCONFIG)));
                }
            }
        }
        return byName;
    }

    private static ExternSpec extern(Btf btf, ElfSymbol symbol, Declaration declaration) {
        boolean weak = symbol.binding() == ElfSymbol.WEAK;
        String section = declaration.kconfig() ? KCONFIG : KSYMS;
        return switch (btf.type(declaration.id())) {
            case Var variable
            when variable.linkage() == BtfLinkage.EXTERN && declaration.kconfig() ->
                new ExternSpec(
                        symbol.name(), ExternSpec.Kind.KCONFIG, weak, variable.typeId(), btf.sizeOf(variable.typeId()));
            case Var variable
            when variable.linkage() == BtfLinkage.EXTERN ->
                new ExternSpec(symbol.name(), ExternSpec.Kind.KSYM, weak, typeOrNone(btf, variable), 0);
            case Func function
            when function.linkage() == BtfLinkage.EXTERN && !declaration.kconfig() ->
                new ExternSpec(symbol.name(), ExternSpec.Kind.KFUNC, weak, declaration.id(), 0);
            default ->
                throw new ElfFormatException(
                        section, -1, "type " + declaration.id() + " for extern " + symbol, "an extern declaration");
        };
    }

    private static int typeOrNone(Btf btf, Var variable) {
        return btf.type(btf.resolve(variable.typeId())) instanceof Void ? 0 : variable.typeId();
    }
}
