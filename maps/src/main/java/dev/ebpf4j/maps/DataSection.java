package dev.ebpf4j.maps;

import dev.ebpf4j.btf.Btf;
import dev.ebpf4j.btf.BtfType;
import dev.ebpf4j.codec.Codec;
import dev.ebpf4j.codec.CodecMismatchException;
import dev.ebpf4j.codec.TypeRef;
import dev.ebpf4j.error.BpfException;
import dev.ebpf4j.error.MissingObjectException;
import dev.ebpf4j.spec.MapType;
import dev.ebpf4j.sys.Uapi.Flag;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The global variables of one section ({@code .data}, {@code .bss}, {@code .rodata}), shared with the programs through
 * mapped memory: reading and writing takes no system call, and each side sees what the other writes.
 *
 * <p>Read-only data, and data of a map that was frozen, can be read. Whoever opens this closes it; the map may be closed
 * before. Any number of threads may use it, also while another one closes it: then they get {@link IllegalStateException}.
 * What a read may see of concurrent writes, {@link GlobalVariable} and {@link SharedLong} say.
 *
 * @kernel 5.5
 */
public final class DataSection implements AutoCloseable {
    private final BpfMap map;
    private final MapMemory memory;

    private DataSection(BpfMap map) {
        this.map = map;
        this.memory = MapMemory.open(map, map.valueSize());
    }

    /**
     * Maps a section into memory.
     *
     * @param map the map that holds it: an ARRAY of one element with the flag {@code BPF_F_MMAPABLE}
     * @return its variables, to be closed by the caller
     * @throws IllegalArgumentException if the map is none of that kind
     * @throws BpfException if the kernel refuses
     */
    public static DataSection open(BpfMap map) {
        MapTypes.require(map, MapType.ARRAY);
        if ((map.flags() & Flag.BPF_F_MMAPABLE) == 0 || map.maxEntries() != 1) {
            throw new IllegalArgumentException("map '" + map.name()
                    + "' is not a section of variables that can be mapped: it needs one element and BPF_F_MMAPABLE");
        }
        return new DataSection(map);
    }

    /** {@return the whole section, as large as the map's value; read-only where the data are} */
    public MemorySegment memory() {
        return memory.segment();
    }

    /** {@return whether the variables cannot be written} */
    public boolean isReadOnly() {
        return memory.isReadOnly();
    }

    /** {@return the names of the variables that the map's BTF tells of, in order; empty without BTF} */
    public List<String> names() {
        List<String> names = new ArrayList<>();
        DataSectionTypes.forEach(map.valueType(), (name, place) -> names.add(name));
        return names;
    }

    /**
     * A variable, by its name in the map's BTF.
     *
     * @param name name in the C source
     * @param codec how its value stands in memory
     * @param <T> its Java type
     * @return the variable, usable until this is closed
     * @throws MissingObjectException if there is no such variable
     * @throws CodecMismatchException if the codec does not fit its type
     */
    public <T> GlobalVariable<T> variable(String name, Codec<T> codec) {
        BtfType.SecInfo place = DataSectionTypes.find(map.valueType(), name);
        Btf btf = map.valueType().btf();
        if (place == null || btf == null) {
            throw new MissingObjectException("section '" + map.name() + "'", "variable", name, names());
        }
        int typeId = ((BtfType.Var) btf.type(place.typeId())).typeId();
        return variable(name, place.offset(), new TypeRef("variable '" + name + "'", btf, typeId, place.size()), codec);
    }

    /**
     * A variable, by its place.
     *
     * @param name name for messages
     * @param offset bytes from the start of the section
     * @param type what is known of its type, with its size
     * @param codec how its value stands in memory
     * @param <T> its Java type
     * @return the variable, usable until this is closed
     * @throws IndexOutOfBoundsException if it is not inside the section
     * @throws CodecMismatchException if the codec does not fit the type
     */
    public <T> GlobalVariable<T> variable(String name, long offset, TypeRef type, Codec<T> codec) {
        return new GlobalVariable<>(name, memory, offset, type, codec);
    }

    /** Ends the access: later use of a variable throws {@link IllegalStateException}. A second call does nothing. */
    @Override
    public void close() {
        memory.close();
    }

    /** The DATASEC that is the value type of a section's map. */
    private static final class DataSectionTypes {
        interface Visitor {
            void visit(String name, BtfType.SecInfo place);
        }

        static void forEach(TypeRef type, Visitor visitor) {
            Btf btf = type.btf();
            if (btf != null && btf.type(type.typeId()) instanceof BtfType.DataSec section) {
                for (BtfType.SecInfo place : section.vars()) {
                    if (btf.type(place.typeId()) instanceof BtfType.Var variable) {
                        visitor.visit(variable.name(), place);
                    }
                }
            }
        }

        static BtfType.@Nullable SecInfo find(TypeRef type, String wanted) {
            List<BtfType.SecInfo> found = new ArrayList<>();
            forEach(type, (name, place) -> {
                if (name.equals(wanted)) {
                    found.add(place);
                }
            });
            return found.isEmpty() ? null : found.getFirst();
        }
    }
}
