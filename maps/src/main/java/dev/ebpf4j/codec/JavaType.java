package dev.ebpf4j.codec;

import java.lang.invoke.MethodHandles.Lookup;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a codec is asked for in Java.
 *
 * @param raw the class
 * @param elements the type of a list's elements; null for other classes
 * @param length what {@link Length} says; 0 where it says nothing
 * @param lookup sees the records among it
 * @param depth how deep in others it stands
 */
record JavaType(Class<?> raw, @Nullable Type elements, int length, Lookup lookup, int depth) {
    private static final int DEEPEST = 32;

    static JavaType of(Class<?> raw, Lookup lookup) {
        return new JavaType(raw, null, 0, lookup, 0);
    }

    static JavaType of(Type type, Class<?> raw, @Nullable Length length, Lookup lookup, int depth) {
        if (depth > DEEPEST) {
            throw new IllegalArgumentException(raw.getName() + " contains itself");
        }
        Type elements = type instanceof ParameterizedType p ? p.getActualTypeArguments()[0] : null;
        return new JavaType(raw, elements, length == null ? 0 : length.value(), lookup, depth);
    }

    boolean isList() {
        return raw == List.class;
    }

    /** The type of an array's or list's elements; null for other types. */
    @Nullable
    JavaType element() {
        if (raw.isArray()) {
            return of(raw.getComponentType(), raw.getComponentType(), null, lookup, depth + 1);
        }
        Type type = elements;
        if (!isList() || type == null) {
            return null;
        }
        Class<?> element = type instanceof ParameterizedType p
                ? (Class<?>) p.getRawType()
                : type instanceof Class<?> c ? c : Object.class;
        return of(type, element, null, lookup, depth + 1);
    }

    /** As it is declared. */
    String name() {
        String text = raw.getSimpleName();
        JavaType element = isList() ? element() : null;
        return element == null ? text : text + "<" + element.name() + ">";
    }
}
