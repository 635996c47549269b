package dev.ebpf4j.benchmarks.peer;

import dev.ebpf4j.codec.Codec;
import dev.ebpf4j.codec.Codecs;
import dev.ebpf4j.codec.Flyweight;
import dev.ebpf4j.codec.TypeRef;
import dev.ebpf4j.rings.Event;
import dev.ebpf4j.rings.EventConsumer;

/** Consumers of records, each of a class of its own, and what each must come to after a drain. */
final class Consumers {
    private Consumers() {}

    /** Adds up something of each record. */
    abstract static class Summing {
        long sum;

        /** What is given to the ring. */
        abstract EventConsumer consumer();

        /** What the sum must be after so many records. */
        abstract long expected(long records);
    }

    /** A new consumer of records of {@code type}. */
    static Summing of(String name, TypeRef type) {
        return switch (name) {
            case "sum" -> new Sum();
            case "xor" -> new Xor();
            case "fields" -> new Fields();
            case "record" -> new Decoding(Codecs.record(Sample.class).bind(type));
            case "view" -> new Viewing(Flyweight.of(SampleView.class, type));
            default -> throw new IllegalArgumentException("no consumer " + name);
        };
    }

    /** Six members of {@code struct peer_sample}. */
    public record Sample(long number, long time, int pid, int uid, short port, String comm) {}

    /** The same in place. */
    public interface SampleView {
        /** {@return counts up} */
        long number();

        /** {@return 1} */
        long time();

        /** {@return 2} */
        int pid();

        /** {@return 3} */
        int uid();

        /** {@return 4} */
        short port();

        /**
         * {@return one byte of a text}
         *
         * @param index which
         */
        byte comm(int index);
    }

    /** The first eight bytes of each record, as the peer in C does. */
    private static final class Sum extends Summing implements EventConsumer {
        @Override
        EventConsumer consumer() {
            return this;
        }

        @Override
        public void accept(Event event) {
            sum += event.getLong(0);
        }

        @Override
        long expected(long records) {
            return (records - 1) * records / 2;
        }
    }

    /** The first eight bytes of each record, and its length. */
    private static final class Xor extends Summing implements EventConsumer {
        @Override
        EventConsumer consumer() {
            return this;
        }

        @Override
        public void accept(Event event) {
            sum += event.getLong(0) ^ event.size();
        }

        @Override
        long expected(long records) {
            return sum;
        }
    }

    /** Three fields of each record. */
    private static final class Fields extends Summing implements EventConsumer {
        @Override
        EventConsumer consumer() {
            return this;
        }

        @Override
        public void accept(Event event) {
            sum += event.getLong(0) + event.getInt(16) + event.getShort(24);
        }

        @Override
        long expected(long records) {
            return (records - 1) * records / 2 + 6 * records;
        }
    }

    /** All of a Java record. */
    private static final class Decoding extends Summing {
        private final EventConsumer consumer;

        Decoding(Codec<Sample> codec) {
            consumer = EventConsumer.of(codec, this::take);
        }

        @Override
        EventConsumer consumer() {
            return consumer;
        }

        private void take(Sample sample) {
            sum += sample.number + sample.time + sample.pid + sample.uid + sample.port + sample.comm.length();
        }

        @Override
        long expected(long records) {
            return (records - 1) * records / 2 + (1 + 2 + 3 + 4 + 9) * records;
        }
    }

    /** All members in place; of the text its first character. */
    private static final class Viewing extends Summing {
        private final EventConsumer consumer;

        Viewing(Flyweight<SampleView> flyweight) {
            consumer = EventConsumer.of(flyweight, this::take);
        }

        @Override
        EventConsumer consumer() {
            return consumer;
        }

        private void take(SampleView sample) {
            sum += sample.number() + sample.time() + sample.pid() + sample.uid() + sample.port() + sample.comm(0);
        }

        @Override
        long expected(long records) {
            return (records - 1) * records / 2 + (1 + 2 + 3 + 4 + 'b') * records;
        }
    }
}
