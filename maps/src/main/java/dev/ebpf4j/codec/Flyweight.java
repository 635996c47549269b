package dev.ebpf4j.codec;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.util.List;

/**
 * An interface whose methods read and write the members of a C struct where they stand: nothing is copied, and nothing
 * allocated but by methods whose value is an object.
 *
 * <pre>{@code
 * interface Exec {
 *   int pid();                    // reads the member pid
 *   String comm();                // the same Java types as for the components of a record
 *   long stacks(int index);       // one element of an array
 *   Point where();                // a nested struct: another such interface, or a record
 *   void pid(int value);          // writes it, where the memory can be written
 *   void stacks(int index, long value);
 * }
 * Flyweight<Exec> execs = Flyweight.of(MethodHandles.lookup(), Exec.class, TypeRef.named(spec.btf(), "event"));
 * ring.poll(timeout, EventConsumer.of(execs, exec -> count(exec.pid())));
 * }</pre>
 *
 * Methods that have a body are left alone; members may be left out. Of a union every member shows the same bytes. A nested
 * interface is one object, which the next call points elsewhere.
 *
 * <p>The interface is implemented at run time for one layout. Instances of this class are immutable and safe for use by
 * several threads; the objects that they make are as safe as their window.
 *
 * @param <T> the interface
 */
public final class Flyweight<T> {
    private final Class<T> type;
    private final int size;
    private final MethodHandle constructor;

    private Flyweight(Class<T> type, int size, MethodHandle constructor) {
        this.type = type;
        this.size = size;
        this.constructor = constructor;
    }

    /**
     * Implements an interface that is public in an exported package, or on the class path.
     *
     * @param type the interface
     * @param struct the C struct or union
     * @param <T> the interface
     * @return what makes its instances
     * @throws CodecMismatchException if the two do not fit; the message shows both
     * @throws IllegalArgumentException if a method is neither of the above, or the interface cannot be reached
     */
    public static <T> Flyweight<T> of(Class<T> type, TypeRef struct) {
        return of(HiddenClasses.own(), type, struct);
    }

    /**
     * Implements an interface that only its own module may see.
     *
     * @param lookup {@code MethodHandles.lookup()} of the caller
     * @param type the interface
     * @param struct the C struct or union
     * @param <T> the interface
     * @return what makes its instances
     * @throws CodecMismatchException if the two do not fit; the message shows both
     * @throws IllegalArgumentException if a method is neither of the above, or the interface cannot be reached
     */
    public static <T> Flyweight<T> of(MethodHandles.Lookup lookup, Class<T> type, TypeRef struct) {
        return of(JavaType.of(type, lookup), type, struct);
    }

    static <T> Flyweight<T> of(JavaType java, Class<T> type, TypeRef struct) {
        if (!type.isInterface()) {
            throw new IllegalArgumentException(type.getName() + " is no interface");
        }
        List<Accessor> accessors = Accessor.of(java, type, struct);
        return new Flyweight<>(type, struct.size(), FlyweightClass.constructor(java.lookup(), type, accessors));
    }

    /**
     * How many bytes it looks at.
     *
     * @return bytes, without a flexible array at the end
     */
    public int size() {
        return size;
    }

    /**
     * An object that sees what the window shows. One is enough for a window that moves on, as that of a ring's events.
     *
     * @param window the bytes
     * @return a new object
     */
    public T over(Window window) {
        try {
            return type.cast((Object) constructor.invokeExact(window));
        } catch (Error | RuntimeException e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException("a flyweight's constructor threw", e);
        }
    }

    /**
     * An object that sees a struct in a segment.
     *
     * @param memory the segment
     * @param offset where in it
     * @return a new object
     */
    public T over(MemorySegment memory, long offset) {
        return over(new SegmentWindow(memory).move(offset));
    }

    /**
     * Used by implementations: what a nested interface is seen through.
     *
     * @param outer the window of the struct in which it stands
     * @return a new part
     */
    public Part<T> part(Window outer) {
        return new Part<>(this, outer);
    }

    /** {@return the interface} */
    public Class<T> type() {
        return type;
    }

    @Override
    public String toString() {
        return "flyweight " + type.getSimpleName();
    }

    /** What every flyweight is, too: it can be pointed at another window. */
    public interface View {
        /**
         * Looks through another window from now on. Pointing a flyweight at its event for each record is cheaper than
         * leaving it there: the compiler then knows what it sees.
         *
         * @param window the bytes
         */
        void look(Window window);
    }

    /**
     * A struct within another: its window is a piece of the other's. Used by implementations.
     *
     * @param <T> its interface
     */
    public static final class Part<T> implements Window, View {
        private Window outer;
        private final T view;
        private int start;

        private Part(Flyweight<T> flyweight, Window outer) {
            this.outer = outer;
            this.view = flyweight.over(this);
        }

        @Override
        public void look(Window window) {
            outer = window;
        }

        /**
         * Points it elsewhere.
         *
         * @param offset where in the outer window
         * @return always the same object
         */
        public T at(int offset) {
            start = offset;
            return view;
        }

        @Override
        public byte getByte(int offset) {
            return outer.getByte(start + offset);
        }

        @Override
        public short getShort(int offset) {
            return outer.getShort(start + offset);
        }

        @Override
        public int getInt(int offset) {
            return outer.getInt(start + offset);
        }

        @Override
        public long getLong(int offset) {
            return outer.getLong(start + offset);
        }

        @Override
        public <V> V read(Codec<V> codec, int offset) {
            return outer.read(codec, start + offset);
        }

        @Override
        public long readLong(NumberCodec<?> codec, int offset) {
            return outer.readLong(codec, start + offset);
        }

        @Override
        public void setByte(int offset, byte value) {
            outer.setByte(start + offset, value);
        }

        @Override
        public void setShort(int offset, short value) {
            outer.setShort(start + offset, value);
        }

        @Override
        public void setInt(int offset, int value) {
            outer.setInt(start + offset, value);
        }

        @Override
        public void setLong(int offset, long value) {
            outer.setLong(start + offset, value);
        }

        @Override
        public <V> void write(Codec<V> codec, V value, int offset) {
            outer.write(codec, value, start + offset);
        }

        @Override
        public void writeLong(NumberCodec<?> codec, long value, int offset) {
            outer.writeLong(codec, value, start + offset);
        }
    }
}
