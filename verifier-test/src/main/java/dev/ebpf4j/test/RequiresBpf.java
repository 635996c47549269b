package dev.ebpf4j.test;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;

/** The test needs a kernel that loads tracing programs for this process; elsewhere it is skipped, with the reason. */
@Documented
@Inherited
@Target({ElementType.TYPE, ElementType.METHOD})
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(BpfCondition.class)
public @interface RequiresBpf {
    /** {@return whether the kernel must show its own BTF} */
    boolean btf() default true;
}
