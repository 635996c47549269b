package dev.ebpf4j.elf;

import dev.ebpf4j.spec.MapSpec;
import dev.ebpf4j.spec.MapType;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Maps without types: each the contents of a struct. All dialects begin alike; the size and the place tell them apart. Offsets
 * in bytes:
 *
 * <pre>
 *   0 type | 4 key size | 8 value size | 12 max entries [| 16 flags]             libbpf until 1.0
 *     | 20 number of the inner map | 24 NUMA node                        = 28   the kernel's samples, ir-keytable
 *     | 20 pinning | 24 name space                                       = 280  gobpf, in sections "maps/name"
 *     | 20 id | 24 pinning [| 28 id of the inner map | 32 index in it]   = 36   iproute2 (tc), 28 in old versions
 * </pre>
 *
 * <p>Source of the layouts: iproute2's bpf_elf.h, and samples/bpf of Linux 4.20.
 */
final class LegacyMaps {
    private static final int SMALLEST = 16;
    private static final int WITH_FLAGS = 20;
    private static final int SAMPLES = 28;
    private static final int IPROUTE2 = 36;

    /** Where tc pins what all its objects share. */
    static final String GLOBALS = "/sys/fs/bpf/tc/globals/";

    private static final int PIN_GLOBAL = 2;

    /**
     * A definition.
     *
     * @param section its section
     * @param offset its place there
     * @param map what all dialects say
     * @param id number that other maps and sections of programs call it by, 0 for none; of tc only
     * @param innerId number of the map whose shape the inner maps have, 0 for none; of tc only
     * @param innerIndex key of this map in the maps of maps that ask for it by its id, -1 for none; of tc only
     * @param innerNumber position of the map whose shape the inner maps have, -1 for none; of the kernel's samples
     */
    private record Definition(
            ElfSection section, int offset, MapSpec map, int id, int innerId, int innerIndex, int innerNumber) {}

    private final List<Definition> definitions = new ArrayList<>();

    private LegacyMaps() {}

    static LegacyMaps read(Sections sections) {
        LegacyMaps maps = new LegacyMaps();
        boolean tailSections =
                sections.all(SectionKind.CODE).stream().anyMatch(section -> TailSection.parse(section.name()) != null);
        for (ElfSection section : sections.all(SectionKind.LEGACY_MAPS)) {
            List<ElfSymbol> symbols = symbols(sections.file(), section);
            for (int i = 0; i < symbols.size(); i++) {
                ElfSymbol symbol = symbols.get(i);
                long end = i + 1 < symbols.size() ? symbols.get(i + 1).value() : section.size();
                int size = (int) (symbol.size() == 0 ? end - symbol.value() : symbol.size());
                maps.definitions.add(definition(section, symbol, size, tailSections));
            }
        }
        return maps;
    }

    /** Returns the maps' symbols by their places. Old compilers give no type, so that anything but a section counts. */
    private static List<ElfSymbol> symbols(ElfFile file, ElfSection section) {
        return file.symbols().stream()
                .filter(symbol -> symbol.section() == section.index()
                        && (symbol.type() == ElfSymbol.OBJECT || symbol.type() == ElfSymbol.NOTYPE)
                        && symbol.value() < section.size()
                        && !symbol.name().isEmpty())
                .sorted(Comparator.comparingLong(ElfSymbol::value))
                .toList();
    }

    private static Definition definition(ElfSection section, ElfSymbol symbol, int size, boolean tailSections) {
        int at = (int) symbol.value();
        ByteBuffer in = section.bytes();
        int type = size < SMALLEST || size > in.capacity() - at ? -1 : in.getInt(at);
        if (type <= 0 || type >= MapType.values().length) {
            ElfFormatException e = size < SMALLEST || size > in.capacity() - at
                    ? section.error(at, "map " + symbol + " of " + size + " bytes", "at least " + SMALLEST)
                    : section.error(
                            at,
                            "map " + symbol + " of type " + Integer.toUnsignedString(type),
                            "1 to " + (MapType.values().length - 1));
            MapSpec broken = MapSpec.builder(symbol.name(), MapType.UNSPEC)
                    .problem(e.getMessage())
                    .build();
            return new Definition(section, at, broken, 0, 0, -1, -1);
        }
        MapSpec map = MapSpec.builder(symbol.name(), MapType.of(type))
                .keySize(in.getInt(at + 4))
                .valueSize(in.getInt(at + 8))
                .maxEntries(in.getInt(at + 12))
                .flags(size < WITH_FLAGS ? 0 : in.getInt(at + 16))
                .build();
        return rest(
                new Definition(section, at, map, 0, 0, -1, -1),
                in.slice(at, size).order(in.order()),
                tailSections);
    }

    /** Reads what the dialects put behind the flags. */
    private static Definition rest(Definition start, ByteBuffer in, boolean tailSections) {
        MapSpec map = start.map();
        boolean ofMaps = isOfMaps(map);
        boolean numa = (map.flags() & MapSpec.NUMA_NODE) != 0;
        boolean tc = in.capacity() == IPROUTE2 || (in.capacity() == SAMPLES && tailSections && !ofMaps && !numa);
        if (tc) {
            boolean inner = in.capacity() == IPROUTE2;
            return new Definition(
                    start.section(),
                    start.offset(),
                    pinned(map, in.getInt(24)),
                    in.getInt(20),
                    inner ? in.getInt(28) : 0,
                    inner ? in.getInt(32) : -1,
                    -1);
        }
        if (in.capacity() == SAMPLES) {
            MapSpec placed = numa ? map.withNumaNode(in.getInt(24)) : map;
            return new Definition(start.section(), start.offset(), placed, 0, 0, -1, ofMaps ? in.getInt(20) : -1);
        }
        return start;
    }

    private static MapSpec pinned(MapSpec map, int pinning) {
        return pinning == PIN_GLOBAL ? map.withPinPath(GLOBALS + map.name()) : map;
    }

    private static boolean isOfMaps(MapSpec map) {
        return map.type() == MapType.ARRAY_OF_MAPS || map.type() == MapType.HASH_OF_MAPS;
    }

    /** Adds all maps in the order of the file, still without initial elements. */
    void addTo(MapPlaces places) {
        for (Definition each : definitions) {
            Definition inner = inner(each);
            MapSpec shape =
                    inner == null ? null : inner.map().toBuilder().pinPath(null).build();
            MapSpec map = each.map().toBuilder().inner(shape).build();
            places.add(each.section(), each.offset(), map);
        }
    }

    private @Nullable Definition inner(Definition outer) {
        if (!isOfMaps(outer.map())) {
            return null;
        }
        int number = outer.innerNumber();
        if (number >= 0 && number < definitions.size()) {
            return definitions.get(number);
        }
        return byId(outer.innerId()).orElse(null);
    }

    private Optional<Definition> byId(int id) {
        return id == 0
                ? Optional.empty()
                : definitions.stream().filter(each -> each.id() == id).findFirst();
    }

    /** Adds the maps and programs that tc puts into maps: those with an index, and those of sections "map/key". */
    void addElements(Programs programs, InitialElements elements) {
        for (Definition each : definitions) {
            if (each.innerIndex() < 0 || each.id() == 0 || isOfMaps(each.map())) {
                continue;
            }
            definitions.stream()
                    .filter(outer -> isOfMaps(outer.map()) && outer.innerId() == each.id())
                    .forEach(outer -> elements.add(
                            outer.map().name(),
                            new MapSpec.Slot(each.innerIndex(), each.map().name())));
        }
        programs.programs().forEach(program -> {
            TailSection tail = TailSection.parse(program.section());
            if (tail != null) {
                byId(tail.map())
                        .filter(definition -> definition.map().type() == MapType.PROG_ARRAY)
                        .ifPresent(array ->
                                elements.add(array.map().name(), new MapSpec.Slot(tail.key(), program.name())));
            }
        });
    }

    /** Returns whether a section of code belongs into one of these maps. */
    boolean takes(TailSection tail) {
        return byId(tail.map())
                .filter(definition -> definition.map().type() == MapType.PROG_ARRAY)
                .isPresent();
    }
}
