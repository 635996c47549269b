package dev.ebpf4j.maps;

import dev.ebpf4j.btf.Btf;
import dev.ebpf4j.codec.TypeRef;
import dev.ebpf4j.error.BpfException;
import dev.ebpf4j.error.Errno;
import dev.ebpf4j.spec.Bytes;
import dev.ebpf4j.spec.MapSpec;
import dev.ebpf4j.spec.MapType;
import dev.ebpf4j.sys.Fd;
import dev.ebpf4j.sys.Sys;
import dev.ebpf4j.sys.Uapi.Cmd;
import dev.ebpf4j.sys.Uapi.Flag;
import java.lang.foreign.MemorySegment;
import java.lang.ref.Reference;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A map that the kernel holds, as bytes. Whoever created or opened it closes it; the kernel keeps the map itself as long
 * as a program, a pin or another handle needs it.
 *
 * <p>Keys and values are memory segments of exactly {@link #keySize} and {@link #valueBytes} bytes, heap or native;
 * their sizes are checked before the kernel is asked. Operations may be called by any number of threads, but
 * {@link #close} only when no other thread is in one.
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
    private final ThreadLocal<Scratch> scratches;
    private @Nullable Scratch first;
    private volatile @Nullable Types types;

    /** BTF of keys and values; ids are 0 where not known. */
    private record Types(@Nullable Btf btf, int keyTypeId, int valueTypeId) {}

    private BpfMap(Sys sys, Fd fd, MapSpec shape, @Nullable Types types) {
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
        int number = fd.fd();
        this.scratches = ThreadLocal.withInitial(() -> new Scratch(number, keySize, valueBytes));
    }

    /**
     * Creates a map without type information.
     *
     * @param spec its shape, taken as it is; the kernel gets the first 15 bytes of the name
     * @return the map, to be closed by the caller
     * @throws BpfException if the kernel refuses
     */
    public static BpfMap create(MapSpec spec) {
        return create(Sys.host(), spec, null, 0, 0);
    }

    /**
     * Creates a map under its own name.
     *
     * @param sys the kernel
     * @param spec its final shape
     * @param btf what the spec's type ids refer to, or null
     * @param btfFd {@code btf} as loaded into the kernel, or 0 to keep the types from the kernel
     * @param innerFd the template of the maps inside, or 0
     * @return the map, to be closed by the caller
     * @throws BpfException if the kernel refuses
     */
    @SuppressWarnings("exports") // Sys is hidden from users, and the loader, for which this is, sees it.
    public static BpfMap create(Sys sys, MapSpec spec, @Nullable Btf btf, int btfFd, int innerFd) {
        return create(sys, spec, new MapCreation(spec.name(), btf, btfFd, innerFd, 0, Bytes.EMPTY));
    }

    /**
     * Creates a map for the loader.
     *
     * @param sys the kernel
     * @param spec its final shape, with the name that the object gave it
     * @param creation what else the kernel gets
     * @return the map, to be closed by the caller
     * @throws BpfException if the kernel refuses
     */
    @SuppressWarnings("exports") // Sys is hidden from users, and the loader, for which this is, sees it.
    public static BpfMap create(Sys sys, MapSpec spec, MapCreation creation) {
        Fd fd = MapCalls.create(sys, spec, creation);
        Types types = new Types(creation.btf(), spec.keyTypeId(), spec.valueTypeId());
        return owned(fd, () -> new BpfMap(sys, fd, spec, types));
    }

    /**
     * Creates a map of kernel operations (struct_ops) for the loader.
     *
     * @param sys the kernel
     * @param spec its final shape, with the name that the object gave it
     * @param kernelName the name for the kernel, of which it gets the first 15 bytes; empty for none
     * @param value the type of its value
     * @return the map, to be closed by the caller
     * @throws BpfException if the kernel refuses
     * @kernel 5.6
     */
    @SuppressWarnings("exports") // Sys is hidden from users, and the loader, for which this is, sees it.
    public static BpfMap createStructOps(Sys sys, MapSpec spec, String kernelName, KernelValue value) {
        Fd fd = MapCalls.createStructOps(sys, spec, kernelName, value);
        return owned(fd, () -> new BpfMap(sys, fd, spec, new Types(null, 0, 0)));
    }

    /**
     * Takes over a descriptor of a map, as another process may have passed it.
     *
     * @param fd the descriptor, from now on owned by the result; at least 3
     * @return the map, to be closed by the caller
     * @throws BpfException if it is no descriptor of a map
     */
    public static BpfMap adopt(int fd) {
        return adopt(Sys.host(), fd);
    }

    /**
     * Takes over a descriptor of a map that {@code sys} gave.
     *
     * @param sys the kernel
     * @param fd the descriptor, from now on owned by the result, also when this throws
     * @return the map, to be closed by the caller
     * @throws BpfException if it is no descriptor of a map
     */
    @SuppressWarnings("exports") // Sys is hidden from users, and the loader, for which this is, sees it.
    public static BpfMap adopt(Sys sys, int fd) {
        return opened(sys, new Fd(sys, fd), "the map at descriptor " + fd);
    }

    /**
     * Opens a map by its pin.
     *
     * @param path where it is pinned, in a file system of type bpf
     * @return the map, to be closed by the caller
     * @throws BpfException if the kernel refuses, or something else is pinned there
     */
    public static BpfMap openPinned(String path) {
        return opened(Sys.host(), MapCalls.openPinned(Sys.host(), path), "the map pinned at " + path);
    }

    /**
     * Opens a map by its id.
     *
     * @param id as {@link MapInfo#id} gives it
     * @return the map, to be closed by the caller
     * @throws BpfException if there is no such map, or the process may not open maps by id (CAP_SYS_ADMIN)
     */
    public static BpfMap byId(int id) {
        return opened(Sys.host(), MapCalls.byId(Sys.host(), id), "the map with id " + id);
    }

    /**
     * Opens a map by its pin for the loader, if it is what the object wants.
     *
     * @param sys the kernel
     * @param path where it is pinned
     * @param wanted what the object wants
     * @param btf what the spec's type ids refer to, for a map of which the kernel has no types; or null
     * @return the map, to be closed by the caller; null if nothing is pinned there
     * @throws MapMismatchException if it differs from what is wanted
     * @throws BpfException if the kernel refuses, or something else is pinned there
     */
    @SuppressWarnings("exports") // Sys is hidden from users, and the loader, for which this is, sees it.
    public static @Nullable BpfMap openPinned(Sys sys, String path, MapSpec wanted, @Nullable Btf btf) {
        Fd fd = new Pins(sys).open(path, "map '" + wanted.name() + "'");
        if (fd == null) {
            return null;
        }
        return owned(fd, () -> {
            MapInfo info = MapCalls.info(sys, fd.fd(), "the map pinned at " + path);
            String operation = "use the map pinned at " + path + " as map '" + wanted.name() + "'";
            MapCompatibility.check(operation, "pinned", info, wanted);
            return existing(sys, fd, info, wanted, btf);
        });
    }

    /**
     * Makes a second handle of this map for an object that is to use it. Number of elements and flags may be other than
     * the object says.
     *
     * @param wanted what the object wants, whose name the new handle has
     * @param btf what the spec's type ids refer to, for a map of which the kernel has no types; or null
     * @return the new handle, to be closed by the caller
     * @throws MapMismatchException if type or sizes differ from what is wanted
     * @throws BpfException if the kernel refuses
     */
    public BpfMap duplicate(MapSpec wanted, @Nullable Btf btf) {
        String operation = "use map '" + name + "' as map '" + wanted.name() + "'";
        Fd copy = new Fd(sys, BpfException.checked(sys.dup(fd()), operation));
        return owned(copy, () -> {
            MapInfo info = MapCalls.info(sys, copy.fd(), "map '" + name + "'");
            MapCompatibility.checkLayout(operation, "given", info, wanted);
            return existing(sys, copy, info, wanted, btf);
        });
    }

    private static BpfMap opened(Sys sys, Fd fd, String what) {
        return owned(fd, () -> {
            MapInfo info = MapCalls.info(sys, fd.fd(), what);
            return new BpfMap(sys, fd, shape(info.name(), info), null);
        });
    }

    /** A map that the kernel had before: its own types are the truth, where it has some. */
    private static BpfMap existing(Sys sys, Fd fd, MapInfo info, MapSpec wanted, @Nullable Btf btf) {
        boolean typed = info.types().btfId() != 0;
        Types types = typed ? null : new Types(btf, wanted.keyTypeId(), wanted.valueTypeId());
        return new BpfMap(sys, fd, shape(wanted.name(), info), types);
    }

    private static MapSpec shape(String name, MapInfo info) {
        return MapSpec.builder(name, info.type())
                .keySize(info.keySize())
                .valueSize(info.valueSize())
                .maxEntries(info.maxEntries())
                .flags(info.flags())
                .mapExtra(info.mapExtra())
                .build();
    }

    /** Closes {@code fd} if {@code make} fails. */
    private static BpfMap owned(Fd fd, Supplier<BpfMap> make) {
        try {
            return make.get();
        } catch (Throwable t) {
            fd.close();
            throw t;
        }
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
     * {@return the descriptor, which stays this object's}
     *
     * @throws IllegalStateException after {@link #close}
     */
    public int fd() {
        if (!fd.isOpen()) {
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
     * Copies the value of a key.
     *
     * @param key {@link #keySize} bytes
     * @param value where to, {@link #valueBytes} bytes
     * @return false where there is no such key; {@code value} is then as before
     * @throws MapSizeException if a size is wrong
     * @throws BpfException if the kernel refuses
     */
    public boolean lookup(MemorySegment key, MemorySegment value) {
        checkKey(key);
        checkValue(value);
        Scratch scratch = scratch();
        scratch.key.copyFrom(key);
        if (!lookup(scratch)) {
            return false;
        }
        value.copyFrom(scratch.value);
        return true;
    }

    /**
     * Sets the value of a key.
     *
     * @param key {@link #keySize} bytes
     * @param value {@link #valueBytes} bytes
     * @param updateFlags {@link #ANY}, {@link #NOEXIST} or {@link #EXIST}, and others that the kernel knows
     * @return false where nothing changed, because the key was there and {@link #NOEXIST} was given, or was not and
     *     {@link #EXIST} was
     * @throws MapSizeException if a size is wrong
     * @throws BpfException if the kernel refuses, for instance with E2BIG because the map is full
     */
    public boolean update(MemorySegment key, MemorySegment value, long updateFlags) {
        checkKey(key);
        checkValue(value);
        Scratch scratch = scratch();
        scratch.key.copyFrom(key);
        scratch.value.copyFrom(value);
        return update(scratch, updateFlags);
    }

    /**
     * Removes a key.
     *
     * @param key {@link #keySize} bytes
     * @return false where there was no such key
     * @throws MapSizeException if the size is wrong
     * @throws BpfException if the kernel refuses; the elements of arrays cannot be removed
     */
    public boolean delete(MemorySegment key) {
        checkKey(key);
        Scratch scratch = scratch();
        scratch.key.copyFrom(key);
        return delete(scratch);
    }

    /**
     * Finds the key after another one, in no particular order. If {@code key} is not there any more, a hash gives its
     * first key again.
     *
     * @param key {@link #keySize} bytes, or null for the first key
     * @param next where to, {@link #keySize} bytes; may be the same memory as {@code key}
     * @return false after the last key; {@code next} is then as before
     * @throws MapSizeException if a size is wrong
     * @throws BpfException if the kernel refuses
     */
    public boolean nextKey(@Nullable MemorySegment key, MemorySegment next) {
        checkKey(next);
        Scratch scratch = scratch();
        if (key != null) {
            checkKey(key);
            scratch.key.copyFrom(key);
        }
        if (!nextKey(scratch, key == null)) {
            return false;
        }
        next.copyFrom(scratch.nextKey);
        return true;
    }

    boolean lookup(Scratch scratch) {
        boolean mayFail = scratch.missed;
        long result = call(scratch, Cmd.BPF_MAP_LOOKUP_ELEM, scratch.lookup, Scratch.LOOKUP_SIZE, mayFail);
        boolean missed = result < 0;
        if (missed != mayFail) {
            scratch.missed = missed;
        }
        return !missed || absent(result, Errno.ENOENT, "look up an element of");
    }

    boolean update(Scratch scratch, long updateFlags) {
        scratch.updateFlags(updateFlags);
        boolean mayFail = (updateFlags & (NOEXIST | EXIST)) != 0;
        long result = call(scratch, Cmd.BPF_MAP_UPDATE_ELEM, scratch.update, Scratch.UPDATE_SIZE, mayFail);
        if (result >= 0) {
            return true;
        }
        int refusal = (updateFlags & NOEXIST) != 0 ? Errno.EEXIST : (updateFlags & EXIST) != 0 ? Errno.ENOENT : 0;
        return absent(result, refusal, "update an element of");
    }

    boolean delete(Scratch scratch) {
        long result = call(scratch, Cmd.BPF_MAP_DELETE_ELEM, scratch.delete, Scratch.DELETE_SIZE, false);
        return result >= 0 || absent(result, Errno.ENOENT, "delete an element of");
    }

    boolean nextKey(Scratch scratch, boolean fromStart) {
        scratch.fromStart(fromStart);
        long result = call(scratch, Cmd.BPF_MAP_GET_NEXT_KEY, scratch.next, Scratch.NEXT_SIZE, false);
        return result >= 0 || absent(result, Errno.ENOENT, "walk the keys of");
    }

    private long call(Scratch scratch, int cmd, long attr, int size, boolean mayFail) {
        try {
            return sys.bpfShort(cmd, attr, size, mayFail);
        } finally {
            Reference.reachabilityFence(scratch);
        }
    }

    /** False for the errno that only means "not there"; every other is thrown. */
    private boolean absent(long result, int harmless, String operation) {
        if (-result != harmless) {
            Errno errno = Errno.of(result);
            String advice = operation.startsWith("update") ? MapAdvice.update(type, maxEntries, errno) : "";
            throw new BpfException(operation + " map '" + name + "'", errno, advice);
        }
        return false;
    }

    /** The calling thread's memory for this map. */
    @SuppressWarnings("ReferenceEquality") // A thread is equal to itself alone.
    Scratch scratch() {
        if (!fd.isOpen()) {
            throw closed();
        }
        Scratch mine = first;
        return mine != null && mine.owner == Thread.currentThread() ? mine : otherScratch();
    }

    private Scratch otherScratch() {
        Scratch mine = scratches.get();
        if (first == null) {
            first = mine;
        }
        return mine;
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

    private IllegalStateException closed() {
        return new IllegalStateException("map '" + name + "' is closed");
    }

    /**
     * Makes the map read-only for user space, for ever; programs may still write unless it was created otherwise.
     *
     * @throws BpfException if the kernel refuses, for instance with EBUSY while it is mapped writable
     * @kernel 5.2
     */
    public void freeze() {
        MapCalls.freeze(sys, fd(), name);
    }

    /**
     * Pins the map, so that it outlives this process. Missing directories are made, for their owner alone.
     *
     * @param path a new name in a file system of type bpf; the kernel takes none with dots
     * @throws BpfException if the kernel refuses, for instance with EEXIST
     */
    public void pin(String path) {
        if (new Pins(sys).pin(fd(), "map '" + name + "'", path) == null) {
            throw new BpfException("pin map '" + name + "' at " + path, Errno.of(Errno.EEXIST));
        }
    }

    /**
     * {@return what the kernel says of this map now}
     *
     * @throws BpfException if the kernel refuses
     */
    public MapInfo info() {
        return MapCalls.info(sys, fd(), "map '" + name + "'");
    }

    /** Closes the handle; further calls do nothing. */
    @Override
    public void close() {
        fd.close();
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
