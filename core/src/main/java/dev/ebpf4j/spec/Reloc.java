package dev.ebpf4j.spec;

import dev.ebpf4j.btf.CoReRelo;
import java.util.List;

/** An instruction that can't be final before the kernel, or the place of something else, is known. */
public sealed interface Reloc {
    /** {@return the slot of the instruction, counted in its function (after linking: in its program)} */
    int slot();

    /**
     * {@return the same relocation for another slot}
     *
     * @param newSlot the slot
     */
    Reloc at(int newSlot);

    /**
     * A 64-bit load of a map's handle.
     *
     * @param slot slot of the instruction
     * @param map name of the map
     */
    record MapRef(int slot, String map) implements Reloc {
        @Override
        public MapRef at(int newSlot) {
            return new MapRef(newSlot, map);
        }
    }

    /**
     * A 64-bit load of an address inside a map's first value: a global variable. Of an arena, an address inside its global
     * variables.
     *
     * @param slot slot of the instruction
     * @param map name of the map that holds the section
     * @param offset offset into {@link MapSpec#contents()}, in bytes
     */
    record DataRef(int slot, String map, int offset) implements Reloc {
        @Override
        public DataRef at(int newSlot) {
            return new DataRef(newSlot, map, offset);
        }
    }

    /**
     * A call of a function of the same object.
     *
     * @param slot slot of the instruction
     * @param callee the function called
     */
    record SubprogCall(int slot, FunctionId callee) implements Reloc {
        @Override
        public SubprogCall at(int newSlot) {
            return new SubprogCall(newSlot, callee);
        }
    }

    /**
     * A 64-bit load of a function's address, to be handed to a helper as a callback.
     *
     * @param slot slot of the instruction
     * @param callee the function
     */
    record SubprogAddress(int slot, FunctionId callee) implements Reloc {
        @Override
        public SubprogAddress at(int newSlot) {
            return new SubprogAddress(newSlot, callee);
        }
    }

    /**
     * A field, type or enumerator whose place or value differs between kernels.
     *
     * @param slot slot of the instruction
     * @param relo what is accessed, in terms of the object's BTF
     */
    record CoRe(int slot, CoReRelo relo) implements Reloc {
        @Override
        public CoRe at(int newSlot) {
            return new CoRe(newSlot, relo);
        }
    }

    /**
     * A 64-bit load of the address of a kernel configuration value.
     *
     * @param slot slot of the instruction
     * @param name name of the extern, such as {@code CONFIG_HZ}
     */
    record Kconfig(int slot, String name) implements Reloc {
        @Override
        public Kconfig at(int newSlot) {
            return new Kconfig(newSlot, name);
        }
    }

    /**
     * A 64-bit load of the address of a kernel symbol.
     *
     * @param slot slot of the instruction
     * @param name name of the extern
     */
    record Ksym(int slot, String name) implements Reloc {
        @Override
        public Ksym at(int newSlot) {
            return new Ksym(newSlot, name);
        }
    }

    /**
     * A call of a kernel function.
     *
     * @param slot slot of the instruction
     * @param name name of the extern
     */
    record Kfunc(int slot, String name) implements Reloc {
        @Override
        public Kfunc at(int newSlot) {
            return new Kfunc(newSlot, name);
        }
    }

    /**
     * A 64-bit load of the address of a jump table, for an indirect jump. The table becomes a map of its own.
     *
     * @param slot slot of the instruction
     * @param targets slots to jump to, counted as {@code slot} is
     */
    record JumpTable(int slot, List<Integer> targets) implements Reloc {
        /** Copies the list. */
        public JumpTable {
            targets = List.copyOf(targets);
        }

        @Override
        public JumpTable at(int newSlot) {
            int moved = newSlot - slot;
            return new JumpTable(
                    newSlot, targets.stream().map(target -> target + moved).toList());
        }
    }

    /**
     * An instruction that refers to something that is not there or can't be read. Programs with such an instruction don't
     * link; all others of the object do.
     *
     * @param slot slot of the instruction
     * @param reason what is wrong, and what was expected
     */
    record Broken(int slot, String reason) implements Reloc {
        @Override
        public Broken at(int newSlot) {
            return new Broken(newSlot, reason);
        }
    }
}
