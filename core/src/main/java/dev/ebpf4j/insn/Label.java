package dev.ebpf4j.insn;

/** A place in the code that an {@link Assembler} builds, to jump to or to call. Two labels of one name are two places. */
public final class Label {
    private final String name;

    /**
     * Makes a label that nothing is bound to yet.
     *
     * @param name for messages and listings
     */
    public Label(String name) {
        this.name = name;
    }

    /** {@return the name} */
    public String name() {
        return name;
    }

    @Override
    public String toString() {
        return name;
    }
}
