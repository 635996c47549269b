package dev.ebpf4j.codec;

import static java.lang.foreign.ValueLayout.JAVA_BOOLEAN;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_DOUBLE_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodHandles.Lookup;
import java.lang.invoke.MethodType;
import java.lang.invoke.VarHandle.AccessMode;
import java.lang.reflect.RecordComponent;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Builds the two method handles by which a record is read and written: one call each, no reflection per element. */
final class RecordAccess {
    private static final Lookup OWN = MethodHandles.lookup();
    private static final Map<Class<?>, ValueLayout> PRIMITIVES = Map.of(
            byte.class, JAVA_BYTE,
            boolean.class, JAVA_BOOLEAN,
            short.class, JAVA_SHORT_UNALIGNED,
            int.class, JAVA_INT_UNALIGNED,
            long.class, JAVA_LONG_UNALIGNED,
            float.class, JAVA_FLOAT_UNALIGNED,
            double.class, JAVA_DOUBLE_UNALIGNED);

    /**
     * A component and its place.
     *
     * @param component the component
     * @param offset bytes from the start of the struct
     * @param codec how to read and write it; null for primitives
     */
    record Field(
            RecordComponent component, int offset, @Nullable Codec<?> codec) {}

    private RecordAccess() {}

    /** Bytes of a primitive that can be a component, 0 for every other type. */
    static int primitiveSize(Class<?> type) {
        ValueLayout layout = PRIMITIVES.get(type);
        return layout == null ? 0 : (int) layout.byteSize();
    }

    /** {@code (MemorySegment, long) -> Object}: all components read in order, then the canonical constructor. */
    static MethodHandle reader(Lookup lookup, Class<?> type, List<Field> fields) throws ReflectiveOperationException {
        Class<?>[] types = fields.stream().map(f -> f.component().getType()).toArray(Class<?>[]::new);
        MethodHandle target = lookup.findConstructor(type, MethodType.methodType(void.class, types));
        int[] order = new int[2 * types.length];
        for (int i = types.length - 1; i >= 0; i--) {
            target = MethodHandles.collectArguments(target, i, get(fields.get(i)));
            order[2 * i + 1] = 1;
        }
        MethodType one = MethodType.methodType(type, MemorySegment.class, long.class);
        return MethodHandles.permuteArguments(target, one, order).asType(one.changeReturnType(Object.class));
    }

    /** {@code (Object, MemorySegment, long) -> void}: each component got and written, in order. */
    static MethodHandle writer(Lookup lookup, Class<?> type, List<Field> fields) throws ReflectiveOperationException {
        MethodType all = MethodType.methodType(void.class, type, MemorySegment.class, long.class);
        MethodHandle target = MethodHandles.empty(all);
        for (Field field : fields.reversed()) {
            MethodHandle component = lookup.unreflect(field.component().getAccessor());
            target = MethodHandles.foldArguments(target, MethodHandles.filterArguments(set(field), 0, component));
        }
        return target.asType(all.changeParameterType(0, Object.class));
    }

    /** {@code (MemorySegment, long) -> component}. */
    private static MethodHandle get(Field field) throws ReflectiveOperationException {
        Class<?> type = field.component().getType();
        MethodType atZero = MethodType.methodType(type, MemorySegment.class, long.class);
        ValueLayout layout = PRIMITIVES.get(type);
        MethodHandle get = layout != null
                ? layout.varHandle().toMethodHandle(AccessMode.GET)
                : OWN.findVirtual(Codec.class, "read", atZero.changeReturnType(Object.class))
                        .bindTo(field.codec());
        return MethodHandles.filterArguments(get.asType(atZero), 1, plus(field.offset()));
    }

    /** {@code (component, MemorySegment, long) -> void}. */
    private static MethodHandle set(Field field) throws ReflectiveOperationException {
        Class<?> type = field.component().getType();
        MethodType atZero = MethodType.methodType(void.class, type, MemorySegment.class, long.class);
        ValueLayout layout = PRIMITIVES.get(type);
        MethodHandle set = layout != null
                ? MethodHandles.permuteArguments(
                        layout.varHandle()
                                .toMethodHandle(AccessMode.SET)
                                .asType(MethodType.methodType(void.class, MemorySegment.class, long.class, type)),
                        atZero,
                        1,
                        2,
                        0)
                : OWN.findVirtual(Codec.class, "write", atZero.changeParameterType(0, Object.class))
                        .bindTo(field.codec())
                        .asType(atZero);
        return MethodHandles.filterArguments(set, 2, plus(field.offset()));
    }

    private static MethodHandle plus(int offset) throws ReflectiveOperationException {
        MethodType sum = MethodType.methodType(long.class, long.class, long.class);
        return MethodHandles.insertArguments(OWN.findStatic(Long.class, "sum", sum), 1, (long) offset);
    }
}
