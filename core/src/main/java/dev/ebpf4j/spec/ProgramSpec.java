package dev.ebpf4j.spec;

import java.util.Objects;

/**
 * A program as the object wants it: an entry function and how the kernel shall see it. Immutable; the withers make
 * changed copies.
 *
 * @param name name of the entry function
 * @param section section that says what the program is for, without a leading {@code ?}
 * @param type type; {@link ProgramType#UNSPEC} if the section's name says nothing
 * @param attachType expected attach type, used where the type has several
 * @param attachTo what the section names behind its {@code /}: a tracepoint, a function; empty if nothing
 * @param attachProgram the kernel's id of the loaded program that this one attaches to, for {@code freplace} and for
 *     tracing a program; 0 for none
 * @param flags load flags ({@code BPF_F_SLEEPABLE} and others)
 * @param logLevel what the verifier logs even if the program loads ({@code BPF_LOG_…} bits); 0 for nothing
 * @param autoload whether the program is loaded with the object
 * @param entry the code
 */
public record ProgramSpec(
        String name,
        String section,
        ProgramType type,
        AttachType attachType,
        String attachTo,
        int attachProgram,
        int flags,
        int logLevel,
        boolean autoload,
        FunctionSpec entry) {

    /** {@code BPF_F_SLEEPABLE}: the program may call helpers that sleep. */
    public static final int SLEEPABLE = 1 << 4;

    /** {@code BPF_F_XDP_HAS_FRAGS}: the program understands packets in several buffers. */
    public static final int XDP_HAS_FRAGS = 1 << 5;

    private static final String NOT_BY_DEFAULT = "?";

    /** Checks that nothing is null. */
    public ProgramSpec {
        Objects.requireNonNull(name);
        Objects.requireNonNull(entry);
    }

    /**
     * {@return the program that a section's name makes of a function}
     *
     * @param name name of the program
     * @param section name of the section; one that begins with {@code ?} is not loaded unless asked for
     * @param entry the code
     */
    public static ProgramSpec of(String name, String section, FunctionSpec entry) {
        boolean autoload = !section.startsWith(NOT_BY_DEFAULT);
        String bare = autoload ? section : section.substring(NOT_BY_DEFAULT.length());
        SectionName meaning = SectionName.meaning(bare).orElse(SectionName.UNKNOWN);
        return new ProgramSpec(
                name,
                bare,
                meaning.type(),
                meaning.attachType(),
                meaning.attachTo(),
                0,
                meaning.flags(),
                0,
                autoload,
                entry);
    }

    /**
     * {@return a copy that is loaded with its object, or is not}
     *
     * @param value the new value
     */
    public ProgramSpec withAutoload(boolean value) {
        return new ProgramSpec(name, section, type, attachType, attachTo, attachProgram, flags, logLevel, value, entry);
    }

    /**
     * {@return a copy of another type; what the section said about attaching stays}
     *
     * @param newType the type
     * @param newAttachType the expected attach type
     */
    public ProgramSpec withType(ProgramType newType, AttachType newAttachType) {
        return new ProgramSpec(
                name, section, newType, newAttachType, attachTo, attachProgram, flags, logLevel, autoload, entry);
    }

    /**
     * {@return a copy to be attached to something else: a tracepoint, a function, as its type understands it}
     *
     * @param target what to attach to
     */
    public ProgramSpec withAttachTo(String target) {
        return new ProgramSpec(
                name, section, type, attachType, target, attachProgram, flags, logLevel, autoload, entry);
    }

    /**
     * {@return a copy to be attached to a function of a loaded program, which {@link #attachTo()} names}
     *
     * @param id the kernel's id of that program, 0 for none
     */
    public ProgramSpec withAttachProgram(int id) {
        return new ProgramSpec(name, section, type, attachType, attachTo, id, flags, logLevel, autoload, entry);
    }

    /**
     * {@return a copy with other load flags}
     *
     * @param value the new value
     */
    public ProgramSpec withFlags(int value) {
        return new ProgramSpec(
                name, section, type, attachType, attachTo, attachProgram, value, logLevel, autoload, entry);
    }

    /**
     * {@return a copy whose verifier log is kept even if it loads}
     *
     * @param value {@code BPF_LOG_…} bits: 1 for the branches, 2 for every instruction, 4 for the statistics; 0 for no log
     */
    public ProgramSpec withLogLevel(int value) {
        return new ProgramSpec(name, section, type, attachType, attachTo, attachProgram, flags, value, autoload, entry);
    }

    /**
     * {@return a copy with other code}
     *
     * @param value the entry function
     */
    public ProgramSpec withEntry(FunctionSpec value) {
        return new ProgramSpec(
                name, section, type, attachType, attachTo, attachProgram, flags, logLevel, autoload, value);
    }

    @Override
    public String toString() {
        return "program '" + name + "' (" + type + ", section " + section + ", "
                + entry.code().size() + " insns)";
    }
}
