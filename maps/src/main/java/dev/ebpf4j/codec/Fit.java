package dev.ebpf4j.codec;

import org.jspecify.annotations.Nullable;

/**
 * Whether a Java type fits a C type.
 *
 * @param codec how to read and write it; null if it does not fit
 * @param note why not; empty if it fits
 * @param details the layouts of what is nested, if the reason is in there; else empty
 */
record Fit(@Nullable Codec<?> codec, String note, String details) {
    static Fit yes(Codec<?> codec) {
        return new Fit(codec, "", "");
    }

    static Fit no(String note) {
        return new Fit(null, note, "");
    }
}
