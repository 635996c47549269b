package dev.ebpf4j.elf;

import dev.ebpf4j.insn.Code;
import dev.ebpf4j.insn.Slots;
import dev.ebpf4j.spec.ExternSpec;
import dev.ebpf4j.spec.MapSpec;
import dev.ebpf4j.spec.Reloc;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Says what relocations mean. Their type numbers are not looked at: an instruction that calls or loads 64 bits, and a symbol
 * that is a map, data, a function or undefined, leave one meaning each. Calls inside one section need no relocation.
 */
final class RelocReader {
    private static final int CALL = 0x85;
    private static final int PSEUDO_CALL = 1;
    private static final int PSEUDO_FUNC = 4;

    private final BtfMaps maps;
    private final DataSections data;
    private final Externs externs;
    private final FunctionTable functions;
    private final Map<Integer, NavigableMap<Integer, ElfReloc>> bySection = new HashMap<>();

    RelocReader(BtfMaps maps, DataSections data, Externs externs, FunctionTable functions) {
        this.maps = maps;
        this.data = data;
        this.externs = externs;
        this.functions = functions;
    }

    /** Returns the relocations of one function's own code, by ascending slot. */
    List<Reloc> read(FunctionTable.Place function, Code code) {
        NavigableMap<Integer, ElfReloc> open =
                new TreeMap<>(ofSection(function.section()).subMap(function.start(), true, function.end(), false));
        List<Reloc> relocs = new ArrayList<>();
        for (int slot = 0; slot < code.size(); slot++) {
            ElfReloc reloc = open.remove(function.start() + slot * Code.SLOT_BYTES);
            Reloc read = reloc == null ? implied(function, code, slot) : explicit(function, code, slot, reloc);
            if (read != null) {
                relocs.add(read);
            }
            if (Slots.isLoadImm64(code.slot(slot))) {
                slot++;
            }
        }
        if (!open.isEmpty()) {
            ElfReloc left = open.firstEntry().getValue();
            throw function.section()
                    .error(left.offset(), "a relocation for " + left.symbol(), "one at the start of an instruction");
        }
        return relocs;
    }

    private NavigableMap<Integer, ElfReloc> ofSection(ElfSection section) {
        return bySection.computeIfAbsent(section.index(), index -> {
            NavigableMap<Integer, ElfReloc> byOffset = new TreeMap<>();
            for (ElfReloc reloc : functions.file().relocations(section)) {
                if (byOffset.put(reloc.offset(), reloc) != null) {
                    throw section.error(reloc.offset(), "two relocations", "at most one for an instruction");
                }
            }
            return byOffset;
        });
    }

    private @Nullable Reloc implied(FunctionTable.Place function, Code code, int slot) {
        long insn = code.slot(slot);
        if (Slots.opcode(insn) == CALL && Slots.src(insn) == PSEUDO_CALL) {
            long callee = function.start() + (slot + 1L + Slots.imm(insn)) * Code.SLOT_BYTES;
            return new Reloc.SubprogCall(
                    slot,
                    callee(function, slot, function.section().index(), callee).id());
        }
        if (Slots.isLoadImm64(insn) && Slots.src(insn) == PSEUDO_FUNC) {
            throw error(function, slot, "the address of a function without a relocation", "a relocation that names it");
        }
        return null;
    }

    private Reloc explicit(FunctionTable.Place function, Code code, int slot, ElfReloc reloc) {
        long insn = code.slot(slot);
        ElfSymbol symbol = reloc.symbol();
        if (Slots.opcode(insn) == CALL) {
            return call(function, slot, insn, symbol);
        }
        if (!Slots.isLoadImm64(insn) || slot + 1 >= code.size()) {
            throw error(
                    function,
                    slot,
                    "a relocation for " + symbol + " at an instruction with opcode 0x"
                            + Integer.toHexString(Slots.opcode(insn)),
                    "one at a call or a 64-bit load");
        }
        return load(function, slot, insn, symbol);
    }

    private Reloc call(FunctionTable.Place function, int slot, long insn, ElfSymbol symbol) {
        if (symbol.section() == ElfSymbol.UNDEFINED) {
            ExternSpec extern = extern(function, slot, symbol);
            if (extern.kind() != ExternSpec.Kind.KFUNC) {
                throw error(function, slot, "a call of extern " + symbol + ", a variable", "a function");
            }
            return new Reloc.Kfunc(slot, symbol.name());
        }
        long callee = symbol.value() + (Slots.imm(insn) + 1L) * Code.SLOT_BYTES;
        return new Reloc.SubprogCall(
                slot, callee(function, slot, symbol.section(), callee).id());
    }

    private Reloc load(FunctionTable.Place function, int slot, long insn, ElfSymbol symbol) {
        if (symbol.section() == ElfSymbol.UNDEFINED) {
            ExternSpec extern = extern(function, slot, symbol);
            return extern.kind() == ExternSpec.Kind.KCONFIG
                    ? new Reloc.Kconfig(slot, symbol.name())
                    : new Reloc.Ksym(slot, symbol.name());
        }
        MapSpec section = data.maps().get(symbol.section());
        if (section != null) {
            return new Reloc.DataRef(slot, section.name(), offset(function, slot, insn, symbol));
        }
        String map = maps.at(symbol.section(), symbol.value());
        if (map != null) {
            return new Reloc.MapRef(slot, map);
        }
        FunctionTable.Place target = functions.at(symbol.section(), symbol.value() + Slots.imm(insn));
        if (target != null) {
            return new Reloc.SubprogAddress(slot, target.id());
        }
        throw error(
                function,
                slot,
                "a reference to " + symbol + " of "
                        + functions
                                .file()
                                .section(symbol.section())
                                .map(in -> "section '" + in.name() + "'")
                                .orElse("no section"),
                "a map, a global variable, a function or an extern");
    }

    private static int offset(FunctionTable.Place function, int slot, long insn, ElfSymbol symbol) {
        long offset = symbol.value() + Slots.imm(insn);
        if (offset != (int) offset) {
            throw error(function, slot, "a reference to " + symbol + " + " + Slots.imm(insn), "an offset of 32 bits");
        }
        return (int) offset;
    }

    private FunctionTable.Place callee(FunctionTable.Place caller, int slot, int section, long offset) {
        FunctionTable.Place callee = functions.at(section, offset);
        if (callee == null) {
            String place =
                    functions.file().section(section).map(ElfSection::name).orElse("no section");
            throw error(caller, slot, "a call of " + place + "+" + offset, "the beginning of a function");
        }
        return callee;
    }

    private ExternSpec extern(FunctionTable.Place function, int slot, ElfSymbol symbol) {
        ExternSpec extern = externs.find(symbol.name());
        if (extern == null) {
            throw error(
                    function,
                    slot,
                    "undefined symbol " + symbol + " without a type",
                    "a definition, or a declaration as __kconfig or __ksym compiled with -g");
        }
        return extern;
    }

    private static ElfFormatException error(FunctionTable.Place function, int slot, String found, String expected) {
        return function.section()
                .error(
                        function.start() + (long) slot * Code.SLOT_BYTES,
                        found + " in function " + function.symbol() + ", instruction " + slot,
                        expected);
    }
}
