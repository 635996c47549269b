package dev.ebpf4j.maps;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.ebpf4j.codec.Codec;
import dev.ebpf4j.codec.CodecMismatchException;
import dev.ebpf4j.error.BpfException;
import dev.ebpf4j.spec.MapType;
import dev.ebpf4j.sys.Uapi.Flag;
import java.lang.foreign.MemorySegment;
import java.util.Objects;

/**
 * The elements of an array in memory that is shared with programs: reading and writing takes no system call, and each side
 * sees what the other writes.
 *
 * <pre>{@code
 * try (MappedArray array = MappedArray.open(object.map("per_port"))) {
 *   long first = array.getLong(443);                                               // as fast as C reads it
 *   MappedValues<PortStats> ports = array.values(Codecs.record(PortStats.class));  // whole values
 *   array.sharedLong(443, 8).getAndAdd(1);                                         // atomic access to the long at byte 8
 * }
 * }</pre>
 *
 * <p>Whoever opens this closes it; the map may be closed before. Safe for any number of threads, also while another one
 * closes it: what is accessed later throws {@link IllegalStateException}. While it is mapped for writing the map can't be
 * frozen (EBUSY); a map that is frozen, or that programs may only read, can be mapped for reading.
 *
 * @kernel 5.5
 */
public final class MappedArray implements AutoCloseable {
    private final BpfMap map;
    private final MapMemory memory;
    private final int length;
    private final int valueSize;
    private final int
            words; // from one element to the next; as bytes, (words << 3), compilers see that they are aligned

    private MappedArray(BpfMap map, MapMemory memory) {
        this.map = map;
        this.memory = memory;
        this.length = map.maxEntries();
        this.valueSize = map.valueSize();
        this.words = BpfMap.stride(valueSize) >> 3;
    }

    /**
     * Maps an array into memory: for reading and writing, or for reading alone where the map is frozen or was created with
     * {@code BPF_F_RDONLY_PROG}. What was created with {@code BPF_F_RDONLY} or {@code BPF_F_WRONLY} the kernel does not map.
     *
     * @param map an ARRAY with the flag {@code BPF_F_MMAPABLE}
     * @return its elements, to be closed by the caller
     * @throws IllegalArgumentException if the map is none of that kind
     * @throws BpfException if the kernel refuses
     */
    public static MappedArray open(BpfMap map) {
        return new MappedArray(map, MapMemory.open(map, bytes(map)));
    }

    /**
     * Maps an array into memory for reading, so that it can still be frozen.
     *
     * @param map an ARRAY with the flag {@code BPF_F_MMAPABLE}
     * @return its elements, to be closed by the caller
     * @throws IllegalArgumentException if the map is none of that kind
     * @throws BpfException if the kernel refuses
     */
    public static MappedArray openReadOnly(BpfMap map) {
        return new MappedArray(map, MapMemory.openReadOnly(map, bytes(map)));
    }

    private static long bytes(BpfMap map) {
        MapTypes.require(map, MapType.ARRAY);
        if ((map.flags() & Flag.BPF_F_MMAPABLE) == 0) {
            throw new IllegalArgumentException("map '" + map.name()
                    + "' can't be mapped into memory: it was created without BPF_F_MMAPABLE; __uint(map_flags,"
                    + " 1024) in C");
        }
        return Integer.toUnsignedLong(map.maxEntries()) * BpfMap.stride(map.valueSize());
    }

    /** {@return the map, as it was given} */
    public BpfMap map() {
        return map;
    }

    /** {@return the number of elements} */
    public int length() {
        return length;
    }

    /** {@return bytes from one element to the next: the size of a value rounded up to 8} */
    public long stride() {
        return (long) words << 3;
    }

    /** {@return whether it can only be read} */
    public boolean isReadOnly() {
        return memory.isReadOnly();
    }

    /** {@return all elements, {@link #stride} bytes each; read-only where they are; usable until this is closed} */
    public MemorySegment memory() {
        return memory.segment();
    }

    /**
     * {@return the value of an element; read-only where it is}
     *
     * @param index 0 to {@link #length} - 1
     * @throws IndexOutOfBoundsException if there is no such element
     * @throws IllegalStateException once this is closed
     */
    public MemorySegment element(int index) {
        return memory.readable().asSlice(start(Objects.checkIndex(index, length)), valueSize);
    }

    /**
     * {@return the first eight bytes of an element, read as an ordinary variable} A loop that waits for a change must use
     * {@link #sharedLong}: this may be compiled to one read.
     *
     * @param index 0 to {@link #length} - 1
     * @throws IndexOutOfBoundsException if there is no such element, or it has not eight bytes
     * @throws IllegalStateException once this is closed
     */
    public long getLong(int index) {
        return memory.readable().get(JAVA_LONG, first(index, Long.BYTES));
    }

    /**
     * Sets the first eight bytes of an element, as an ordinary variable is written.
     *
     * @param index 0 to {@link #length} - 1
     * @param value what to write
     * @throws IndexOutOfBoundsException if there is no such element, or it has not eight bytes
     * @throws ReadOnlyMemoryException if this can only be read
     * @throws IllegalStateException once this is closed
     */
    public void setLong(int index, long value) {
        memory.writable().set(JAVA_LONG, first(index, Long.BYTES), value);
    }

    /**
     * {@return the first four bytes of an element, read as an ordinary variable} A loop that waits for a change must use
     * {@link #sharedInt}: this may be compiled to one read.
     *
     * @param index 0 to {@link #length} - 1
     * @throws IndexOutOfBoundsException if there is no such element, or it has not four bytes
     * @throws IllegalStateException once this is closed
     */
    public int getInt(int index) {
        return memory.readable().get(JAVA_INT, first(index, Integer.BYTES));
    }

    /**
     * Sets the first four bytes of an element, as an ordinary variable is written.
     *
     * @param index 0 to {@link #length} - 1
     * @param value what to write
     * @throws IndexOutOfBoundsException if there is no such element, or it has not four bytes
     * @throws ReadOnlyMemoryException if this can only be read
     * @throws IllegalStateException once this is closed
     */
    public void setInt(int index, int value) {
        memory.writable().set(JAVA_INT, first(index, Integer.BYTES), value);
    }

    /** Where an element begins. Whether there is one is left to the memory, so that compiled code checks it once. */
    private long first(int index, int bytes) {
        if (bytes > valueSize) {
            throw tooSmall(bytes);
        }
        return start(index);
    }

    private IndexOutOfBoundsException tooSmall(int bytes) {
        return new IndexOutOfBoundsException("the elements of map '" + map.name() + "' have " + valueSize
                + " bytes, and " + bytes + " were asked for");
    }

    /**
     * {@return values as objects of a Java type}
     *
     * @param codec how they stand in memory
     * @param <V> the Java type
     * @throws CodecMismatchException if the codec does not fit the size of a value or its BTF
     */
    public <V> MappedValues<V> values(Codec<V> codec) {
        return new MappedValues<>(this, memory, codec.bind(map.valueType()));
    }

    /**
     * {@return eight bytes of an element, for atomic access} Where this is called and used at once, compiled code makes no
     * object.
     *
     * @param index 0 to {@link #length} - 1
     * @param offset where in the value; a multiple of 8
     * @throws IndexOutOfBoundsException if there is no such element, or not all of them are in its value
     * @throws IllegalArgumentException if {@code offset} is no multiple of 8
     */
    public SharedLong sharedLong(int index, int offset) {
        return new SharedLong(memory, place(index, offset, Long.BYTES));
    }

    /**
     * {@return four bytes of an element, for atomic access} Where this is called and used at once, compiled code makes no
     * object.
     *
     * @param index 0 to {@link #length} - 1
     * @param offset where in the value; a multiple of 4
     * @throws IndexOutOfBoundsException if there is no such element, or not all of them are in its value
     * @throws IllegalArgumentException if {@code offset} is no multiple of 4
     */
    public SharedInt sharedInt(int index, int offset) {
        return new SharedInt(memory, place(index, offset, Integer.BYTES));
    }

    private long place(int index, int offset, int bytes) {
        return start(Objects.checkIndex(index, length)) + Objects.checkFromIndexSize(offset, bytes, valueSize);
    }

    /** In bytes. For the commonest size without a multiplication, which takes a third of the time that the access takes. */
    private long start(int index) {
        return words == 1 ? (long) index << 3 : ((long) index * words) << 3;
    }

    /**
     * Ends the access; the map stays as it is. A second call does nothing.
     *
     * @throws IllegalStateException while another thread is in a system call with this memory; it stays open then
     */
    @Override
    public void close() {
        memory.close();
    }

    @Override
    public String toString() {
        return "memory of map '" + map.name() + "' (" + length + " elements, " + stride() + " bytes each"
                + (isReadOnly() ? ", read-only)" : ")");
    }
}
