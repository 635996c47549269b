package dev.ebpf4j.cli;

import dev.ebpf4j.btf.Btf;
import dev.ebpf4j.spec.AttachType;
import dev.ebpf4j.spec.ExternSpec;
import dev.ebpf4j.spec.FunctionSpec;
import dev.ebpf4j.spec.MapSpec;
import dev.ebpf4j.spec.ObjectSpec;
import dev.ebpf4j.spec.ProgramSpec;
import dev.ebpf4j.spec.ProgramType;
import dev.ebpf4j.spec.Reloc;
import dev.ebpf4j.spec.VariableSpec;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** An object as lists of rows: what {@code --json} writes, and what the tables print. What is absent is null. */
final class ObjectReport {
    private final String file;
    private final ObjectSpec spec;
    private final Words words;

    ObjectReport(String file, ObjectSpec spec) {
        this.file = file;
        this.spec = spec;
        this.words = new Words(spec);
    }

    /** Facts about the object as a whole. */
    Map<String, @Nullable Object> head() {
        Btf btf = spec.btf();
        Map<String, @Nullable Object> head = new LinkedHashMap<>();
        head.put("file", file);
        head.put("name", spec.name());
        head.put("byte_order", spec.byteOrder().toString().toLowerCase(Locale.ROOT));
        head.put("license", spec.license());
        head.put("kernel_version", kernelVersion(spec.kernelVersion()));
        head.put("btf_types", btf == null ? null : btf.typeCount() - 1);
        head.put("btf_bytes", btf == null ? null : btf.toBytes().length);
        return head;
    }

    /** The lists by name, in the order in which they are shown. */
    Map<String, List<Map<String, @Nullable Object>>> lists() {
        Map<String, List<Map<String, @Nullable Object>>> lists = new LinkedHashMap<>();
        lists.put("programs", spec.programs().stream().map(this::program).toList());
        lists.put(
                "subprograms", spec.subprograms().stream().map(this::subprogram).toList());
        lists.put("maps", spec.maps().stream().map(this::map).toList());
        lists.put("variables", spec.variables().stream().map(this::variable).toList());
        lists.put("externs", spec.externs().stream().map(this::extern).toList());
        lists.put("relocations", functions().flatMap(this::relocations).toList());
        lists.put("broken", broken());
        return lists;
    }

    /** All of it as one tree. */
    Map<String, @Nullable Object> tree() {
        Map<String, @Nullable Object> tree = head();
        tree.putAll(lists());
        return tree;
    }

    private Map<String, @Nullable Object> program(ProgramSpec program) {
        Map<String, @Nullable Object> row = new LinkedHashMap<>();
        row.put("name", program.name());
        row.put("section", program.section());
        row.put(
                "type",
                program.type() == ProgramType.UNSPEC ? null : program.type().name());
        row.put("attach_type", attachType(program.attachType(), program.type()));
        row.put("target", emptyToNull(program.attachTo()));
        row.put("insns", program.entry().code().size());
        row.put("flags", Flags.ofProgram(program.flags()));
        row.put("autoload", program.autoload());
        return row;
    }

    /** The first attach type has the number that stands for "none" too. */
    private static @Nullable String attachType(AttachType attachType, ProgramType type) {
        boolean none = attachType.number() == 0 && type != ProgramType.CGROUP_SKB;
        return none ? null : attachType.name();
    }

    private Map<String, @Nullable Object> subprogram(FunctionSpec function) {
        Map<String, @Nullable Object> row = new LinkedHashMap<>();
        row.put("name", function.name());
        row.put("section", function.id().section());
        row.put("linkage", function.linkage().name().toLowerCase(Locale.ROOT));
        row.put("insns", function.code().size());
        return row;
    }

    private Map<String, @Nullable Object> map(MapSpec map) {
        Map<String, @Nullable Object> row = mapShape(map);
        MapSpec inner = map.inner();
        row.put("pinning", pinning(map));
        row.put("inner", inner == null ? null : Words.shape(inner));
        row.put(
                "elements",
                map.slots().stream()
                        .map(slot -> "[" + slot.key() + "]=" + slot.target())
                        .toList());
        return row;
    }

    private Map<String, @Nullable Object> mapShape(MapSpec map) {
        Map<String, @Nullable Object> row = new LinkedHashMap<>();
        row.put("name", map.name());
        row.put("type", map.type().name());
        row.put("key_size", map.keySize());
        row.put("value_size", map.valueSize());
        row.put("max_entries", Integer.toUnsignedLong(map.maxEntries()));
        row.put("flags", Flags.ofMap(map.flags()));
        row.put("key_type", words.type(map.keyTypeId()));
        row.put("value_type", words.type(map.valueTypeId()));
        row.put("map_extra", map.mapExtra() == 0 ? null : "0x" + Long.toHexString(map.mapExtra()));
        row.put("numa_node", (map.flags() & MapSpec.NUMA_NODE) == 0 ? null : map.numaNode());
        row.put("frozen", map.frozen() ? Boolean.TRUE : null);
        return row;
    }

    private Map<String, @Nullable Object> variable(VariableSpec variable) {
        Map<String, @Nullable Object> row = new LinkedHashMap<>();
        row.put("name", variable.name());
        row.put("section", variable.map());
        row.put("offset", variable.offset());
        row.put("size", variable.size());
        row.put("type", words.type(variable.typeId()));
        row.put("value", words.value(variable));
        return row;
    }

    private Map<String, @Nullable Object> extern(ExternSpec extern) {
        Map<String, @Nullable Object> row = new LinkedHashMap<>();
        row.put("name", extern.name());
        row.put("kind", extern.kind().name().toLowerCase(Locale.ROOT));
        row.put("weak", extern.weak());
        row.put("type", words.type(extern.typeId()));
        return row;
    }

    private Stream<FunctionSpec> functions() {
        return Stream.concat(spec.programs().stream().map(ProgramSpec::entry), spec.subprograms().stream());
    }

    private Stream<Map<String, @Nullable Object>> relocations(FunctionSpec function) {
        List<Map<String, @Nullable Object>> rows = new ArrayList<>();
        for (Reloc reloc : function.relocs()) {
            Map<String, @Nullable Object> row = new LinkedHashMap<>();
            row.put("function", function.name());
            row.put("insn", reloc.slot());
            row.put("kind", Words.kind(reloc));
            row.put("target", words.target(reloc));
            rows.add(row);
        }
        return rows.stream();
    }

    /** What keeps programs from being loaded, whatever the kernel. */
    private List<Map<String, @Nullable Object>> broken() {
        List<Map<String, @Nullable Object>> rows = new ArrayList<>();
        for (MapSpec map : spec.maps()) {
            if (map.problem() != null) {
                rows.add(broken("map " + map.name(), map.problem()));
            }
        }
        functions()
                .forEach(function -> function.relocs().forEach(reloc -> {
                    if (reloc instanceof Reloc.Broken broken) {
                        rows.add(broken(
                                "function " + function.name() + ", instruction " + broken.slot(), broken.reason()));
                    }
                }));
        return rows;
    }

    private static Map<String, @Nullable Object> broken(String place, String reason) {
        Map<String, @Nullable Object> row = new LinkedHashMap<>();
        row.put("place", place);
        row.put("reason", reason);
        return row;
    }

    private static @Nullable String pinning(MapSpec map) {
        String path = map.pinPath();
        return path != null ? path : map.pinning() == MapSpec.Pinning.NONE ? null : "by name";
    }

    private static @Nullable String emptyToNull(String text) {
        return text.isEmpty() ? null : text;
    }

    private static @Nullable String kernelVersion(int version) {
        return version == 0 ? null : (version >>> 16) + "." + (version >>> 8 & 0xff) + "." + (version & 0xff);
    }
}
