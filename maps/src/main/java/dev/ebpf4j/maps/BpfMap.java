package dev.ebpf4j.maps;

import dev.ebpf4j.btf.Btf;
import dev.ebpf4j.codec.TypeRef;
import dev.ebpf4j.error.BpfException;
import dev.ebpf4j.spec.MapSpec;
import dev.ebpf4j.spec.MapType;
import dev.ebpf4j.sys.Fd;
import dev.ebpf4j.sys.Sys;
import dev.ebpf4j.sys.Uapi.Flag;
import java.lang.foreign.MemorySegment;
import java.util.function.IntFunction;
import java.util.function.IntToLongFunction;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A map that the kernel holds, as bytes. Whoever created or opened it closes it; the kernel keeps the map itself as long
 * as a program, a pin or another handle needs it.
 *
 * <p>Keys and values are memory segments of exactly {@link #keySize} and {@link #valueBytes} bytes, heap or native;
 * their sizes are checked before the kernel is asked. What has no keys, as queues, takes {@link MemorySegment#NULL}.
 *
 * <p>All methods may be called by any number of threads, {@link #close} too: it waits for operations that are under way,
 * and later ones throw {@link MapClosedException}. Each platform thread has memory of its own for operations, made at its
 * first; virtual threads borrow some for each operation and keep none. Beyond that, single operations allocate nothing.
 *
 * <p>What can go wrong with an operation has a type of its own: {@link MapSizeException}, {@link MapFullException},
 * {@link MapAccessException}, {@link MapOperationException}; all else is a plain {@link BpfException}.
 *
 * @kernel 4.9
 */
public final class BpfMap implements AutoCloseable {
    /** Create the element or change it. */
    public static final long ANY = Flag.BPF_ANY;

    /** Create the element; there must be none. */
    public static final long NOEXIST = Flag.BPF_NOEXIST;

    /** Change the element; there must be one. */
    public static final long EXIST = Flag.BPF_EXIST;

    /**
     * Take the lock of the value, a {@code struct bpf_spin_lock}, so that nobody reads half a value. The lock's own bytes are
     * neither read nor written.
     *
     * @kernel 5.1
     */
    public static final long F_LOCK = Flag.BPF_F_LOCK;

    private final Sys sys;
    private final Fd fd;
    private final String name;
    private final MapType type;
    private final int keySize;
    private final int valueSize;
    private final int maxEntries;
    private final int flags;
    private final long mapExtra;
    private final int valueBytes;
    private final int cpus;
    private final ElementCalls calls;
    private volatile @Nullable Types types;

    /** BTF of keys and values; ids are 0 where not known. */
    record Types(@Nullable Btf btf, int keyTypeId, int valueTypeId) {}

    BpfMap(Sys sys, Fd fd, MapSpec shape, @Nullable Types types) {
        this.sys = sys;
        this.fd = fd;
        this.name = shape.name();
        this.type = shape.type();
        this.keySize = shape.keySize();
        this.valueSize = shape.valueSize();
        this.maxEntries = shape.maxEntries();
        this.flags = shape.flags();
        this.mapExtra = shape.mapExtra();
        this.types = types;
        this.cpus = isPerCpu(type) ? PossibleCpus.count(sys) : 1;
        this.valueBytes = isPerCpu(type) ? Math.multiplyExact(stride(valueSize), cpus) : valueSize;
        this.calls = new ElementCalls(sys, this, fd.fd());
    }

    /**
     * Creates a map without type information, in the shape that the kernel takes of its type ({@link
     * dev.ebpf4j.plan.MapShape}).
     *
     * @param spec its shape; maps of maps need {@link MapSpec#inner}. The kernel gets the first 15 bytes of the name
     * @return the map, to be closed by the caller
     * @throws BpfException if the kernel refuses
     */
    public static BpfMap create(MapSpec spec) {
        return create(spec, null);
    }

    /**
     * Creates a map with the types of its keys and values, as locks and timers need them.
     *
     * @param spec its shape
     * @param btf what the spec's type ids refer to; null to keep them from the kernel
     * @return the map, to be closed by the caller
     * @throws BpfException if the kernel refuses
     */
    public static BpfMap create(MapSpec spec, @Nullable Btf btf) {
        return new MapOpener(Sys.host()).create(spec, btf);
    }

    /**
     * Takes over a descriptor of a map, as another process may have passed it.
     *
     * @param fd the descriptor, from now on owned by the result; at least 3
     * @return the map, to be closed by the caller
     * @throws BpfException if it is no descriptor of a map
     */
    public static BpfMap adopt(int fd) {
        return new MapOpener(Sys.host()).adopt(fd);
    }

    /**
     * Opens a map by its pin.
     *
     * @param path where it is pinned, in a file system of type bpf
     * @return the map, to be closed by the caller
     * @throws BpfException if the kernel refuses, or something else is pinned there
     */
    public static BpfMap openPinned(String path) {
        return new MapOpener(Sys.host()).openPinned(path, 0);
    }

    /**
     * Opens a map by its pin, for reading only: writes by this handle throw {@link MapAccessException}.
     *
     * @param path where it is pinned, in a file system of type bpf
     * @return the map, to be closed by the caller
     * @throws BpfException if the kernel refuses, or something else is pinned there
     */
    public static BpfMap openPinnedReadOnly(String path) {
        return new MapOpener(Sys.host()).openPinned(path, Flag.BPF_F_RDONLY);
    }

    /**
     * Opens a map by its id.
     *
     * @param id as {@link MapInfo#id} gives it
     * @return the map, to be closed by the caller
     * @throws BpfException if there is no such map, or the process may not open maps by id (CAP_SYS_ADMIN)
     */
    public static BpfMap byId(int id) {
        return new MapOpener(Sys.host()).byId(id);
    }

    /**
     * Opens the map that is pinned at a path, or creates it and pins it there, with its missing directories.
     *
     * @param spec its shape
     * @param path where to find it, in a file system of type bpf
     * @param policy what to do where the map that is pinned is of another shape
     * @return the map, to be closed by the caller, and where it came from
     * @throws MapMismatchException if another map is pinned there, and is not to be replaced
     * @throws BpfException if the kernel refuses; then nothing was changed
     */
    public static SharedMap openOrCreate(MapSpec spec, String path, PinPolicy policy) {
        return new Sharing(Sys.host(), spec, null, path).share(policy);
    }

    /** {@return the name as it was given, or as the kernel says for a map that was opened} */
    public String name() {
        return name;
    }

    /** {@return the type} */
    public MapType type() {
        return type;
    }

    /** {@return bytes of a key} */
    public int keySize() {
        return keySize;
    }

    /** {@return bytes of a value; of per-CPU maps, of one CPU's value} */
    public int valueSize() {
        return valueSize;
    }

    /**
     * {@return bytes that lookup and update move: {@link #valueSize}, or for per-CPU maps the values of all possible CPUs,
     * each rounded up to 8 bytes}
     */
    public int valueBytes() {
        return valueBytes;
    }

    /** {@return the number of elements that fit, or bytes of a ring buffer} */
    public int maxEntries() {
        return maxEntries;
    }

    /** {@return the creation flags {@code BPF_F_…}} */
    public int flags() {
        return flags;
    }

    /** {@return the value whose meaning depends on the type, such as the address of an arena} */
    public long mapExtra() {
        return mapExtra;
    }

    /** {@return the number of values per key: possible CPUs for per-CPU maps, else 1} */
    public int valuesPerKey() {
        return cpus;
    }

    /**
     * {@return the descriptor, which stays this object's. Unlike the methods here, who uses the number must see to it that
     * nobody closes the map meanwhile}
     *
     * @throws MapClosedException after {@link #close}
     */
    public int fd() {
        if (calls.gate().isClosed()) {
            throw closed();
        }
        return fd.fd();
    }

    /** {@return what is known of the type of keys} */
    public TypeRef keyType() {
        Types known = types();
        return ref("key", known, known.keyTypeId, keySize);
    }

    /** {@return what is known of the type of values; of per-CPU maps, of one CPU's value} */
    public TypeRef valueType() {
        Types known = types();
        return ref("value", known, known.valueTypeId, valueSize);
    }

    private TypeRef ref(String part, Types known, int typeId, int size) {
        return new TypeRef(part + " of map '" + name + "'", typeId == 0 ? null : known.btf, typeId, size);
    }

    /** The types as given at creation, else as the kernel has them; asked for once. */
    private Types types() {
        Types known = types;
        if (known == null) {
            MapInfo.Types ids = info().types();
            Btf btf = ids.btfId() == 0 ? null : MapCalls.btf(sys, ids.btfId(), "map '" + name + "'");
            known = new Types(btf, ids.keyTypeId(), ids.valueTypeId());
            types = known;
        }
        return known;
    }

    /**
     * Copies the value of a key; of a queue or stack, the one that is next to be taken.
     *
     * @param key {@link #keySize} bytes
     * @param value where to, {@link #valueBytes} bytes. Of a bloom filter, the value that is looked for
     * @return false where there is no such key; {@code value} is then as before
     * @throws MapSizeException if a size is wrong
     * @throws BpfException if the kernel refuses
     */
    public boolean lookup(MemorySegment key, MemorySegment value) {
        try (Scratch scratch = keyed(key)) {
            checkValue(value);
            if (type == MapType.BLOOM_FILTER) {
                ElementCopy.in(value, scratch.valueAddress, valueBytes);
            }
            if (!calls.lookup(scratch)) {
                return false;
            }
            ElementCopy.out(scratch.valueAddress, value, valueBytes);
            return true;
        }
    }

    /**
     * Copies the value of a key, with flags.
     *
     * @param key {@link #keySize} bytes
     * @param value where to, {@link #valueBytes} bytes
     * @param lookupFlags {@link #F_LOCK}, or others that the kernel knows
     * @return false where there is no such key; {@code value} is then as before
     * @throws MapSizeException if a size is wrong
     * @throws BpfException if the kernel refuses
     * @kernel 5.1
     */
    public boolean lookup(MemorySegment key, MemorySegment value, long lookupFlags) {
        try (Scratch scratch = keyed(key)) {
            checkValue(value);
            if (!calls.lookup(scratch, lookupFlags)) {
                return false;
            }
            ElementCopy.out(scratch.valueAddress, value, valueBytes);
            return true;
        }
    }

    /**
     * Sets the value of a key; adds one to a queue, stack or bloom filter.
     *
     * @param key {@link #keySize} bytes
     * @param value {@link #valueBytes} bytes
     * @param updateFlags {@link #ANY}, {@link #NOEXIST} or {@link #EXIST} (to a queue or stack that is full: in place of the
     *     oldest), with {@link #F_LOCK} or others that the kernel knows
     * @return false where nothing changed, because the key was there and {@link #NOEXIST} was given, or was not and
     *     {@link #EXIST} was
     * @throws MapSizeException if a size is wrong
     * @throws MapFullException if there is no room for another element
     * @throws MapAccessException if the map is frozen or read-only
     * @throws BpfException if the kernel refuses for another reason
     */
    public boolean update(MemorySegment key, MemorySegment value, long updateFlags) {
        try (Scratch scratch = keyed(key)) {
            checkValue(value);
            ElementCopy.in(value, scratch.valueAddress, valueBytes);
            return calls.update(scratch, updateFlags);
        }
    }

    /**
     * Removes a key.
     *
     * @param key {@link #keySize} bytes
     * @return false where there was no such key
     * @throws MapSizeException if the size is wrong
     * @throws MapOperationException if the elements of this type cannot be removed, as those of arrays
     * @throws BpfException if the kernel refuses for another reason
     */
    public boolean delete(MemorySegment key) {
        try (Scratch scratch = keyed(key)) {
            return calls.delete(scratch);
        }
    }

    /**
     * Takes an element out in one step, so that no change of its value is lost: of a hash table, queue or stack.
     *
     * @param key {@link #keySize} bytes
     * @param value where to, {@link #valueBytes} bytes
     * @param lookupFlags 0, or {@link #F_LOCK}
     * @return false where there was no such key, or nothing in the queue or stack; {@code value} is then as before
     * @throws MapSizeException if a size is wrong
     * @throws MapOperationException if the type has no such operation
     * @throws dev.ebpf4j.error.UnsupportedFeatureException if this kernel does so only with queues and stacks
     * @throws BpfException if the kernel refuses for another reason
     * @kernel 5.14, for queues and stacks 4.20
     */
    public boolean lookupAndDelete(MemorySegment key, MemorySegment value, long lookupFlags) {
        try (Scratch scratch = keyed(key)) {
            checkValue(value);
            if (!calls.lookupAndDelete(scratch, lookupFlags)) {
                return false;
            }
            ElementCopy.out(scratch.valueAddress, value, valueBytes);
            return true;
        }
    }

    /**
     * Finds the key after another one, in no particular order. If {@code key} is not there any more, a hash gives its
     * first key again.
     *
     * @param key {@link #keySize} bytes, or null for the first key
     * @param next where to, {@link #keySize} bytes; may be the same memory as {@code key}
     * @return false after the last key; {@code next} is then as before
     * @throws MapSizeException if a size is wrong
     * @throws MapOperationException if the keys of this type cannot be listed
     * @throws BpfException if the kernel refuses for another reason
     */
    public boolean nextKey(@Nullable MemorySegment key, MemorySegment next) {
        checkKey(next);
        try (Scratch scratch = key == null ? calls.scratch() : keyed(key)) {
            if (!calls.nextKey(scratch, key == null)) {
                return false;
            }
            ElementCopy.out(scratch.nextKeyAddress, next, keySize);
            return true;
        }
    }

    /** {@return the operations on many elements at once} */
    public MapBatches batches() {
        return new MapBatches(this);
    }

    /**
     * Visits all elements, in no particular order, in batches where the kernel has them. The visitor may change the map, and
     * delete the element that it is given.
     *
     * @param visitor gets each element; nothing is allocated for it
     * @return whether changes by others led to repetitions
     * @throws MapOperationException if the elements of this type cannot be listed
     * @throws BpfException if the kernel refuses for another reason
     */
    public WalkOutcome forEach(MapElement.Visitor visitor) {
        return ElementWalk.forEach(this, visitor);
    }

    /**
     * {@return all elements, in no particular order, sequentially: each time the same object, valid until the next. Take out
     * what is to stay, before sorting or collecting. {@link #forEach} also tells how the walk went}
     *
     * @throws MapOperationException if the elements of this type cannot be listed; when the stream is run
     */
    public Stream<MapElement> stream() {
        return ElementWalk.stream(this);
    }

    /** The calling thread's memory for this map, with this key in it. */
    private Scratch keyed(MemorySegment key) {
        checkKey(key);
        Scratch scratch = calls.scratch();
        ElementCopy.in(key, scratch.keyAddress, keySize);
        return scratch;
    }

    /** The same operations on what stands in a {@link Scratch}, for views that put it there. */
    boolean lookup(Scratch scratch) {
        return calls.lookup(scratch);
    }

    boolean lookup(Scratch scratch, long lookupFlags) {
        return calls.lookup(scratch, lookupFlags);
    }

    boolean update(Scratch scratch, long updateFlags) {
        return calls.update(scratch, updateFlags);
    }

    boolean delete(Scratch scratch) {
        return calls.delete(scratch);
    }

    boolean lookupAndDelete(Scratch scratch, long lookupFlags) {
        return calls.lookupAndDelete(scratch, lookupFlags);
    }

    boolean nextKey(Scratch scratch, boolean fromStart) {
        return calls.nextKey(scratch, fromStart);
    }

    /** Makes a call that may take long, with the descriptor. */
    long longCall(IntToLongFunction call) {
        return calls.longCall(call);
    }

    /** The calling thread's memory for this map. */
    Scratch scratch() {
        return calls.scratch();
    }

    private void checkKey(MemorySegment key) {
        if (key.byteSize() != keySize) {
            throw new MapSizeException(name, "key", keySize, key.byteSize());
        }
    }

    private void checkValue(MemorySegment value) {
        if (value.byteSize() != valueBytes) {
            throw new MapSizeException(name, "value", valueBytes, value.byteSize());
        }
    }

    /** Asks for something with the descriptor, which stays open meanwhile. */
    <T extends @Nullable Object> T withFd(IntFunction<T> call) {
        return calls.withFd(call);
    }

    MapClosedException closed() {
        return new MapClosedException(name);
    }

    /**
     * Makes the map read-only for user space, for ever; programs may still write unless it was created otherwise.
     *
     * @throws BpfException if the kernel refuses, for instance with EBUSY while it is mapped writable
     * @kernel 5.2
     */
    public void freeze() {
        calls.withFd(number -> MapCalls.freeze(this, number));
    }

    /**
     * Pins the map, so that it outlives this process. Missing directories are made, for their owner alone.
     *
     * @param path a new name in a file system of type bpf; the kernel takes none with dots
     * @throws BpfException if the kernel refuses, for instance with EEXIST
     */
    public void pin(String path) {
        calls.withFd(number -> new Pins(sys).pinNew(number, "map '" + name + "'", path));
    }

    /**
     * {@return what the kernel says of this map now}
     *
     * @throws BpfException if the kernel refuses
     */
    public MapInfo info() {
        return calls.withFd(number -> MapCalls.info(sys, number, "map '" + name + "'"));
    }

    /** {@return what the map takes of the kernel's memory, and whether it can be written} */
    public MapUsage usage() {
        return calls.withFd(number -> MapUsage.of(sys, number));
    }

    /** Closes the handle once no thread is in an operation of it any more; further calls do nothing. */
    @Override
    public void close() {
        if (calls.gate().close()) {
            fd.close();
        }
    }

    /** {@return the kernel that holds it, for the packages beside this one} */
    @SuppressWarnings("exports") // Sys is hidden from users.
    public Sys sys() {
        return sys;
    }

    /** Bytes from one CPU's value to the next. */
    static int stride(int valueSize) {
        return Math.addExact(valueSize, 7) & ~7;
    }

    static boolean isPerCpu(MapType type) {
        return switch (type) {
            case PERCPU_HASH, PERCPU_ARRAY, LRU_PERCPU_HASH, PERCPU_CGROUP_STORAGE -> true;
            default -> false;
        };
    }

    @Override
    public String toString() {
        return "map '" + name + "' (" + type + ", " + fd + ")";
    }
}
