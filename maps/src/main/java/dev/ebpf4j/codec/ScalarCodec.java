package dev.ebpf4j.codec;

import java.lang.foreign.MemorySegment;
import java.util.List;

/** A codec of a fixed size whose layout does not depend on the C type. */
final class ScalarCodec<T> implements Codec<T> {
    /** Which C types it takes, besides that sizes are equal. */
    enum Fit {
        NUMBER,
        TEXT,
        ANY
    }

    @FunctionalInterface
    interface Reader<T> {
        T read(MemorySegment source, long offset);
    }

    @FunctionalInterface
    interface Writer<T> {
        void write(T value, MemorySegment target, long offset);
    }

    private final String name;
    private final int size;
    private final Fit fit;
    private final Reader<T> reader;
    private final Writer<T> writer;

    ScalarCodec(String name, int size, Fit fit, Reader<T> reader, Writer<T> writer) {
        this.name = name;
        this.size = size;
        this.fit = fit;
        this.reader = reader;
        this.writer = writer;
    }

    @Override
    public int size() {
        return size;
    }

    @Override
    public Codec<T> bind(TypeRef type) {
        boolean takes = switch (fit) {
            case NUMBER -> CTypes.isNumber(type);
            case TEXT -> CTypes.isText(type);
            case ANY -> true;
        };
        if (takes && type.size() == size) {
            return this;
        }
        String note = type.size() == size ? "another kind of type" : "needs " + type.size() + " bytes, has " + size;
        SideBySide.Row row = new SideBySide.Row("0", Integer.toString(type.size()), CTypes.name(type), name, note);
        throw new CodecMismatchException("the " + type.what() + " does not fit the codec for " + name + "\n"
                + SideBySide.render("C", "Java", List.of(row)));
    }

    @Override
    public T read(MemorySegment source, long offset) {
        return reader.read(source, offset);
    }

    @Override
    public void write(T value, MemorySegment target, long offset) {
        writer.write(value, target, offset);
    }

    @Override
    public String toString() {
        return name;
    }
}
