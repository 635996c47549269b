package dev.ebpf4j.codec;

import dev.ebpf4j.hot.StaysInside;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/** A Java type that fits itself to the C type when it is bound. */
final class JavaTypeCodec<T> implements Codec<T>, StaysInside {
    private final JavaType java;

    JavaTypeCodec(JavaType java) {
        this.java = java;
    }

    @Override
    public int size() {
        throw unbound();
    }

    @Override
    public T read(MemorySegment source, long offset) {
        throw unbound();
    }

    @Override
    public void write(T value, MemorySegment target, long offset) {
        throw unbound();
    }

    private IllegalStateException unbound() {
        return new IllegalStateException("the codec for " + java.name()
                + " knows its layout only after bind(), which typed maps call when they are opened");
    }

    @Override
    @SuppressWarnings("unchecked") // a codec that fits the type is one of its values
    public Codec<T> bind(TypeRef type) {
        Fit fit = Fits.of(java, type, true);
        @Nullable Codec<?> codec = fit.codec();
        if (codec != null) {
            return (Codec<T>) codec;
        }
        if (fit.details().isEmpty()) {
            throw CodecMismatchException.of(type, java.name(), fit.note());
        }
        throw new CodecMismatchException(fit.details());
    }

    @Override
    public String toString() {
        return java.name();
    }
}
