package dev.ebpf4j.spec;

import java.util.Objects;

/**
 * A program as the object wants it: an entry function and how the kernel shall see it. Immutable.
 *
 * @param name name of the entry function
 * @param section section that says what the program is for, without a leading {@code ?}
 * @param type type; {@link ProgramType#UNSPEC} if the section's name says nothing
 * @param attachType expected attach type, used where the type has several
 * @param attachTo what the section names behind its {@code /}: a tracepoint, a function; empty if nothing
 * @param flags load flags ({@code BPF_F_SLEEPABLE} and others)
 * @param autoload whether the program is loaded with the object
 * @param entry the code
 */
public record ProgramSpec(
        String name,
        String section,
        ProgramType type,
        AttachType attachType,
        String attachTo,
        int flags,
        boolean autoload,
        FunctionSpec entry) {

    /** {@code BPF_F_SLEEPABLE}: the program may call helpers that sleep. */
    public static final int SLEEPABLE = 1 << 4;

    /** {@code BPF_F_XDP_HAS_FRAGS}: the program understands packets in several buffers. */
    public static final int XDP_HAS_FRAGS = 1 << 5;

    /** Checks that nothing is null. */
    public ProgramSpec {
        Objects.requireNonNull(name);
        Objects.requireNonNull(entry);
    }

    /**
     * {@return a copy that is loaded with its object, or is not}
     *
     * @param value the new value
     */
    public ProgramSpec withAutoload(boolean value) {
        return new ProgramSpec(name, section, type, attachType, attachTo, flags, value, entry);
    }

    /**
     * {@return a copy of another type; what the section said about attaching stays}
     *
     * @param newType the type
     * @param newAttachType the expected attach type
     */
    public ProgramSpec withType(ProgramType newType, AttachType newAttachType) {
        return new ProgramSpec(name, section, newType, newAttachType, attachTo, flags, autoload, entry);
    }

    /**
     * {@return a copy to be attached to something else: a tracepoint, a function, as its type understands it}
     *
     * @param target what to attach to
     */
    public ProgramSpec withAttachTo(String target) {
        return new ProgramSpec(name, section, type, attachType, target, flags, autoload, entry);
    }

    /**
     * {@return a copy with other load flags}
     *
     * @param value the new value
     */
    public ProgramSpec withFlags(int value) {
        return new ProgramSpec(name, section, type, attachType, attachTo, value, autoload, entry);
    }

    @Override
    public String toString() {
        return "program '" + name + "' (" + type + ", section " + section + ", "
                + entry.code().size() + " insns)";
    }
}
