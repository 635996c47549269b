package dev.ebpf4j.spec;

import static dev.ebpf4j.link.TestObjects.EXIT;
import static dev.ebpf4j.link.TestObjects.function;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.ebpf4j.insn.Code;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** The sections and patterns of the kernel's selftest test_custom_sec_handlers; the order is libbpf's. */
class SectionHandlersTest {
    private final ObjectSpec object = ObjectSpec.builder("test")
            .programs(programs("abc", "abc/whatever", "custom", "custom/something", "kprobe", "kprobe/x", "xyz/blah"))
            .build();

    @Test
    void exactNamesPrefixesAndTheFallbackDecideInThisOrder() {
        SectionHandlers handlers = SectionHandlers.none()
                .with("abc", to(1))
                .with("abc/", to(2))
                .with("custom+", to(3))
                .with("custom/something", to(4))
                .withFallback(to(5));
        assertEquals(List.of(1, 2, 3, 3, 0, 0, 5), flags(handlers.applyTo(object)));
    }

    @Test
    void handlersComeBeforeTheTable() {
        assertEquals(
                List.of(0, 0, 0, 0, 7, 7, 0),
                flags(SectionHandlers.none().with("kprobe+", to(7)).applyTo(object)));
        assertEquals(
                List.of(0, 0, 0, 0, 7, 0, 0),
                flags(SectionHandlers.none().with("kprobe", to(7)).applyTo(object)));
        assertEquals(object.programs(), SectionHandlers.none().applyTo(object).programs());
    }

    private static UnaryOperator<ProgramSpec> to(int flags) {
        return program -> program.withFlags(flags);
    }

    private static List<Integer> flags(ObjectSpec object) {
        return object.programs().stream().map(ProgramSpec::flags).toList();
    }

    private static List<ProgramSpec> programs(String... sections) {
        return Arrays.stream(sections)
                .map(section -> ProgramSpec.of(section, section, function(section, Code.of(EXIT))))
                .toList();
    }
}
