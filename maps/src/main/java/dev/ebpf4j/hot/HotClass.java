package dev.ebpf4j.hot;

import java.io.IOException;
import java.io.InputStream;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodHandles.Lookup;
import java.lang.invoke.MethodType;
import org.jspecify.annotations.Nullable;

/**
 * A class that is defined again from its own bytes. The virtual machine profiles and compiles a copy by itself, and its
 * {@code static final} fields are constants of that copy alone.
 *
 * <p>A copy is a hidden class in the package and module of its template. It is unloaded with its last instance. The template
 * has no nested classes (they would be shared, and could not see the copy's private members) and refers to itself only by
 * its own methods and fields.
 *
 * @param <T> what an instance of a copy is used as: an interface or super class of the template
 */
public final class HotClass<T> {
    private final Lookup lookup;
    private final Class<? extends T> template;
    private final Class<T> type;
    private byte @Nullable [] bytes;

    /**
     * A template.
     *
     * @param lookup full rights on the template's package, as {@code MethodHandles.lookup()} there gives
     * @param template the class to copy, with a constructor without parameters
     * @param type what an instance is used as
     */
    public HotClass(Lookup lookup, Class<? extends T> template, Class<T> type) {
        this.lookup = lookup;
        this.template = template;
        this.type = type;
    }

    /**
     * Defines a copy and makes an instance of it.
     *
     * @param data what {@link MethodHandles#classData} gives to the copy's static initialiser; null for nothing
     * @return the instance, or null where hidden classes can't be defined, as in an ahead-of-time compiled image
     */
    public @Nullable T newCopy(@Nullable Object data) {
        try {
            Lookup copy = data == null
                    ? lookup.defineHiddenClass(bytes(), true)
                    : lookup.defineHiddenClassWithClassData(bytes(), data, true);
            Object instance = copy.findConstructor(copy.lookupClass(), MethodType.methodType(void.class))
                    .invoke();
            return type.cast(instance);
        } catch (UnsupportedOperationException | IOException e) {
            return null;
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException("no copy of " + template.getName() + " could be made", e);
        }
    }

    private synchronized byte[] bytes() throws IOException {
        byte[] known = bytes;
        if (known == null) {
            String name = template.getName();
            try (InputStream in = template.getResourceAsStream(name.substring(name.lastIndexOf('.') + 1) + ".class")) {
                if (in == null) {
                    throw new IOException("the class file of " + name + " can't be read");
                }
                known = in.readAllBytes();
            }
            bytes = known;
        }
        return known;
    }
}
