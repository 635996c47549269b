package dev.ebpf4j.codec;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * How many elements the C array behind a component has: {@code @Length(16) String comm}, {@code @Length(4) int[] counters}.
 * Needed where there is no BTF; where there is, it must say the same.
 */
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.RECORD_COMPONENT, ElementType.METHOD})
public @interface Length {
    /** {@return how many; of a String, bytes} */
    int value();
}
