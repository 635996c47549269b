package dev.ebpf4j.rings;

import dev.ebpf4j.codec.Flyweight;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Hands records on through a flyweight. A template for {@link TypedConsumers}. */
final class ViewConsumer implements EventConsumer, TypedConsumers.OfViews {
    private final @Nullable Flyweight<?> flyweight;
    private final @Nullable Consumer<Object> consumer;
    private @Nullable Event shown;
    private @Nullable Object view;

    ViewConsumer() {
        this(null, null);
    }

    private ViewConsumer(@Nullable Flyweight<?> flyweight, @Nullable Consumer<Object> consumer) {
        this.flyweight = flyweight;
        this.consumer = consumer;
    }

    @Override
    public EventConsumer with(Flyweight<?> newFlyweight, Consumer<Object> newConsumer) {
        return new ViewConsumer(newFlyweight, newConsumer);
    }

    @Override
    @SuppressWarnings("ReferenceEquality") // an events object lends the same object for all its records
    public void accept(Event event) {
        Consumer<Object> receiver = consumer;
        Object seen = view;
        if (receiver == null || flyweight == null) {
            throw new IllegalStateException("a template receives no records");
        }
        if (seen == null || event != shown) {
            seen = flyweight.over(event);
            view = seen;
            shown = event;
        }
        receiver.accept(seen);
    }
}
