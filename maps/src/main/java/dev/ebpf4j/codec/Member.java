package dev.ebpf4j.codec;

/**
 * A member of a struct or union; those of anonymous members count as members of what they stand in.
 *
 * @param name its name
 * @param type its type; the size of a flexible array's is 0
 * @param bitOffset bits from the start of the struct
 * @param bits the width of a bitfield, else 0
 * @param role who is to fill it
 */
record Member(String name, TypeRef type, int bitOffset, int bits, Role role) {
    /** What a member is there for. */
    enum Role {
        /** A value that programs and this process share. */
        DATA,
        /** A lock, timer, pointer to an object of the kernel, …: hidden from this process. */
        KERNEL,
        /** Padding by its name. */
        PADDING
    }

    int offset() {
        return bitOffset / 8;
    }

    /** How many bits it covers. */
    int width() {
        return bits != 0 ? bits : 8 * type.size();
    }

    int end() {
        return bitOffset + width();
    }

    boolean overlaps(Member other) {
        return bitOffset < other.end() && other.bitOffset < end();
    }

    String declaration() {
        return CTypes.name(type) + " " + name + (bits == 0 ? "" : ":" + bits);
    }

    String place() {
        return bitOffset % 8 == 0 ? Integer.toString(offset()) : offset() + ":" + bitOffset % 8;
    }

    String sizeText() {
        if (bits != 0) {
            return bits + "b";
        }
        return type.size() == 0 ? "" : Integer.toString(type.size());
    }
}
