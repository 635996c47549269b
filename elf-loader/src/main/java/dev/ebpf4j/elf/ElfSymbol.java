package dev.ebpf4j.elf;

/**
 * One entry of the symbol table.
 *
 * @param name its name, empty for sections
 * @param value offset in its section, in bytes
 * @param size bytes; 0 from very old compilers
 * @param binding one of {@link #LOCAL}, {@link #GLOBAL}, {@link #WEAK}, or something else
 * @param type one of {@link #NOTYPE}, {@link #OBJECT}, {@link #FUNC}, {@link #SECTION}, or something else
 * @param hidden whether its visibility is hidden or internal
 * @param section number of its section; {@link #UNDEFINED} if it is defined elsewhere
 */
record ElfSymbol(String name, long value, long size, int binding, int type, boolean hidden, int section) {
    static final int UNDEFINED = 0;

    static final int LOCAL = 0;
    static final int GLOBAL = 1;
    static final int WEAK = 2;

    static final int NOTYPE = 0;
    static final int OBJECT = 1;
    static final int FUNC = 2;
    static final int SECTION = 3;

    boolean global() {
        return binding == GLOBAL || binding == WEAK;
    }

    /** Returns whether something outside the object has to provide it. */
    boolean extern() {
        return section == UNDEFINED && global() && type == NOTYPE && !name.isEmpty();
    }

    /** Returns the same symbol so many bytes further on. */
    ElfSymbol moved(long bytes) {
        return bytes == 0 ? this : new ElfSymbol(name, value + bytes, size, binding, type, hidden, section);
    }

    @Override
    public String toString() {
        return name.isEmpty() ? "section " + section + "+" + value : "'" + name + "'";
    }
}
