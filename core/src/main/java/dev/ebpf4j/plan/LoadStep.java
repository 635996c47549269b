package dev.ebpf4j.plan;

import dev.ebpf4j.btf.Btf;
import dev.ebpf4j.link.LinkedProgram;
import dev.ebpf4j.link.LinkedStructOps;
import dev.ebpf4j.link.ModuleBtf;
import dev.ebpf4j.spec.Bytes;
import dev.ebpf4j.spec.MapSpec;
import java.util.List;

/**
 * One thing to ask of the kernel. Steps name what earlier steps made by slot, never by a live handle: slot 3 of the
 * maps is the map that the step {@code CreateMap(3, …)} made.
 */
public sealed interface LoadStep {
    /** The slot number that means "none". */
    int NO_SLOT = -1;

    /**
     * Load type information; there is at most one per object.
     *
     * @param btf what the kernel gets
     * @param required whether loading ends if the kernel refuses it; else it goes on without, and a note says so
     */
    record LoadBtf(Btf btf, boolean required) implements LoadStep {}

    /**
     * Open the types of a kernel module, for programs and maps that use them; held until everything is loaded.
     *
     * @param module the module
     */
    record OpenModuleBtf(ModuleBtf module) implements LoadStep {}

    /**
     * Open a program that is loaded already, for programs that replace or trace one of its functions; held until everything
     * is loaded.
     *
     * @param id the kernel's id of the program
     */
    record OpenProgram(int id) implements LoadStep {}

    /**
     * Create a map.
     *
     * @param map slot that the map takes
     * @param kernelName name that the kernel gets, empty if it takes none; {@code spec} has the object's
     * @param spec final shape: rounded, with flags this kernel knows and type ids only if it takes them
     * @param inner slot of the map that shows what may be put in, for maps of maps; else {@link #NO_SLOT}
     * @param withBtf whether key and value types are told to the kernel
     * @param exclusiveTo hash of the only program that may use the map; empty if all may
     */
    record CreateMap(int map, String kernelName, MapSpec spec, int inner, boolean withBtf, Bytes exclusiveTo)
            implements LoadStep {
        /**
         * A map that all programs may use.
         *
         * @param map slot that the map takes
         * @param kernelName name that the kernel gets, empty if it takes none
         * @param spec final shape
         * @param inner slot of the map that shows what may be put in; else {@link #NO_SLOT}
         * @param withBtf whether key and value types are told to the kernel
         */
        public CreateMap(int map, String kernelName, MapSpec spec, int inner, boolean withBtf) {
            this(map, kernelName, spec, inner, withBtf, Bytes.EMPTY);
        }
    }

    /**
     * Create a map of kernel operations, which are of a type of the kernel's. It is not written before its programs stand.
     *
     * @param map slot that the map takes
     * @param kernelName name that the kernel gets
     * @param spec final shape
     * @param operations type and value
     */
    record CreateStructOps(int map, String kernelName, MapSpec spec, LinkedStructOps operations) implements LoadStep {}

    /**
     * Take a map that whoever runs the plan brings along under its name. It keeps what it holds.
     *
     * @param map slot that the map takes
     * @param spec what the object wants it to be
     */
    record UseMap(int map, MapSpec spec) implements LoadStep {}

    /**
     * Open a map by its pin, if there is one and it fits; it keeps what it holds. Where nothing is pinned, create the map
     * and pin it.
     *
     * @param map slot that the map takes
     * @param path absolute path of the pin
     * @param spec what the object wants it to be
     * @param creation the steps that create and fill it
     */
    record OpenPinned(int map, String path, MapSpec spec, List<LoadStep> creation) implements LoadStep {
        /** Copies the list. */
        public OpenPinned {
            creation = List.copyOf(creation);
        }
    }

    /**
     * Close a map that was only needed to create another one.
     *
     * @param map slot of the map
     */
    record CloseMap(int map) implements LoadStep {}

    /**
     * Write the elements of an array from the first one on. A data section has only that.
     *
     * @param map slot of the map
     * @param contents the values, one behind the other
     */
    record FillMap(int map, Bytes contents) implements LoadStep {}

    /**
     * Map an arena into memory, which programs that use it need before they are loaded. One that was there before may be
     * mapped elsewhere already, and then stays so.
     *
     * @param map slot of the arena
     * @param address where; 0 if the kernel chooses
     * @param length how many bytes
     * @param variables where the object's global variables begin in it, in bytes
     */
    record MapArena(int map, long address, long length, long variables) implements LoadStep {}

    /**
     * Write the global variables of an arena that is mapped, unless it was there before.
     *
     * @param map slot of the arena
     * @param offset where they begin in the arena, in bytes
     * @param contents the variables
     */
    record FillArena(int map, long offset, Bytes contents) implements LoadStep {}

    /**
     * Make a map read-only for user space.
     *
     * @param map slot of the map
     */
    record FreezeMap(int map) implements LoadStep {}

    /**
     * Put a map into a map of maps.
     *
     * @param outer slot of the map of maps
     * @param key key of the element
     * @param inner slot of the map to put there
     */
    record PutMap(int outer, int key, int inner) implements LoadStep {}

    /**
     * Load a program.
     *
     * @param program slot that the program takes
     * @param kernelName name that the kernel gets, empty if it takes none
     * @param linked code and everything known about it, as this kernel takes it
     * @param license licence of the object
     * @param kernelVersion version that the object claims to be for, 0 if none; kernels from 5.0 on don't look at it
     * @param withBtf whether the loaded type information is told to the kernel, with the two tables below
     * @param funcInfo records of {@link #FUNC_INFO_BYTES} each, empty for none
     * @param lineInfo records of {@link #LINE_INFO_BYTES} each, empty for none
     */
    record LoadProgram(
            int program,
            String kernelName,
            LinkedProgram linked,
            String license,
            int kernelVersion,
            boolean withBtf,
            Bytes funcInfo,
            Bytes lineInfo)
            implements LoadStep {
        /** Size of a record that says where a function begins. */
        public static final int FUNC_INFO_BYTES = 8;

        /** Size of a record that says where a source line begins. */
        public static final int LINE_INFO_BYTES = 16;
    }

    /**
     * Keep a map alive with a program that does not use it, so that both are found together; a refusal is only noted.
     *
     * @param program slot of the program
     * @param map slot of the map
     */
    record BindMap(int program, int map) implements LoadStep {}

    /**
     * Put a program into a map of programs.
     *
     * @param map slot of the map
     * @param key key of the element
     * @param program slot of the program
     */
    record PutProgram(int map, int key, int program) implements LoadStep {}

    /**
     * Complete kernel operations: the value with the descriptors of its programs, ready to be put into force.
     *
     * @param map slot of their map
     * @param value the value, its functions left zero
     * @param functions the functions of the value
     */
    record CompleteStructOps(int map, Bytes value, List<FunctionAt> functions) implements LoadStep {
        /**
         * A function of kernel operations.
         *
         * @param offset offset in the value, in bytes
         * @param program slot of the program
         */
        public record FunctionAt(int offset, int program) {}

        /** Copies the list. */
        public CompleteStructOps {
            functions = List.copyOf(functions);
        }
    }
}
