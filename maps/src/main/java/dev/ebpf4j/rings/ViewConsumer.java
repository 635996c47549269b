package dev.ebpf4j.rings;

import dev.ebpf4j.codec.Flyweight;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Hands records on through a flyweight. A template for {@link TypedConsumers}. */
final class ViewConsumer implements EventConsumer, TypedConsumers.OfViews {
    private final @Nullable Flyweight<?> flyweight;
    private final @Nullable Consumer<Object> consumer;
    private Flyweight.@Nullable View view;

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
    public void accept(Event event) {
        Consumer<Object> receiver = consumer;
        Flyweight.View seen = view;
        if (seen == null || receiver == null) {
            receiver = Objects.requireNonNull(consumer);
            seen = (Flyweight.View) Objects.requireNonNull(flyweight).over(event);
            view = seen;
        }
        seen.look(event);
        receiver.accept(seen);
    }
}
