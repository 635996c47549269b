package dev.ebpf4j.rings;

import dev.ebpf4j.codec.Codec;
import dev.ebpf4j.codec.Codecs;
import java.util.function.Consumer;

/** Hands records on as values. A template for {@link TypedConsumers}: it refers to no private part of another class. */
final class ValueConsumer implements EventConsumer, TypedConsumers.OfValues {
    private final Codec<?> codec;
    private final Consumer<Object> consumer;
    private final int size;

    ValueConsumer() {
        this(Codecs.bytes(0), value -> {});
    }

    private ValueConsumer(Codec<?> codec, Consumer<Object> consumer) {
        this.codec = codec;
        this.consumer = consumer;
        this.size = codec.size();
    }

    @Override
    public EventConsumer with(Codec<?> newCodec, Consumer<Object> newConsumer) {
        return new ValueConsumer(newCodec, newConsumer);
    }

    @Override
    public void accept(Event event) {
        long at = event.at(0, size);
        consumer.accept(codec.read(Event.ALL, at, event.size()));
    }
}
