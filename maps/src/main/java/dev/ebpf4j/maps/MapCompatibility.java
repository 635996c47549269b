package dev.ebpf4j.maps;

import dev.ebpf4j.spec.MapSpec;
import dev.ebpf4j.spec.MapType;
import dev.ebpf4j.sys.Uapi.Flag;
import java.util.List;

/** Whether a map that is there already can serve as one that an object wants. */
final class MapCompatibility {
    /** One property of both. */
    private record Row(String property, String found, String wanted) {
        boolean differs() {
            return !found.equals(wanted);
        }
    }

    private MapCompatibility() {}

    /** Checks all that the verifier, or a user of the map, may rely on. */
    static void check(String operation, String where, MapInfo found, MapSpec wanted) {
        check(
                operation,
                where,
                List.of(
                        new Row("type", found.type().toString(), wanted.type().toString()),
                        row("key bytes", found.keySize(), wanted.keySize()),
                        row("value bytes", found.valueSize(), wanted.valueSize()),
                        row("max_entries", found.maxEntries(), wanted.maxEntries()),
                        hex("flags", flags(found), wanted.flags()),
                        hex("map_extra", found.mapExtra(), wanted.mapExtra())));
    }

    /** Checks only what programs are compiled for: whoever brings a map along may choose the rest. */
    static void checkLayout(String operation, String where, MapInfo found, MapSpec wanted) {
        check(
                operation,
                where,
                List.of(
                        new Row("type", found.type().toString(), wanted.type().toString()),
                        row("key bytes", found.keySize(), wanted.keySize()),
                        row("value bytes", found.valueSize(), wanted.valueSize())));
    }

    /** The kernel shows this flag of device maps, whether it was asked for or not. */
    private static int flags(MapInfo found) {
        boolean ofDevices = found.type() == MapType.DEVMAP || found.type() == MapType.DEVMAP_HASH;
        return ofDevices ? found.flags() & ~Flag.BPF_F_RDONLY_PROG : found.flags();
    }

    private static Row row(String property, int found, int wanted) {
        return new Row(property, Integer.toUnsignedString(found), Integer.toUnsignedString(wanted));
    }

    private static Row hex(String property, long found, long wanted) {
        return new Row(property, "0x" + Long.toHexString(found), "0x" + Long.toHexString(wanted));
    }

    private static void check(String operation, String where, List<Row> rows) {
        if (rows.stream().noneMatch(Row::differs)) {
            return;
        }
        int width = Math.max(
                where.length(),
                rows.stream().mapToInt(row -> row.found().length()).max().orElse(0));
        String format = "  %-11s  %-" + width + "s  %-12s  %s";
        StringBuilder table =
                new StringBuilder(format.formatted("", where, "wanted", "").stripTrailing());
        for (Row row : rows) {
            table.append('\n')
                    .append(format.formatted(row.property(), row.found(), row.wanted(), row.differs() ? "<-" : "")
                            .stripTrailing());
        }
        throw new MapMismatchException(operation, table.toString());
    }
}
