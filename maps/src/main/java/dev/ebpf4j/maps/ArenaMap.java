package dev.ebpf4j.maps;

import dev.ebpf4j.codec.Codec;
import dev.ebpf4j.codec.CodecMismatchException;
import dev.ebpf4j.codec.TypeRef;
import dev.ebpf4j.error.BpfException;
import dev.ebpf4j.error.Errno;
import dev.ebpf4j.spec.MapType;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;

/**
 * An arena: memory that programs and this process share at the same addresses, so that what programs build of pointers
 * can be followed here, and the other way round.
 *
 * <p>Pages come into being when a program allocates them or this process first touches them. In an arena with the flag
 * {@code BPF_F_SEGV_ON_FAULT} only programs make pages, and touching one that is not there ends the JVM. The same happens
 * where the kernel has no memory left for the page.
 *
 * <p>Whoever opens this closes it; the map stays open. Any number of threads may use it, also while another one closes it:
 * then they get {@link IllegalStateException}. Plain access is unordered between them and programs; for ordered and atomic
 * access there are {@link #sharedLong} and {@link #sharedInt}, or VarHandles on {@link #memory}.
 *
 * @kernel 6.9
 */
public final class ArenaMap implements AutoCloseable {
    private final BpfMap map;
    private final MapMemory memory;

    private ArenaMap(BpfMap map, MapMemory memory) {
        this.map = map;
        this.memory = memory;
    }

    /**
     * Maps an arena into memory: at the address that it was created with, or where the kernel chooses. The kernel lets an
     * arena have one address in all processes, and that for ever.
     *
     * @param map the arena
     * @return its memory, to be closed by the caller
     * @throws IllegalArgumentException if the map is of another type
     * @throws BpfException if the kernel refuses
     */
    public static ArenaMap open(BpfMap map) {
        MapTypes.require(map, MapType.ARENA);
        long wanted = map.mapExtra();
        long length = Integer.toUnsignedLong(map.maxEntries()) * map.sys().pageSize();
        long address = MapMemory.tryMap(map, wanted, length, MapMemory.READ_WRITE);
        if (MapMemory.isError(address)) {
            throw failure(map, wanted, length, Errno.of(address));
        }
        return new ArenaMap(map, MapMemory.of(map, address, length));
    }

    private static BpfException failure(BpfMap map, long address, long length, Errno errno) {
        String place = address == 0 ? "" : " at 0x" + HexFormat.of().toHexDigits(address);
        String advice = "";
        if (address != 0 && errno.is(Errno.EEXIST)) {
            advice = obstacle(address, length);
        } else if (address == 0 && (errno.is(Errno.EINVAL) || errno.is(Errno.EBUSY))) {
            advice = "if it was mapped before, it has an address that this process can't know:"
                    + " give it one by map_extra when it is created";
        }
        return new BpfException("map arena '" + map.name() + "' into memory" + place, errno, advice);
    }

    /** What stands where the arena should. */
    private static String obstacle(long address, long length) {
        try {
            for (String line : Files.readAllLines(Path.of("/proc/self/maps"))) {
                List<String> range =
                        List.of(line.substring(0, line.indexOf(' ')).split("-", 2));
                long start = Long.parseUnsignedLong(range.get(0), 16);
                long end = Long.parseUnsignedLong(range.get(1), 16);
                if (start < address + length && end > address) {
                    return "this process has something else there: " + line.replaceAll(" +", " ")
                            + "; choose another address, as withMapExtra(…) does, or 0 for any";
                }
            }
        } catch (IOException e) {
            return ""; // no such file, no advice
        }
        return "";
    }

    /** {@return the map} */
    public BpfMap map() {
        return map;
    }

    /** {@return the address where the arena begins, the same for programs and for this process} */
    public long address() {
        return memory.segment().address();
    }

    /** {@return the whole arena, usable until this is closed} */
    public MemorySegment memory() {
        return memory.segment();
    }

    /**
     * {@return what a pointer points to}
     *
     * @param pointer an address in the arena, as a program or this process stored it
     * @param size bytes that are there
     * @throws IndexOutOfBoundsException if not all of them are in the arena, null pointers included
     */
    public MemorySegment at(long pointer, long size) {
        return memory().asSlice(offset(pointer, size), size);
    }

    private long offset(long pointer, long size) {
        long offset = pointer - address();
        long length = memory().byteSize();
        if (offset < 0 || size < 0 || offset > length - size) {
            throw new IndexOutOfBoundsException("0x" + HexFormat.of().toHexDigits(pointer) + " with " + size
                    + " bytes is not in arena '" + map.name() + "', which has " + length + " bytes from 0x"
                    + HexFormat.of().toHexDigits(address()));
        }
        return offset;
    }

    /**
     * {@return the eight bytes that a pointer points to, for atomic access}
     *
     * @param pointer an address in the arena, a multiple of 8
     * @throws IndexOutOfBoundsException if not all of them are in the arena
     * @throws IllegalArgumentException if the pointer is no multiple of 8
     */
    public SharedLong sharedLong(long pointer) {
        return new SharedLong(memory, offset(pointer, Long.BYTES));
    }

    /**
     * {@return the four bytes that a pointer points to, for atomic access}
     *
     * @param pointer an address in the arena, a multiple of 4
     * @throws IndexOutOfBoundsException if not all of them are in the arena
     * @throws IllegalArgumentException if the pointer is no multiple of 4
     */
    public SharedInt sharedInt(long pointer) {
        return new SharedInt(memory, offset(pointer, Integer.BYTES));
    }

    /**
     * A variable in the arena, by its place.
     *
     * @param name name for messages
     * @param offset bytes from the start of the arena
     * @param type what is known of its type, with its size
     * @param codec how its value stands in memory
     * @param <T> its Java type
     * @return the variable, usable until this is closed
     * @throws IndexOutOfBoundsException if it is not inside the arena
     * @throws CodecMismatchException if the codec does not fit the type
     */
    public <T> GlobalVariable<T> variable(String name, long offset, TypeRef type, Codec<T> codec) {
        return new GlobalVariable<>(name, memory, offset, type, codec);
    }

    /** Ends the access: later use of the memory throws {@link IllegalStateException}. A second call does nothing. */
    @Override
    public void close() {
        memory.close();
    }

    @Override
    public String toString() {
        return "arena '" + map.name() + "' (" + memory().byteSize() + " bytes at 0x"
                + HexFormat.of().toHexDigits(address()) + ")";
    }
}
