package dev.ebpf4j.maps;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.invoke.VarHandle;

/**
 * Four bytes of memory that programs share, with the operations of {@link java.util.concurrent.atomic.AtomicInteger}: a
 * global variable, a field of an array's element, a place in an arena. Nothing here takes a system call.
 *
 * <p>The memory orders are those of {@link VarHandle}, and hold towards programs as between threads: what a program does
 * with {@code __sync_fetch_and_add} and its like is volatile here, {@code __atomic_store_n(…, __ATOMIC_RELEASE)} pairs with
 * {@link #getAcquire}, a plain C access is like {@link #getPlain}, and one that is {@code volatile} in C like
 * {@link #getOpaque}. A loop that waits for a change must not use {@link #getPlain}, which may be compiled to one read.
 *
 * <p>Safe for any number of threads, also while the memory is closed: then they get {@link IllegalStateException}. Every
 * method that writes throws {@link ReadOnlyMemoryException} where the memory can only be read.
 */
public final class SharedInt {
    private static final VarHandle INT = JAVA_INT.varHandle();

    private final MapMemory memory;
    private final long offset;

    SharedInt(MapMemory memory, long offset) {
        this.memory = memory;
        this.offset = offset;
        if ((offset & (Integer.BYTES - 1)) != 0) {
            throw new IllegalArgumentException("byte " + offset + " of the memory of " + memory.owner()
                    + " is no place for atomic access, which needs a multiple of " + Integer.BYTES);
        }
    }

    /**
     * {@return a global variable for atomic access}
     *
     * @param variable the variable
     * @throws IllegalArgumentException if it has not 4 bytes, or does not stand at a multiple of 4
     */
    public static SharedInt of(GlobalVariable<Integer> variable) {
        if (variable.size() != Integer.BYTES) {
            throw new IllegalArgumentException(
                    "variable '" + variable.name() + "' has " + variable.size() + " bytes, not " + Integer.BYTES);
        }
        return new SharedInt(variable.memory(), variable.offset());
    }

    /** {@return the value, read with the order of a volatile variable} */
    public int get() {
        return (int) INT.getVolatile(memory.readable(), offset);
    }

    /**
     * Writes with the order of a volatile variable.
     *
     * @param value the value
     */
    public void set(int value) {
        INT.setVolatile(memory.writable(), offset, value);
    }

    /** {@return the value, read as an ordinary variable: in no order, and maybe once for several calls} */
    public int getPlain() {
        return (int) INT.get(memory.readable(), offset);
    }

    /**
     * Writes as an ordinary variable is written: in no order, and maybe once for several calls.
     *
     * @param value the value
     */
    public void setPlain(int value) {
        INT.set(memory.writable(), offset, value);
    }

    /** {@return the value; each call reads, in no order with other variables} */
    public int getOpaque() {
        return (int) INT.getOpaque(memory.readable(), offset);
    }

    /**
     * Writes; each call does, in no order with other variables.
     *
     * @param value the value
     */
    public void setOpaque(int value) {
        INT.setOpaque(memory.writable(), offset, value);
    }

    /** {@return the value; what is read or written after this is not done before it} */
    public int getAcquire() {
        return (int) INT.getAcquire(memory.readable(), offset);
    }

    /**
     * Writes; what was read or written before this is not done after it.
     *
     * @param value the value
     */
    public void setRelease(int value) {
        INT.setRelease(memory.writable(), offset, value);
    }

    /**
     * Writes and answers what was there, at once.
     *
     * @param value the new value
     * @return the value before
     */
    public int getAndSet(int value) {
        return (int) INT.getAndSet(memory.writable(), offset, value);
    }

    /**
     * Writes if the value is the expected one, at once.
     *
     * @param expected what is to be there
     * @param value the new value
     * @return whether it was written
     */
    public boolean compareAndSet(int expected, int value) {
        return INT.compareAndSet(memory.writable(), offset, expected, value);
    }

    /**
     * Writes if the value is the expected one, and answers what was there, at once.
     *
     * @param expected what is to be there
     * @param value the new value
     * @return the value before: {@code expected} if it was written
     */
    public int compareAndExchange(int expected, int value) {
        return (int) INT.compareAndExchange(memory.writable(), offset, expected, value);
    }

    /**
     * Adds, at once.
     *
     * @param delta what to add
     * @return the value before
     */
    public int getAndAdd(int delta) {
        return (int) INT.getAndAdd(memory.writable(), offset, delta);
    }

    /**
     * Adds, at once.
     *
     * @param delta what to add
     * @return the value after
     */
    public int addAndGet(int delta) {
        return getAndAdd(delta) + delta;
    }

    /**
     * Sets bits, at once.
     *
     * @param mask the bits
     * @return the value before
     */
    public int getAndOr(int mask) {
        return (int) INT.getAndBitwiseOr(memory.writable(), offset, mask);
    }

    /**
     * Clears all bits but those of the mask, at once.
     *
     * @param mask the bits that stay
     * @return the value before
     */
    public int getAndAnd(int mask) {
        return (int) INT.getAndBitwiseAnd(memory.writable(), offset, mask);
    }

    /**
     * Turns bits over, at once.
     *
     * @param mask the bits
     * @return the value before
     */
    public int getAndXor(int mask) {
        return (int) INT.getAndBitwiseXor(memory.writable(), offset, mask);
    }

    /** {@return the value in decimal} */
    @Override
    public String toString() {
        return Integer.toString(get());
    }
}
