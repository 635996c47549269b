package dev.ebpf4j.rings;

import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Keeps what one record became. */
final class Taker<T> implements EventConsumer {
    private final Function<? super Event, ? extends T> decoder;
    private @Nullable T value;

    Taker(Function<? super Event, ? extends T> decoder) {
        this.decoder = decoder;
    }

    @Override
    public void accept(Event event) {
        value = decoder.apply(event);
    }

    T value() {
        return Objects.requireNonNull(value, "a decoder answered null");
    }
}
