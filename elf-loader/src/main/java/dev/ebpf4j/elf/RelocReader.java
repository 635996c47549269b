package dev.ebpf4j.elf;

import dev.ebpf4j.insn.Code;
import dev.ebpf4j.insn.Slots;
import dev.ebpf4j.spec.ExternSpec;
import dev.ebpf4j.spec.Reloc;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Says what relocations mean. Their type numbers are not looked at: an instruction that calls or loads 64 bits, and a symbol
 * that is a map, data, a function or undefined, leave one meaning each. Calls inside one section need no relocation.
 */
final class RelocReader {
    private static final int CALL = 0x85;
    private static final int PSEUDO_CALL = 1;
    private static final int PSEUDO_FUNC = 4;

    private final MapPlaces maps;
    private final DataSections data;
    private final JumpTables jumps;
    private final Externs externs;
    private final FunctionTable functions;
    private final Map<Integer, ByOffset<ElfReloc>> bySection = new HashMap<>();

    RelocReader(MapPlaces maps, DataSections data, JumpTables jumps, Externs externs, FunctionTable functions) {
        this.maps = maps;
        this.data = data;
        this.jumps = jumps;
        this.externs = externs;
        this.functions = functions;
    }

    /** Returns the relocations of one function's own code, by ascending slot. What is wrong with one stands in its place. */
    List<Reloc> read(FunctionTable.Place function, Code code) {
        List<ElfReloc> open = inside(function);
        List<Reloc> relocs = new ArrayList<>(open.size());
        int next = 0;
        for (int slot = 0; slot < code.size(); slot++) {
            int offset = function.start() + slot * Code.SLOT_BYTES;
            for (; next < open.size() && open.get(next).offset() < offset; next++) {
                relocs.add(misplaced(function, open.get(next)));
            }
            ElfReloc reloc = next < open.size() && open.get(next).offset() == offset ? open.get(next++) : null;
            Reloc read = read(function, code, slot, reloc);
            if (read != null) {
                relocs.add(read);
            }
            if (Slots.isLoadImm64(code.slot(slot))) {
                slot++;
            }
        }
        for (; next < open.size(); next++) {
            relocs.add(misplaced(function, open.get(next)));
        }
        return relocs;
    }

    private @Nullable Reloc read(FunctionTable.Place function, Code code, int slot, @Nullable ElfReloc reloc) {
        try {
            return reloc == null ? implied(function, code, slot) : explicit(function, code, slot, reloc);
        } catch (ElfFormatException e) {
            return new Reloc.Broken(slot, e.getMessage());
        }
    }

    private static Reloc misplaced(FunctionTable.Place function, ElfReloc reloc) {
        ElfFormatException e = function.section()
                .error(
                        reloc.offset(),
                        "a relocation for " + reloc.symbol() + " in function " + function.symbol(),
                        "at most one, at the start of an instruction");
        return new Reloc.Broken((reloc.offset() - function.start()) / Code.SLOT_BYTES, e.getMessage());
    }

    private List<ElfReloc> inside(FunctionTable.Place function) {
        ElfSection section = function.section();
        return bySection
                .computeIfAbsent(
                        section.index(),
                        index -> new ByOffset<>(functions.file().relocations(section), ElfReloc::offset))
                .all(function.start(), function.end());
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
        String section = data.places().get(symbol.section());
        if (section != null) {
            return new Reloc.DataRef(slot, section, offset(function, slot, insn, symbol));
        }
        // only what is named by its section alone has the rest of its place in the instruction
        long place = symbol.value() + (symbol.type() == ElfSymbol.SECTION ? Slots.imm(insn) : 0);
        String map = maps.at(symbol.section(), place);
        if (map != null) {
            return new Reloc.MapRef(slot, map);
        }
        if (jumps.contains(symbol.section())) {
            return new Reloc.JumpTable(slot, jumps.targets(function, place));
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
            String problem = externs.problems().get(symbol.name());
            throw error(
                    function,
                    slot,
                    "undefined symbol " + symbol + (problem == null ? " without a type" : " (" + problem + ")"),
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
