package dev.ebpf4j.elf;

import dev.ebpf4j.btf.Btf;
import dev.ebpf4j.btf.BtfType;
import dev.ebpf4j.spec.MapSpec;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;

/** Compares what two files say about one map. */
final class LinkMaps {
    private LinkMaps() {}

    /** A thing that both have to say alike. */
    private record Field(String name, Function<MapSpec, Object> value) {}

    private static final List<Field> FIELDS = List.of(
            new Field("type", MapSpec::type),
            new Field("key_size", MapSpec::keySize),
            new Field("value_size", MapSpec::valueSize),
            new Field("max_entries", MapSpec::maxEntries),
            new Field("map_flags", MapSpec::flags),
            new Field("numa_node", MapSpec::numaNode),
            new Field("map_extra", MapSpec::mapExtra),
            new Field("pinning", MapSpec::pinning));

    /** Returns whether a file defines a map of this name. */
    static boolean isMap(LinkFile file, String name) {
        for (ElfSymbol symbol : file.file().symbols()) {
            if (symbol.global() && symbol.name().equals(name)) {
                return file.file()
                        .section(symbol.section())
                        .filter(section -> section.name().equals(".maps"))
                        .isPresent();
            }
        }
        return false;
    }

    /** Returns in what two definitions of a map differ, in words; empty if in nothing. */
    static String difference(Btf leftTypes, int left, Btf rightTypes, int right) {
        String name = leftTypes.name(left);
        if (!(definition(leftTypes, left) instanceof BtfType.Struct ours)
                || !(definition(rightTypes, right) instanceof BtfType.Struct theirs)) {
            return "one of them is no map";
        }
        MapSpec a = MapDefinition.read(leftTypes, name, ours);
        MapSpec b = MapDefinition.read(rightTypes, name, theirs);
        String outer = difference(a, b, "");
        MapSpec innerA = a.inner();
        MapSpec innerB = b.inner();
        if (!outer.isEmpty() || (innerA == null && innerB == null)) {
            return outer;
        }
        return innerA == null || innerB == null
                ? "one of them does not say what is inside"
                : difference(innerA, innerB, "inner ");
    }

    private static String difference(MapSpec a, MapSpec b, String prefix) {
        for (Field field : FIELDS) {
            Object ours = field.value().apply(a);
            Object theirs = field.value().apply(b);
            if (!Objects.equals(ours, theirs)) {
                return prefix + field.name() + " " + ours + ", there " + theirs;
            }
        }
        return "";
    }

    private static BtfType definition(Btf types, int id) {
        return types.type(id) instanceof BtfType.Var variable
                ? types.type(types.resolve(variable.typeId()))
                : types.type(id);
    }
}
