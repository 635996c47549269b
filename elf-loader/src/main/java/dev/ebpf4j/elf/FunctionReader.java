package dev.ebpf4j.elf;

import dev.ebpf4j.btf.BtfExt;
import dev.ebpf4j.btf.CoReRelo;
import dev.ebpf4j.btf.FuncInfo;
import dev.ebpf4j.btf.LineInfo;
import dev.ebpf4j.insn.Code;
import dev.ebpf4j.spec.FunctionSpec;
import dev.ebpf4j.spec.Reloc;
import dev.ebpf4j.spec.SourceLine;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Makes one function: its code with all that is known about its instructions, in slots of its own. */
final class FunctionReader {
    /** The records of one section. */
    private record Records(ByOffset<FuncInfo> functions, ByOffset<LineInfo> lines, ByOffset<CoReRelo> relos) {
        static Records of(List<FuncInfo> functions, List<LineInfo> lines, List<CoReRelo> relos) {
            return new Records(
                    ByOffset.of(functions, FuncInfo::insnOffset),
                    ByOffset.of(lines, LineInfo::insnOffset),
                    ByOffset.of(relos, CoReRelo::insnOffset));
        }
    }

    private static final Records NONE = Records.of(List.of(), List.of(), List.of());

    private final FunctionTable functions;
    private final TypeInfo types;
    private final RelocReader relocs;
    private final Map<String, Records> bySection = new HashMap<>();

    FunctionReader(FunctionTable functions, TypeInfo types, RelocReader relocs) {
        this.functions = functions;
        this.types = types;
        this.relocs = relocs;
    }

    FunctionSpec read(FunctionTable.Place place) {
        Code code = place.code(functions.file().order());
        Records records = bySection.computeIfAbsent(place.section().name(), this::records);
        FuncInfo info = records.functions().at(place.start());
        return new FunctionSpec(
                place.id(),
                place.symbol().name(),
                linkage(place.symbol()),
                code,
                relocations(place, code, records),
                info == null ? 0 : info.typeId(),
                lines(place, records));
    }

    private Records records(String section) {
        BtfExt ext = types.ext();
        return ext == null ? NONE : Records.of(ext.functions(section), ext.lines(section), ext.relocations(section));
    }

    private static FunctionSpec.Linkage linkage(ElfSymbol symbol) {
        if (!symbol.global() || symbol.hidden()) {
            return FunctionSpec.Linkage.STATIC;
        }
        return symbol.binding() == ElfSymbol.WEAK ? FunctionSpec.Linkage.WEAK : FunctionSpec.Linkage.GLOBAL;
    }

    private List<Reloc> relocations(FunctionTable.Place place, Code code, Records records) {
        if (place.problem() != null) {
            return List.of(new Reloc.Broken(0, place.problem()));
        }
        List<Reloc> all = relocs.read(place, code);
        List<CoReRelo> relos = records.relos().between(place.start(), place.end());
        if (relos.isEmpty()) {
            return all;
        }
        for (CoReRelo relo : relos) {
            all.add(new Reloc.CoRe(slot(place, relo.insnOffset()), relo));
        }
        all.sort(Comparator.comparingInt(Reloc::slot));
        return all;
    }

    private static List<SourceLine> lines(FunctionTable.Place place, Records records) {
        List<LineInfo> inside = records.lines().between(place.start(), place.end());
        List<SourceLine> lines = new ArrayList<>(inside.size());
        for (LineInfo line : inside) {
            lines.add(new SourceLine(
                    slot(place, line.insnOffset()),
                    line.fileNameOffset(),
                    line.lineOffset(),
                    line.line(),
                    line.column()));
        }
        return lines;
    }

    private static int slot(FunctionTable.Place place, int offset) {
        return (offset - place.start()) / Code.SLOT_BYTES;
    }
}
