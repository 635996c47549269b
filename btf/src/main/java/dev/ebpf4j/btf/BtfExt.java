package dev.ebpf4j.btf;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The .BTF.ext section: per ELF section, where functions start, which source lines instructions come from, and which
 * instructions depend on the target's types.
 *
 * <p>Source of the format: the kernel's {@code Documentation/bpf/btf.rst}. Records longer than known are read up to
 * what is known.
 */
public final class BtfExt {
    private final Map<String, List<FuncInfo>> functions;
    private final Map<String, List<LineInfo>> lines;
    private final Map<String, List<CoReRelo>> relocations;

    BtfExt(
            Map<String, List<FuncInfo>> functions,
            Map<String, List<LineInfo>> lines,
            Map<String, List<CoReRelo>> relocations) {
        this.functions = frozen(functions);
        this.lines = frozen(lines);
        this.relocations = frozen(relocations);
    }

    /**
     * Parses a .BTF.ext section.
     *
     * @param bytes the whole of it, in either byte order
     * @param btf the .BTF beside it, whose strings and types it refers to
     * @return its records
     * @throws BtfFormatException if the bytes break the format
     */
    public static BtfExt parse(byte[] bytes, Btf btf) {
        return parse(ByteBuffer.wrap(bytes), btf);
    }

    /**
     * Parses a .BTF.ext section.
     *
     * @param bytes the whole of it from its position on, in either byte order, which is found out
     * @param btf the .BTF beside it, whose strings and types it refers to
     * @return its records
     * @throws BtfFormatException if the bytes break the format
     */
    public static BtfExt parse(ByteBuffer bytes, Btf btf) {
        return new BtfExtDecoder(bytes, btf).decode();
    }

    /**
     * The ELF sections that any record is about.
     *
     * @return their names, in order of appearance
     */
    public Set<String> sections() {
        Set<String> names = new LinkedHashSet<>(functions.keySet());
        names.addAll(lines.keySet());
        names.addAll(relocations.keySet());
        return Collections.unmodifiableSet(names);
    }

    /**
     * The functions of one ELF section.
     *
     * @param section its name
     * @return an immutable list in the order of the bytes; empty when there are none
     */
    public List<FuncInfo> functions(String section) {
        return functions.getOrDefault(section, List.of());
    }

    /**
     * The source lines of one ELF section.
     *
     * @param section its name
     * @return an immutable list in the order of the bytes; empty when there are none
     */
    public List<LineInfo> lines(String section) {
        return lines.getOrDefault(section, List.of());
    }

    /**
     * The CO-RE relocations of one ELF section.
     *
     * @param section its name
     * @return an immutable list in the order of the bytes; empty when there are none
     */
    public List<CoReRelo> relocations(String section) {
        return relocations.getOrDefault(section, List.of());
    }

    /**
     * The bytes of these records, laid out as LLVM does.
     *
     * @param btf the .BTF beside them, which the strings of the lines are in; takes the names of sections and the access
     *     strings if it has not got them, and gives the byte order
     * @return a new array
     * @throws IllegalArgumentException if a line or column is too large for its field
     */
    public byte[] toBytes(BtfBuilder btf) {
        return new BtfExtEncoder(btf).encode(functions, lines, relocations);
    }

    private static <T> Map<String, List<T>> frozen(Map<String, List<T>> records) {
        Map<String, List<T>> copy = new LinkedHashMap<>();
        records.forEach((section, list) -> copy.put(section, Collections.unmodifiableList(new ArrayList<>(list))));
        return Collections.unmodifiableMap(copy);
    }
}
