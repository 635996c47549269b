package dev.ebpf4j.maps;

import java.lang.foreign.MemorySegment;

/**
 * A copy of one element, lent until the next one stands in the same memory.
 *
 * @param key its key, {@link BpfMap#keySize} bytes
 * @param value its value, {@link BpfMap#valueBytes} bytes
 */
public record MapElement(MemorySegment key, MemorySegment value) {
    /** Gets elements one after the other. */
    @FunctionalInterface
    public interface Visitor {
        /**
         * Gets one.
         *
         * @param key its key; the same memory for each element
         * @param value its value; the same memory for each element
         */
        void visit(MemorySegment key, MemorySegment value);
    }
}
