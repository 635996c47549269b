package dev.ebpf4j.elf;

import dev.ebpf4j.btf.Btf;
import dev.ebpf4j.btf.BtfFormatException;
import dev.ebpf4j.btf.BtfType.DataSec;
import dev.ebpf4j.btf.BtfType.FuncProto;
import dev.ebpf4j.btf.BtfType.Member;
import dev.ebpf4j.btf.BtfType.Ptr;
import dev.ebpf4j.btf.BtfType.SecInfo;
import dev.ebpf4j.btf.BtfType.Struct;
import dev.ebpf4j.btf.BtfType.Var;
import dev.ebpf4j.spec.Bytes;
import dev.ebpf4j.spec.MapSpec;
import dev.ebpf4j.spec.MapType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Kernel operations: each variable of {@code .struct_ops} or {@code .struct_ops.link} is a map that holds a struct of
 * functions and values. The section's relocations say which program is which function. Of sections that begin with {@code ?}
 * no map is made unless asked for.
 */
final class StructOps {
    /** A map at its place in the section, the struct still as the source has it. */
    private record Placed(MapSpec map, int offset, @Nullable Struct type) {}

    private static final String NOT_BY_DEFAULT = "?";
    private static final String BY_LINK = ".link";

    private final Sections sections;
    private final Btf btf;
    private final FunctionTable functions;
    private final Programs programs;

    private StructOps(Sections sections, Btf btf, FunctionTable functions, Programs programs) {
        this.sections = sections;
        this.btf = btf;
        this.functions = functions;
        this.programs = programs;
    }

    /** Returns all maps in the order of the file. */
    static List<MapSpec> read(Sections sections, TypeInfo types, FunctionTable functions, Programs programs) {
        Btf btf = types.btf();
        List<MapSpec> maps = new ArrayList<>();
        for (ElfSection section : sections.all(SectionKind.STRUCT_OPS)) {
            DataSec type = types.dataSection(section);
            if (btf == null || type == null) {
                sections.warn("section '" + section.name() + "' is left out: it has no types; compile with -g");
            } else {
                maps.addAll(new StructOps(sections, btf, functions, programs).read(section, type));
            }
        }
        return maps;
    }

    private List<MapSpec> read(ElfSection section, DataSec type) {
        NavigableMap<Integer, Placed> placed = new TreeMap<>();
        for (SecInfo info : type.vars()) {
            if (btf.type(info.typeId()) instanceof Var variable) {
                placed.put(info.offset(), place(section, info, variable));
            }
        }
        InitialElements functionsOf = new InitialElements(new HashMap<>(), new HashMap<>());
        for (ElfReloc reloc : sections.file().relocations(section)) {
            var below = placed.floorEntry(reloc.offset());
            if (below == null) {
                sections.warn("section '" + section.name() + "' has a function outside all variables");
                continue;
            }
            MapSpec map = below.getValue().map();
            try {
                functionsOf.add(map.name(), function(section, below.getValue(), reloc));
            } catch (ElfFormatException | BtfFormatException e) {
                functionsOf.problems().putIfAbsent(map.name(), String.valueOf(e.getMessage()));
            }
        }
        return placed.values().stream().map(each -> functionsOf.in(each.map())).toList();
    }

    private Placed place(ElfSection section, SecInfo info, Var variable) {
        MapSpec.Builder map = MapSpec.builder(variable.name(), MapType.STRUCT_OPS)
                .keySize(Integer.BYTES)
                .maxEntries(1)
                .flags(section.name().endsWith(BY_LINK) ? MapSpec.LINK : 0)
                .autocreate(!section.name().startsWith(NOT_BY_DEFAULT));
        try {
            int typeId = btf.resolve(variable.typeId());
            if (!(btf.type(typeId) instanceof Struct type)) {
                throw section.error(
                        info.offset(), "variable '" + variable.name() + "' that is no struct", "kernel operations");
            }
            if (info.offset() < 0 || type.size() < 0 || type.size() > section.size() - info.offset()) {
                throw section.error(
                        info.offset(),
                        "variable '" + variable.name() + "' of " + type.size() + " bytes",
                        "one inside the section");
            }
            map.valueSize(type.size())
                    .typeIds(0, typeId)
                    .contents(Bytes.of(section.bytes().slice(info.offset(), type.size())));
            return new Placed(map.build(), info.offset(), type);
        } catch (ElfFormatException | BtfFormatException e) {
            return new Placed(map.problem(String.valueOf(e.getMessage())).build(), info.offset(), null);
        }
    }

    private MapSpec.Slot function(ElfSection section, Placed placed, ElfReloc reloc) {
        int offset = reloc.offset() - placed.offset();
        Member member = placed.type() == null ? null : member(placed.type(), offset);
        ElfSymbol symbol = reloc.symbol();
        if (member == null) {
            throw section.error(
                    reloc.offset(), symbol + " where '" + placed.map().name() + "' has no member", "a member");
        }
        if (!isFunction(member)) {
            throw section.error(
                    reloc.offset(),
                    symbol + " in member '" + member.name() + "' of '"
                            + placed.map().name() + "'",
                    "addresses in members alone that are functions");
        }
        long place = symbol.value()
                + (symbol.type() == ElfSymbol.SECTION ? section.bytes().getLong(reloc.offset()) : 0);
        String program = programs.at(functions.at(symbol.section(), place));
        if (program == null) {
            throw section.error(
                    reloc.offset(), symbol + " as function '" + member.name() + "'", "a program of this object");
        }
        return new MapSpec.Slot(offset, program);
    }

    private static @Nullable Member member(Struct type, int offset) {
        return type.members().stream()
                .filter(member -> member.bitOffset() == offset * 8)
                .findFirst()
                .orElse(null);
    }

    private boolean isFunction(Member member) {
        return btf.type(btf.resolve(member.typeId())) instanceof Ptr pointer
                && btf.type(btf.resolve(pointer.typeId())) instanceof FuncProto;
    }
}
