package dev.ebpf4j.btf;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntUnaryOperator;

/**
 * Writes .BTF.ext beside a .BTF that is being built, whose strings and type ids its records refer to.
 *
 * <p>Several objects become one by {@link BtfBuilder#addAll} for each, {@link Btf#dedup}, then {@link #addAll} for each
 * with both mappings one after the other. Records of a section have to be added in the order of its instructions. For
 * use by one thread.
 */
public final class BtfExtBuilder {
    private final BtfBuilder btf;
    private final Map<String, List<FuncInfo>> functions = new LinkedHashMap<>();
    private final Map<String, List<LineInfo>> lines = new LinkedHashMap<>();
    private final Map<String, List<CoReRelo>> relocations = new LinkedHashMap<>();

    /**
     * Nothing yet.
     *
     * @param btf takes the strings
     */
    public BtfExtBuilder(BtfBuilder btf) {
        this.btf = btf;
    }

    /**
     * Says which function starts at an instruction.
     *
     * @param section the ELF section
     * @param info where, and which
     * @return this
     */
    public BtfExtBuilder add(String section, FuncInfo info) {
        functions.computeIfAbsent(section, s -> new ArrayList<>()).add(info);
        return this;
    }

    /**
     * Says which line an instruction comes from.
     *
     * @param section the ELF section
     * @param info where, and which line; the strings are the builder's
     * @return this
     */
    public BtfExtBuilder add(String section, LineInfo info) {
        lines.computeIfAbsent(section, s -> new ArrayList<>()).add(info);
        return this;
    }

    /**
     * Says that an instruction depends on the target's types.
     *
     * @param section the ELF section
     * @param relo where, and how
     * @return this
     */
    public BtfExtBuilder add(String section, CoReRelo relo) {
        relocations.computeIfAbsent(section, s -> new ArrayList<>()).add(relo);
        return this;
    }

    /**
     * Where the records of a section go.
     *
     * @param from its name in the object that it comes from
     * @param to its name here
     * @param shift what to add to the offsets of instructions, in bytes
     */
    public record Place(String from, String to, int shift) {}

    /**
     * Adds all records about one section of another object.
     *
     * @param ext its records
     * @param source the .BTF beside them
     * @param ids type ids there to type ids here
     * @param place the section, and where it goes
     * @return this
     */
    public BtfExtBuilder addAll(BtfExt ext, Btf source, IntUnaryOperator ids, Place place) {
        CopiedNames names = new CopiedNames(source, btf::addString);
        for (FuncInfo info : ext.functions(place.from())) {
            add(place.to(), new FuncInfo(info.insnOffset() + place.shift(), ids.applyAsInt(info.typeId())));
        }
        for (LineInfo info : ext.lines(place.from())) {
            int file = names.applyAsInt(info.fileNameOffset());
            int text = names.applyAsInt(info.lineOffset());
            add(place.to(), new LineInfo(info.insnOffset() + place.shift(), file, text, info.line(), info.column()));
        }
        for (CoReRelo relo : ext.relocations(place.from())) {
            int id = ids.applyAsInt(relo.typeId());
            add(place.to(), new CoReRelo(relo.insnOffset() + place.shift(), id, relo.access(), relo.kind()));
        }
        return this;
    }

    /**
     * The records added so far.
     *
     * @return an immutable value
     */
    public BtfExt build() {
        return new BtfExt(functions, lines, relocations);
    }

    /**
     * The bytes of the records added so far.
     *
     * @return a new array, in the byte order of the {@link BtfBuilder}, which has got the strings that they need
     * @throws IllegalArgumentException if a line or column is too large for its field
     */
    public byte[] toBytes() {
        return build().toBytes(btf);
    }
}
