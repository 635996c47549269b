package dev.ebpf4j.hot;

import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * One copy of a class for each class that it works with: a loop that calls whatever it is given stays as fast with many
 * kinds of callees as with one, since each of its copies meets but one.
 *
 * <p>The first class that asks gets the template itself, so that a program with one kind of callee defines nothing. A copy
 * lives as long as the class that it was made for; instances of that class share it. Safe for use by several threads.
 *
 * @param <T> what a copy is used as
 */
public final class HotCopies<T> {
    private final HotClass<T> source;
    private final T plain;
    private final AtomicBoolean plainTaken = new AtomicBoolean();
    private final ClassValue<T> copies = new ClassValue<>() {
        @Override
        protected T computeValue(Class<?> user) {
            if (plainTaken.compareAndSet(false, true)) {
                return plain;
            }
            @Nullable T copy = source.newCopy(null);
            return copy == null ? plain : copy;
        }
    };

    /**
     * No copies yet.
     *
     * @param source what is copied
     * @param plain an instance of the template
     */
    public HotCopies(HotClass<T> source, T plain) {
        this.source = source;
        this.plain = plain;
    }

    /**
     * The copy for one class.
     *
     * @param user the class
     * @return always the same for the same class
     */
    public T of(Class<?> user) {
        return copies.get(user);
    }
}
