package dev.ebpf4j.spec;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Meanings of an application's own for the names of sections. Of all handlers whose pattern matches, the one that was added
 * first decides, before ebpf4j's table of names; the fallback decides what neither knows. Immutable.
 *
 * <pre>{@code
 * SectionHandlers handlers = SectionHandlers.none()
 *         .with("acme/", program -> program.withType(ProgramType.TRACEPOINT, AttachType.of(0)))
 *         .withFallback(program -> program.withAutoload(false));
 * ObjectSpec object = handlers.applyTo(ElfReader.read(elf));
 * }</pre>
 */
public final class SectionHandlers {
    private record Handler(Predicate<String> matches, UnaryOperator<ProgramSpec> change) {}

    private static final SectionHandlers NONE = new SectionHandlers(List.of(), null);

    private final List<Handler> handlers;
    private final @Nullable UnaryOperator<ProgramSpec> fallback;

    private SectionHandlers(List<Handler> handlers, @Nullable UnaryOperator<ProgramSpec> fallback) {
        this.handlers = List.copyOf(handlers);
        this.fallback = fallback;
    }

    /** {@return no handlers} */
    public static SectionHandlers none() {
        return NONE;
    }

    /**
     * {@return these handlers and another behind them}
     *
     * @param pattern a section's name for exactly this one; with a {@code +} behind it, this name or all that begin with it and
     *     a {@code /}; with a {@code /} behind it, all that begin with it
     * @param change makes the program that the section's name asks for
     */
    public SectionHandlers with(String pattern, UnaryOperator<ProgramSpec> change) {
        List<Handler> more = new ArrayList<>(handlers);
        more.add(new Handler(matcher(pattern), change));
        return new SectionHandlers(more, fallback);
    }

    /**
     * {@return these handlers with what becomes of programs whose section neither they nor ebpf4j know}
     *
     * @param change makes the program that the section's name asks for
     */
    public SectionHandlers withFallback(UnaryOperator<ProgramSpec> change) {
        return new SectionHandlers(handlers, change);
    }

    /**
     * {@return the object with each program as its section's handler makes it}
     *
     * @param object an object as it was read
     */
    public ObjectSpec applyTo(ObjectSpec object) {
        return object.toBuilder()
                .programs(object.programs().stream().map(this::apply).toList())
                .build();
    }

    private ProgramSpec apply(ProgramSpec program) {
        for (Handler handler : handlers) {
            if (handler.matches().test(program.section())) {
                return handler.change().apply(program);
            }
        }
        return fallback == null || program.type() != ProgramType.UNSPEC ? program : fallback.apply(program);
    }

    private static Predicate<String> matcher(String pattern) {
        if (pattern.endsWith("/")) {
            return section -> section.startsWith(pattern);
        }
        if (pattern.endsWith("+")) {
            String name = pattern.substring(0, pattern.length() - 1);
            return section -> section.equals(name) || section.startsWith(name + "/");
        }
        return pattern::equals;
    }
}
