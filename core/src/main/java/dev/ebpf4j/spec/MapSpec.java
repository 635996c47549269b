package dev.ebpf4j.spec;

import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A map as the object wants it. Immutable; {@link #toBuilder()} and the withers make changed copies.
 *
 * <p>Sizes are in bytes. The shape is what the object says: rounding for the machine (ring buffer sizes, one entry per
 * CPU) is done by the load plan.
 */
public final class MapSpec {
    /** Creation flag {@code BPF_F_NUMA_NODE}: the memory comes from {@link #numaNode()}. */
    public static final int NUMA_NODE = 1 << 2;

    /** Creation flag {@code BPF_F_RDONLY_PROG}: programs may only read. */
    public static final int RDONLY_PROG = 1 << 7;

    /** Creation flag {@code BPF_F_MMAPABLE}: user space may map the values into its memory. */
    public static final int MMAPABLE = 1 << 10;

    /** Creation flag {@code BPF_F_LINK}: kernel operations are put into force by a link, not by writing the map. */
    public static final int LINK = 1 << 13;

    /** Creation flag {@code BPF_F_RB_OVERWRITE} (Linux 6.19): a full ring buffer overwrites its oldest records. */
    public static final int RB_OVERWRITE = 1 << 19;

    /** How long the map outlives the object. */
    public enum Pinning {
        /** Not pinned, unless it has a {@link #pinPath()}. */
        NONE,
        /** Shared through a pin that carries the map's name. */
        BY_NAME
    }

    /**
     * An initial element of a map of maps or of programs; or a function of kernel operations.
     *
     * @param key the element's key; in a map of type {@link MapType#STRUCT_OPS}, the offset of the member in bytes
     * @param target name of the map or program to put there
     */
    public record Slot(int key, String target) {}

    private final Builder state;

    private MapSpec(Builder state) {
        this.state = state;
    }

    /**
     * Starts a spec of a map with this name and type; everything else is zero or absent.
     *
     * @param name the name as the object spells it
     * @param type the type
     * @return a builder
     */
    public static Builder builder(String name, MapType type) {
        return new Builder(name, type);
    }

    /** {@return a builder that holds this map's values} */
    public Builder toBuilder() {
        return new Builder(state);
    }

    /** {@return the name as the object spells it; the kernel's is cut to 15 bytes} */
    public String name() {
        return state.name;
    }

    /** {@return the type} */
    public MapType type() {
        return state.type;
    }

    /** {@return the size of a key} */
    public int keySize() {
        return state.keySize;
    }

    /** {@return the size of a value, for per-CPU maps that of one CPU} */
    public int valueSize() {
        return state.valueSize;
    }

    /** {@return the number of elements, for ring buffers the size in bytes, for arenas the number of pages} */
    public int maxEntries() {
        return state.maxEntries;
    }

    /** {@return the creation flags ({@code BPF_F_…})} */
    public int flags() {
        return state.flags;
    }

    /** {@return the NUMA node, used if the flags contain {@link #NUMA_NODE}} */
    public int numaNode() {
        return state.numaNode;
    }

    /** {@return the number of the network device that holds the map; 0 for the kernel itself} */
    public int ifindex() {
        return state.ifindex;
    }

    /** {@return the value whose meaning depends on the type, such as the number of hashes of a bloom filter} */
    public long mapExtra() {
        return state.mapExtra;
    }

    /** {@return the BTF id of the key's type in the object's BTF, 0 if there is none} */
    public int keyTypeId() {
        return state.keyTypeId;
    }

    /**
     * {@return the BTF id of the value's type in the object's BTF, 0 if there is none. Of kernel operations
     * ({@link MapType#STRUCT_OPS}), that of the struct that the source fills in}
     */
    public int valueTypeId() {
        return state.valueTypeId;
    }

    /** {@return whether the map is shared through a pin} */
    public Pinning pinning() {
        return state.pinning;
    }

    /**
     * {@return the path of the pin that the map is shared through, whatever {@link #pinning()} says; null for none. One
     * that does not begin with {@code /} stands below the directory of all pins, as {@code tc/globals/jmp_tc} does}
     */
    public @Nullable String pinPath() {
        return state.pinPath;
    }

    /** {@return the shape of the maps inside, for maps of maps} */
    public @Nullable MapSpec inner() {
        return state.inner;
    }

    /**
     * {@return the initial value of element 0, for maps that hold a data section, and of those behind it, if this is longer
     * than a value; of an arena, its global variables; of
     * kernel operations ({@link MapType#STRUCT_OPS}), the struct as the source fills it in, its functions left zero}
     */
    public @Nullable Bytes contents() {
        return state.contents;
    }

    /** {@return whether user space may no longer write once the contents stand: read-only data} */
    public boolean frozen() {
        return state.frozen;
    }

    /** {@return the elements that the object asks to be put in} */
    public List<Slot> slots() {
        return state.slots;
    }

    /** {@return whether the map is made with its object; if not, instructions that use it must never be reached} */
    public boolean autocreate() {
        return state.autocreate;
    }

    /** {@return name of the only program that may use the map; null if all may} */
    public @Nullable String exclusiveProgram() {
        return state.exclusiveProgram;
    }

    /** {@return why the map can not be made, null if it can: programs that use it do not link, all others do} */
    public @Nullable String problem() {
        return state.problem;
    }

    /**
     * {@return a copy of another type; sizes and all else stay}
     *
     * @param value the type
     */
    public MapSpec withType(MapType value) {
        return with(to -> to.type(value));
    }

    /**
     * {@return a copy with other keys}
     *
     * @param size the size in bytes
     * @param typeId BTF id of the type in the object's BTF, 0 for none
     */
    public MapSpec withKey(int size, int typeId) {
        return with(to -> to.keySize(size).typeIds(typeId, valueTypeId()));
    }

    /**
     * {@return a copy with other values}
     *
     * @param size the size in bytes
     * @param typeId BTF id of the type in the object's BTF, 0 for none
     */
    public MapSpec withValue(int size, int typeId) {
        return with(to -> to.valueSize(size).typeIds(keyTypeId(), typeId));
    }

    /**
     * {@return a copy for this number of elements (bytes for ring buffers)}
     *
     * @param maxEntries the number, unsigned
     */
    public MapSpec withMaxEntries(int maxEntries) {
        return with(to -> to.maxEntries(maxEntries));
    }

    /**
     * {@return a copy with other creation flags}
     *
     * @param value {@code BPF_F_…}
     */
    public MapSpec withFlags(int value) {
        return with(to -> to.flags(value));
    }

    /**
     * {@return a copy whose memory comes from a NUMA node}
     *
     * @param value the node
     */
    public MapSpec withNumaNode(int value) {
        return with(to -> to.numaNode(value).flags(flags() | NUMA_NODE));
    }

    /**
     * {@return a copy held by a network device}
     *
     * @param value number of the device, 0 for the kernel itself
     */
    public MapSpec withIfindex(int value) {
        return with(to -> to.ifindex(value));
    }

    /**
     * {@return a copy with another value whose meaning depends on the type}
     *
     * @param value what the type makes of it
     */
    public MapSpec withMapExtra(long value) {
        return with(to -> to.mapExtra(value));
    }

    /**
     * {@return a copy that is shared through a pin, or is not}
     *
     * @param value how
     */
    public MapSpec withPinning(Pinning value) {
        return with(to -> to.pinning(value));
    }

    /**
     * {@return a copy that is shared through a pin of its own: opened if a map of the same shape is pinned there, else
     * created and pinned}
     *
     * @param value path in a BPF file system, absolute or below the directory of all pins; null for none
     */
    public MapSpec withPinPath(@Nullable String value) {
        return with(to -> to.pinPath(value));
    }

    /**
     * {@return a copy with another shape of the maps inside}
     *
     * @param value the shape
     */
    public MapSpec withInner(MapSpec value) {
        return with(to -> to.inner(value));
    }

    /**
     * {@return a copy that is made with its object, or is not}
     *
     * @param value whether it is made
     */
    public MapSpec withAutocreate(boolean value) {
        return with(to -> to.autocreate(value));
    }

    /**
     * {@return a copy that only one program may use}
     *
     * @param value name of the program, null for all
     */
    public MapSpec withExclusiveProgram(@Nullable String value) {
        return with(to -> to.exclusiveProgram(value));
    }

    /**
     * {@return a copy with other initial elements}
     *
     * @param value all of them
     */
    public MapSpec withSlots(List<Slot> value) {
        return with(to -> to.slots(value));
    }

    /**
     * {@return a copy with other initial contents; the value size follows, but in an arena, whose values have no size}
     *
     * @param contents the contents
     */
    public MapSpec withContents(Bytes contents) {
        return with(to -> to.contents(contents).valueSize(type() == MapType.ARENA ? 0 : contents.size()));
    }

    private MapSpec with(Consumer<Builder> change) {
        Builder changed = toBuilder();
        change.accept(changed);
        return changed.build();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof MapSpec that && Arrays.equals(state.fields(), that.state.fields());
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(state.fields());
    }

    @Override
    public String toString() {
        return "map '" + name() + "' (" + type() + ", key " + keySize() + " B, value " + valueSize() + " B, "
                + Integer.toUnsignedString(maxEntries()) + " entries, flags 0x" + Integer.toHexString(flags()) + ")";
    }

    /** Collects the values of a {@link MapSpec}. Not for use by several threads at once. */
    public static final class Builder {
        private String name;
        private MapType type;
        private int keySize;
        private int valueSize;
        private int maxEntries;
        private int flags;
        private int numaNode;
        private int ifindex;
        private long mapExtra;
        private int keyTypeId;
        private int valueTypeId;
        private Pinning pinning = Pinning.NONE;
        private @Nullable String pinPath;
        private @Nullable MapSpec inner;
        private @Nullable Bytes contents;
        private boolean frozen;
        private List<Slot> slots = List.of();
        private boolean autocreate = true;
        private @Nullable String exclusiveProgram;
        private @Nullable String problem;

        private Builder(String name, MapType type) {
            this.name = Objects.requireNonNull(name);
            this.type = Objects.requireNonNull(type);
        }

        private Builder(Builder that) {
            name = that.name;
            type = that.type;
            keySize = that.keySize;
            valueSize = that.valueSize;
            maxEntries = that.maxEntries;
            flags = that.flags;
            numaNode = that.numaNode;
            ifindex = that.ifindex;
            mapExtra = that.mapExtra;
            keyTypeId = that.keyTypeId;
            valueTypeId = that.valueTypeId;
            pinning = that.pinning;
            pinPath = that.pinPath;
            inner = that.inner;
            contents = that.contents;
            frozen = that.frozen;
            slots = that.slots;
            autocreate = that.autocreate;
            exclusiveProgram = that.exclusiveProgram;
            problem = that.problem;
        }

        private @Nullable Object[] fields() {
            return new @Nullable Object[] {
                List.of(name, type, pinning, slots, frozen, autocreate),
                List.of(keySize, valueSize, maxEntries, flags, numaNode, ifindex, mapExtra, keyTypeId, valueTypeId),
                Arrays.<@Nullable Object>asList(pinPath, inner, contents, exclusiveProgram, problem),
            };
        }

        /**
         * {@return this builder, with the name}
         *
         * @param value the new value
         */
        public Builder name(String value) {
            name = value;
            return this;
        }

        /**
         * {@return this builder, with the type}
         *
         * @param value the new value
         */
        public Builder type(MapType value) {
            type = value;
            return this;
        }

        /**
         * {@return this builder, with the size of a key in bytes}
         *
         * @param value the new value
         */
        public Builder keySize(int value) {
            keySize = value;
            return this;
        }

        /**
         * {@return this builder, with the size of a value in bytes}
         *
         * @param value the new value
         */
        public Builder valueSize(int value) {
            valueSize = value;
            return this;
        }

        /**
         * {@return this builder, with the number of elements, for ring buffers the size in bytes}
         *
         * @param value the new value
         */
        public Builder maxEntries(int value) {
            maxEntries = value;
            return this;
        }

        /**
         * {@return this builder, with the creation flags}
         *
         * @param value the new value
         */
        public Builder flags(int value) {
            flags = value;
            return this;
        }

        /**
         * {@return this builder, with the NUMA node}
         *
         * @param value the new value
         */
        public Builder numaNode(int value) {
            numaNode = value;
            return this;
        }

        /**
         * {@return this builder, with the number of the network device that holds the map, 0 for none}
         *
         * @param value the new value
         */
        public Builder ifindex(int value) {
            ifindex = value;
            return this;
        }

        /**
         * {@return this builder, with the value whose meaning depends on the type}
         *
         * @param value the new value
         */
        public Builder mapExtra(long value) {
            mapExtra = value;
            return this;
        }

        /**
         * {@return this builder, with the BTF ids of key and value}
         *
         * @param key id for keys, 0 for none
         * @param value id for values, 0 for none
         */
        public Builder typeIds(int key, int value) {
            keyTypeId = key;
            valueTypeId = value;
            return this;
        }

        /**
         * {@return this builder, which knows whether the map is shared through a pin}
         *
         * @param value the new value
         */
        public Builder pinning(Pinning value) {
            pinning = value;
            return this;
        }

        /**
         * {@return this builder, with the path of a pin, null for none}
         *
         * @param value the new value
         */
        public Builder pinPath(@Nullable String value) {
            pinPath = value;
            return this;
        }

        /**
         * {@return this builder, with the shape of the maps inside}
         *
         * @param value the new value
         */
        public Builder inner(@Nullable MapSpec value) {
            inner = value;
            return this;
        }

        /**
         * {@return this builder, with the initial value of element 0}
         *
         * @param value the new value
         */
        public Builder contents(@Nullable Bytes value) {
            contents = value;
            return this;
        }

        /**
         * {@return this builder, which knows whether user space may no longer write once the contents stand}
         *
         * @param value the new value
         */
        public Builder frozen(boolean value) {
            frozen = value;
            return this;
        }

        /**
         * {@return this builder, with the elements to be put in}
         *
         * @param value the new value
         */
        public Builder slots(List<Slot> value) {
            slots = List.copyOf(value);
            return this;
        }

        /**
         * {@return this builder, which knows whether the map is made with its object}
         *
         * @param value the new value
         */
        public Builder autocreate(boolean value) {
            autocreate = value;
            return this;
        }

        /**
         * {@return this builder, with the only program that may use the map, null for all}
         *
         * @param value the new value
         */
        public Builder exclusiveProgram(@Nullable String value) {
            exclusiveProgram = value;
            return this;
        }

        /**
         * {@return this builder, which knows why the map can not be made, null if it can}
         *
         * @param value the new value
         */
        public Builder problem(@Nullable String value) {
            problem = value;
            return this;
        }

        /** {@return the spec. The builder may be used on} */
        public MapSpec build() {
            return new MapSpec(new Builder(this));
        }
    }
}
