package dev.ebpf4j.codec;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodHandles.Lookup;
import java.lang.invoke.MethodType;
import java.lang.reflect.Modifier;
import org.jspecify.annotations.Nullable;

/**
 * Where classes that are made at run time live. One class per layout, so that its offsets and codecs are constants.
 *
 * <p>Next to the user's type if the lookup is allowed to; else in this package, which then reaches public types directly
 * and others through method handles.
 */
final class HiddenClasses {
    private static final Lookup OWN = MethodHandles.lookup();

    private HiddenClasses() {}

    /** A lookup with which a class can be defined beside {@code type}, seeing all that it sees; null if there is none. */
    static @Nullable Lookup beside(Class<?> type, Lookup lookup) {
        HiddenClasses.class.getModule().addReads(type.getModule());
        try {
            Lookup inside = MethodHandles.privateLookupIn(type, lookup);
            return inside.hasFullPrivilegeAccess() && seesUs(type) ? inside : null;
        } catch (IllegalAccessException e) {
            return null;
        }
    }

    private static boolean seesUs(Class<?> type) {
        if (!type.getModule().canRead(HiddenClasses.class.getModule())) {
            return false;
        }
        try {
            return Class.forName(Codec.class.getName(), false, type.getClassLoader()) == Codec.class;
        } catch (ClassNotFoundException e) {
            return false;
        }
    }

    /** Whether this package can name the type. */
    static boolean isPublic(Class<?> type) {
        Class<?> innermost = type;
        while (innermost.isArray()) {
            innermost = innermost.getComponentType();
        }
        return Modifier.isPublic(innermost.getModifiers())
                && innermost.getModule().isExported(innermost.getPackageName(), HiddenClasses.class.getModule())
                && isLoadedHere(innermost);
    }

    private static boolean isLoadedHere(Class<?> type) {
        if (type.isPrimitive()) {
            return true;
        }
        try {
            return Class.forName(type.getName(), false, HiddenClasses.class.getClassLoader()) == type;
        } catch (ClassNotFoundException e) {
            return false;
        }
    }

    /** A lookup in this package. */
    static Lookup own() {
        return OWN;
    }

    /** What is needed to reach a member of a class that is out of reach. */
    static Lookup reaching(Class<?> type, Lookup lookup) {
        try {
            return MethodHandles.privateLookupIn(type, lookup);
        } catch (IllegalAccessException e) {
            return lookup; // enough for a public one in an exported package
        }
    }

    /** Defines the class and gives its constructor. */
    static MethodHandle define(Lookup where, byte[] bytes, Object[] data, MethodType constructor) {
        try {
            Lookup made = where == OWN
                    ? where.defineHiddenClassWithClassData(bytes, data, true)
                    : where.defineHiddenClassWithClassData(bytes, data, true, Lookup.ClassOption.NESTMATE);
            return made.findConstructor(made.lookupClass(), constructor);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("a class made here cannot be defined", e);
        }
    }
}
