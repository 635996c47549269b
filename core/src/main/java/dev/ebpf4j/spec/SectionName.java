package dev.ebpf4j.spec;

import dev.ebpf4j.btf.CloseNames;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What the name of a program's section says: the rule that the name follows, and what stands behind its {@code /}.
 * {@code tp/sched/sched_switch} follows the rule {@code tp} and has the target {@code sched/sched_switch}.
 *
 * <p>Names and meanings are those of libbpf's {@code SEC()} table. {@link #parse} matches exactly, as libbpf does: {@code
 * xdp/foo} is unknown, because {@code xdp} takes no target. {@link #meaning} goes on as cilium/ebpf does: whatever begins
 * with {@code xdp} is an XDP program.
 *
 * @param rule the rule
 * @param attachTo what stands behind the rule's name and a {@code /}; empty if nothing does
 */
public record SectionName(Rule rule, String attachTo) {
    private static final int CLOSE_NAMES = 3;
    private static final int LONGEST_COMPARED = 64;

    /** What else there is to know about a rule. */
    public enum Trait {
        /** Text may follow the rule's name behind a {@code /}. */
        TARGET,
        /** The program may sleep: {@link ProgramSpec#SLEEPABLE}. */
        SLEEPABLE,
        /** The program takes packets in several buffers: {@link ProgramSpec#XDP_HAS_FRAGS}. */
        FRAGS,
        /** Kernels without expected attach types load the program too, if told none. */
        OPTIONAL_ATTACH_TYPE,
        /** The kernel wants the BTF id of what the program is attached to when it loads the program. */
        ATTACH_BTF_ID,
        /** The section's name is enough to attach the program. */
        AUTO_ATTACH
    }

    /**
     * One row of the table.
     *
     * @param name the section's name, or its part before the target
     * @param type program type
     * @param attachType expected attach type; that with number 0 where the type has none
     * @param traits all else
     */
    public record Rule(String name, ProgramType type, AttachType attachType, Set<Trait> traits) {
        /** Copies the set. */
        public Rule {
            traits = Set.copyOf(traits);
        }

        /**
         * {@return whether this rule has a trait}
         *
         * @param trait the trait
         */
        public boolean has(Trait trait) {
            return traits.contains(trait);
        }
    }

    private static final Map<String, Rule> RULES = SectionTable.rules();

    /** What a name says that follows no rule: nothing. */
    static final SectionName UNKNOWN =
            new SectionName(new Rule("", ProgramType.UNSPEC, AttachType.of(0), Set.of()), "");

    /** {@return all rules by their names} */
    public static Map<String, Rule> rules() {
        return RULES;
    }

    /**
     * {@return what a section's name says; empty if it follows no rule}
     *
     * @param section the name, without a leading {@code ?}
     */
    public static Optional<SectionName> parse(String section) {
        Rule whole = RULES.get(section);
        if (whole != null) {
            return Optional.of(new SectionName(whole, ""));
        }
        int slash = section.indexOf('/');
        Rule head = slash < 0 ? null : RULES.get(section.substring(0, slash));
        return head == null || !head.has(Trait.TARGET)
                ? Optional.empty()
                : Optional.of(new SectionName(head, section.substring(slash + 1)));
    }

    /**
     * {@return what a section's name says, or else the rule without a target that it begins with, of several the longest:
     * {@code socket1} follows the rule {@code socket}. Empty if there is none}
     *
     * @param section the name, without a leading {@code ?}
     */
    public static Optional<SectionName> meaning(String section) {
        return parse(section)
                .or(() -> RULES.values().stream()
                        .filter(rule -> !rule.has(Trait.TARGET) && section.startsWith(rule.name()))
                        .max(Comparator.comparingInt(rule -> rule.name().length()))
                        .map(rule -> new SectionName(rule, "")));
    }

    /**
     * {@return up to three names of rules that someone who wrote an unknown name may have meant, the likeliest first}
     *
     * @param section the name, without a leading {@code ?}
     */
    public static List<String> closest(String section) {
        String text = section.substring(0, Math.min(section.length(), LONGEST_COMPARED));
        Set<String> close = new LinkedHashSet<>(CloseNames.closest(text, RULES.keySet()));
        close.addAll(CloseNames.closest(text.split("/", -1)[0], RULES.keySet()));
        RULES.keySet().stream()
                .filter(text::startsWith)
                .max(Comparator.comparingInt(String::length))
                .ifPresent(close::add);
        return close.stream().limit(CLOSE_NAMES).toList();
    }

    /** {@return the program type} */
    public ProgramType type() {
        return rule.type();
    }

    /** {@return the expected attach type; that with number 0 where the type has none} */
    public AttachType attachType() {
        return rule.attachType();
    }

    /** {@return the load flags: {@link ProgramSpec#SLEEPABLE} and {@link ProgramSpec#XDP_HAS_FRAGS}} */
    public int flags() {
        return (rule.has(Trait.SLEEPABLE) ? ProgramSpec.SLEEPABLE : 0)
                | (rule.has(Trait.FRAGS) ? ProgramSpec.XDP_HAS_FRAGS : 0);
    }

    /** Returns the traits that the letters of a table row stand for. */
    static Set<Trait> traits(String letters) {
        return letters.chars().mapToObj(SectionName::trait).collect(Collectors.toUnmodifiableSet());
    }

    private static Trait trait(int letter) {
        return switch (letter) {
            case '+' -> Trait.TARGET;
            case 'S' -> Trait.SLEEPABLE;
            case 'F' -> Trait.FRAGS;
            case 'O' -> Trait.OPTIONAL_ATTACH_TYPE;
            case 'B' -> Trait.ATTACH_BTF_ID;
            case 'A' -> Trait.AUTO_ATTACH;
            default -> throw new IllegalStateException("no trait has the letter " + Character.toString(letter));
        };
    }
}
