package dev.ebpf4j.elf;

import dev.ebpf4j.btf.Btf;
import dev.ebpf4j.btf.BtfType;
import dev.ebpf4j.btf.BtfType.Array;
import dev.ebpf4j.btf.BtfType.Enumeration;
import dev.ebpf4j.btf.BtfType.FuncProto;
import dev.ebpf4j.btf.BtfType.Int;
import dev.ebpf4j.btf.BtfType.Member;
import dev.ebpf4j.btf.BtfType.Ptr;
import dev.ebpf4j.btf.BtfType.Struct;
import dev.ebpf4j.spec.MapSpec;
import dev.ebpf4j.spec.MapType;
import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads one map out of the struct that defines it. A number is the length of an array behind a pointer
 * ({@code int (*max_entries)[16]}), a type is what a pointer points to ({@code struct event *value}). In a few sources numbers
 * are plain members, whose values stand in the section.
 */
final class MapDefinition {
    private static final String VALUES = "values";

    /** What maps of maps and of programs hold: a file descriptor going in, an id coming out. */
    private static final int HANDLE_BYTES = 4;

    private static final int PIN_BY_NAME = 1;

    /** What tc's headers say for the directory that all objects share. */
    private static final int PIN_GLOBAL = 2;

    private final Btf btf;
    private final String name;
    private final boolean inner;
    private final @Nullable ByteBuffer values;
    private final MapSpec.Builder spec;
    private MapType type = MapType.UNSPEC;
    private int keySize;
    private int keyTypeId;
    private int valueSize;
    private int valueTypeId;

    private MapDefinition(Btf btf, String name, @Nullable ByteBuffer values) {
        this.btf = btf;
        this.name = name;
        this.inner = values == null;
        this.values = values;
        this.spec = MapSpec.builder(name, MapType.UNSPEC);
    }

    /** Returns the map of this name that a struct defines by its types alone. */
    static MapSpec read(Btf btf, String name, Struct definition) {
        return read(btf, name, definition, ByteBuffer.allocate(0));
    }

    /**
     * Returns the map of this name that a struct defines.
     *
     * @param values the variable's own bytes, in the file's byte order
     */
    static MapSpec read(Btf btf, String name, Struct definition, ByteBuffer values) {
        return new MapDefinition(btf, name, values).read(definition);
    }

    /** Returns where the initial elements begin in a map's variable, in bytes; -1 if it has none. */
    static int valuesOffset(Struct definition) {
        List<Member> members = definition.members();
        boolean present = !members.isEmpty() && members.getLast().name().equals(VALUES);
        return present ? members.getLast().bitOffset() >>> 3 : -1;
    }

    private MapSpec read(Struct definition) {
        int last = definition.members().size() - 1;
        for (int i = 0; i <= last; i++) {
            read(definition.members().get(i), i == last);
        }
        if (type == MapType.UNSPEC) {
            throw error("type", "no such field", "one, as every map has a type");
        }
        return spec.keySize(keySize)
                .valueSize(valueSize)
                .typeIds(keyTypeId, valueTypeId)
                .build();
    }

    private void read(Member member, boolean last) {
        switch (member.name()) {
            case "type" -> setType(mapType(member));
            case "max_entries" -> spec.maxEntries(number(member));
            case "map_flags" -> spec.flags(number(member));
            case "numa_node" -> spec.numaNode(number(member));
            case "map_extra" -> spec.mapExtra(longNumber(member));
            case "key_size" -> setKey(member, size(member), keyTypeId);
            case "key" -> setKey(member, sizeOf(pointee(member)), pointee(member));
            case "value_size" -> setValue(member, size(member), valueTypeId);
            case "value" -> setValue(member, sizeOf(pointee(member)), pointee(member));
            case "pinning" -> spec.pinning(pinning(member));
            case VALUES -> readValues(member, last);
            default ->
                throw error(
                        member.name(),
                        "a field of this name",
                        "type, max_entries, map_flags, numa_node, map_extra, key, key_size, value, value_size, pinning"
                                + " or values");
        }
    }

    private void setType(MapType value) {
        type = value;
        spec.type(value);
    }

    private MapType mapType(Member member) {
        int number = number(member);
        if (number <= 0 || number >= MapType.values().length) {
            throw error(
                    member.name(),
                    "map type " + Integer.toUnsignedString(number),
                    "1 to " + (MapType.values().length - 1));
        }
        return MapType.of(number);
    }

    private MapSpec.Pinning pinning(Member member) {
        if (inner) {
            throw error(member.name(), "pinning of an inner map", "none");
        }
        int number = number(member);
        if (number == PIN_GLOBAL) {
            spec.pinPath(LegacyMaps.GLOBALS + name);
        }
        // other loaders have numbers of their own, which say nothing to us
        return number == PIN_BY_NAME ? MapSpec.Pinning.BY_NAME : MapSpec.Pinning.NONE;
    }

    private void setKey(Member member, int size, int typeId) {
        checkSame(member, keySize, size);
        keySize = size;
        keyTypeId = typeId;
    }

    private void setValue(Member member, int size, int typeId) {
        checkSame(member, valueSize, size);
        valueSize = size;
        valueTypeId = typeId;
    }

    private void checkSame(Member member, int known, int size) {
        if (known != 0 && known != size) {
            throw error(member.name(), size + " bytes", "the " + known + " bytes that another field says");
        }
    }

    /** Reads the shape of what stands in a map of maps or programs: a pointer to it, as the element of an array. */
    private void readValues(Member member, boolean last) {
        boolean ofMaps = type == MapType.ARRAY_OF_MAPS || type == MapType.HASH_OF_MAPS;
        if (inner || !last || (!ofMaps && type != MapType.PROG_ARRAY)) {
            throw error(
                    member.name(),
                    inner ? "maps inside an inner map" : "it in a map of type " + type + (last ? "" : ", not last"),
                    "it as the last field of an outermost map of maps or programs, behind the type");
        }
        setValue(member, HANDLE_BYTES, valueTypeId);
        if (!(btf.type(btf.resolve(member.typeId())) instanceof Array array)
                || array.count() != 0
                || !(btf.type(btf.resolve(array.elementTypeId())) instanceof Ptr pointer)) {
            throw error(member.name(), "another type", "an array of pointers without a length");
        }
        switch (btf.type(btf.resolve(pointer.typeId()))) {
            case Struct definition
            when ofMaps -> spec.inner(new MapDefinition(btf, name + ".inner", null).read(definition));
            case FuncProto program when !ofMaps -> {}
            default ->
                throw error(
                        member.name(),
                        "pointers to another type",
                        ofMaps ? "pointers to a struct that defines a map" : "pointers to functions");
        }
    }

    private int pointee(Member member) {
        BtfType found = btf.type(btf.resolve(member.typeId()));
        if (found instanceof Ptr pointer) {
            return pointer.typeId();
        }
        throw error(member.name(), "a type that is no pointer", "a pointer to the type meant");
    }

    private int sizeOf(int typeId) {
        return btf.sizeOf(typeId);
    }

    private int size(Member member) {
        int size = number(member);
        if (size < 0) {
            throw error(member.name(), Integer.toUnsignedString(size) + " bytes", "less than 2 GiB");
        }
        return size;
    }

    /** Returns the 32 bits of a number. */
    private int number(Member member) {
        if (values != null && btf.type(btf.resolve(member.typeId())) instanceof Int plain) {
            int offset = member.bitOffset() >>> 3;
            if (plain.size() != Integer.BYTES || offset > values.capacity() - Integer.BYTES) {
                throw error(member.name(), "a number of " + plain.size() + " bytes", "one of 4");
            }
            return values.getInt(offset);
        }
        if (btf.type(pointee(member)) instanceof Array array) {
            return (int) array.count();
        }
        throw error(member.name(), "a pointer to another type", "a pointer to an array whose length is the number");
    }

    private long longNumber(Member member) {
        if (btf.type(btf.resolve(member.typeId())) instanceof Enumeration wide) {
            if (wide.enumerators().size() != 1) {
                throw error(member.name(), wide.enumerators().size() + " enumerators", "one");
            }
            return wide.enumerators().getFirst().value();
        }
        return Integer.toUnsignedLong(number(member));
    }

    private ElfFormatException error(String field, String found, String expected) {
        return new ElfFormatException(".maps", -1, found + " in map '" + name + "', field '" + field + "'", expected);
    }
}
