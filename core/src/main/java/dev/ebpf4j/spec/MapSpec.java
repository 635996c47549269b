package dev.ebpf4j.spec;

import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A map as the object wants it. Immutable; {@link #toBuilder()} and the withers make changed copies.
 *
 * <p>Sizes are in bytes. The shape is what the object says: rounding for the machine (ring buffer sizes, one entry per
 * CPU) is done by the load plan.
 */
public final class MapSpec {
    /** Creation flag {@code BPF_F_RDONLY_PROG}: programs may only read. */
    public static final int RDONLY_PROG = 1 << 7;

    /** Creation flag {@code BPF_F_MMAPABLE}: user space may map the values into its memory. */
    public static final int MMAPABLE = 1 << 10;

    /** How long the map outlives the object. */
    public enum Pinning {
        /** Not pinned. */
        NONE,
        /** Shared through a pin that carries the map's name. */
        BY_NAME
    }

    /**
     * An initial element of a map of maps or of programs.
     *
     * @param key the element's key
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

    /** {@return the NUMA node, used if the flags contain {@code BPF_F_NUMA_NODE}} */
    public int numaNode() {
        return state.numaNode;
    }

    /** {@return the value whose meaning depends on the type, such as the number of hashes of a bloom filter} */
    public long mapExtra() {
        return state.mapExtra;
    }

    /** {@return the BTF id of the key's type in the object's BTF, 0 if there is none} */
    public int keyTypeId() {
        return state.keyTypeId;
    }

    /** {@return the BTF id of the value's type in the object's BTF, 0 if there is none} */
    public int valueTypeId() {
        return state.valueTypeId;
    }

    /** {@return whether the map is shared through a pin} */
    public Pinning pinning() {
        return state.pinning;
    }

    /** {@return the shape of the maps inside, for maps of maps} */
    public @Nullable MapSpec inner() {
        return state.inner;
    }

    /** {@return the initial value of element 0, for maps that hold a data section} */
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

    /**
     * {@return a copy for this number of elements (bytes for ring buffers)}
     *
     * @param maxEntries the number, unsigned
     */
    public MapSpec withMaxEntries(int maxEntries) {
        return toBuilder().maxEntries(maxEntries).build();
    }

    /**
     * {@return a copy with other initial contents; the value size follows}
     *
     * @param contents the contents
     */
    public MapSpec withContents(Bytes contents) {
        return toBuilder().contents(contents).valueSize(contents.size()).build();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof MapSpec that && state.fields().equals(that.state.fields());
    }

    @Override
    public int hashCode() {
        return state.fields().hashCode();
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
        private long mapExtra;
        private int keyTypeId;
        private int valueTypeId;
        private Pinning pinning = Pinning.NONE;
        private @Nullable MapSpec inner;
        private @Nullable Bytes contents;
        private boolean frozen;
        private List<Slot> slots = List.of();

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
            mapExtra = that.mapExtra;
            keyTypeId = that.keyTypeId;
            valueTypeId = that.valueTypeId;
            pinning = that.pinning;
            inner = that.inner;
            contents = that.contents;
            frozen = that.frozen;
            slots = that.slots;
        }

        private List<Object> fields() {
            return List.of(
                    name,
                    type,
                    List.of(keySize, valueSize, maxEntries, flags, numaNode, mapExtra, keyTypeId, valueTypeId),
                    pinning,
                    Objects.requireNonNullElse(inner, ""),
                    Objects.requireNonNullElse(contents, ""),
                    frozen,
                    slots);
        }

        /**
         * Sets the name.
         *
         * @param value what it is from now on
         * @return this builder
         */
        public Builder name(String value) {
            name = value;
            return this;
        }

        /**
         * Sets the type.
         *
         * @param value what it is from now on
         * @return this builder
         */
        public Builder type(MapType value) {
            type = value;
            return this;
        }

        /**
         * Sets the size of a key in bytes.
         *
         * @param value what it is from now on
         * @return this builder
         */
        public Builder keySize(int value) {
            keySize = value;
            return this;
        }

        /**
         * Sets the size of a value in bytes.
         *
         * @param value what it is from now on
         * @return this builder
         */
        public Builder valueSize(int value) {
            valueSize = value;
            return this;
        }

        /**
         * Sets the number of elements, for ring buffers the size in bytes.
         *
         * @param value what it is from now on
         * @return this builder
         */
        public Builder maxEntries(int value) {
            maxEntries = value;
            return this;
        }

        /**
         * Sets the creation flags.
         *
         * @param value what it is from now on
         * @return this builder
         */
        public Builder flags(int value) {
            flags = value;
            return this;
        }

        /**
         * Sets the NUMA node.
         *
         * @param value what it is from now on
         * @return this builder
         */
        public Builder numaNode(int value) {
            numaNode = value;
            return this;
        }

        /**
         * Sets the value whose meaning depends on the type.
         *
         * @param value what it is from now on
         * @return this builder
         */
        public Builder mapExtra(long value) {
            mapExtra = value;
            return this;
        }

        /**
         * Sets the BTF ids of key and value; 0 for none.
         *
         * @param key id for keys, 0 for none
         * @param value what it is from now on
         * @return this builder
         */
        public Builder typeIds(int key, int value) {
            keyTypeId = key;
            valueTypeId = value;
            return this;
        }

        /**
         * Sets whether the map is shared through a pin.
         *
         * @param value what it is from now on
         * @return this builder
         */
        public Builder pinning(Pinning value) {
            pinning = value;
            return this;
        }

        /**
         * Sets the shape of the maps inside.
         *
         * @param value what it is from now on
         * @return this builder
         */
        public Builder inner(@Nullable MapSpec value) {
            inner = value;
            return this;
        }

        /**
         * Sets the initial value of element 0.
         *
         * @param value what it is from now on
         * @return this builder
         */
        public Builder contents(@Nullable Bytes value) {
            contents = value;
            return this;
        }

        /**
         * Sets whether user space may no longer write once the contents stand.
         *
         * @param value what it is from now on
         * @return this builder
         */
        public Builder frozen(boolean value) {
            frozen = value;
            return this;
        }

        /**
         * Sets the elements to be put in.
         *
         * @param value what it is from now on
         * @return this builder
         */
        public Builder slots(List<Slot> value) {
            slots = List.copyOf(value);
            return this;
        }

        /** {@return the spec. The builder may be used on} */
        public MapSpec build() {
            return new MapSpec(new Builder(this));
        }
    }
}
