package dev.ebpf4j.rings;

import dev.ebpf4j.codec.Codec;
import dev.ebpf4j.codec.Flyweight;
import dev.ebpf4j.hot.HotClass;
import dev.ebpf4j.hot.HotCopies;
import dev.ebpf4j.hot.StaysInside;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodHandles.Lookup;
import java.util.function.Consumer;

/**
 * Makes consumers that decode records. Each class of consumers of values has a class of decoders to itself, so that
 * codec, constructor and consumer are compiled into one.
 */
final class TypedConsumers {
    private static final Lookup OWN = MethodHandles.lookup();

    private static final HotCopies<OfValues> VALUES =
            new HotCopies<>(new HotClass<>(OWN, ValueConsumer.class, OfValues.class), new ValueConsumer());
    private static final HotCopies<OfViews> VIEWS =
            new HotCopies<>(new HotClass<>(OWN, ViewConsumer.class, OfViews.class), new ViewConsumer());

    /** What a copy of {@link ValueConsumer} is known as. */
    interface OfValues {
        EventConsumer with(Codec<?> codec, Consumer<Object> consumer);
    }

    /** What a copy of {@link ViewConsumer} is known as. */
    interface OfViews {
        EventConsumer with(Flyweight<?> flyweight, Consumer<Object> consumer);
    }

    private TypedConsumers() {}

    @SuppressWarnings("unchecked") // it gets what the codec reads
    static <T> EventConsumer of(Codec<T> codec, Consumer<? super T> consumer) {
        if (!StaysInside.is(codec)) {
            return event -> consumer.accept(event.read(codec));
        }
        return VALUES.of(consumer.getClass()).with(codec, (Consumer<Object>) consumer);
    }

    @SuppressWarnings("unchecked") // it gets what the flyweight makes
    static <T> EventConsumer of(Flyweight<T> flyweight, Consumer<? super T> consumer) {
        return VIEWS.of(consumer.getClass()).with(flyweight, (Consumer<Object>) consumer);
    }
}
