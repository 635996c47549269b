package dev.ebpf4j.btf;

import java.util.ArrayList;
import java.util.List;

/**
 * A relocation's path through the types of one BTF: the root with an index, then named members and array elements.
 *
 * <p>Anonymous structs on the way leave no step, only their share of the offset.
 *
 * @param btf whose types these are
 * @param rootId the root as the record names it, typedefs and modifiers included
 * @param steps the path; empty for kinds about a type as a whole
 * @param bitOffset where it leads, in bits from the start of the root
 */
record CoReSpec(Btf btf, int rootId, List<Step> steps, long bitOffset) {
    static final int LONGEST = 64;

    /**
     * One step.
     *
     * @param typeId the struct, union or enum that has the member, or the type of the array element; modifiers removed
     * @param index of the member, enumerator or element
     * @param name of the member or enumerator; {@code ""} for an element
     */
    record Step(int typeId, int index, String name) {
        boolean isElement() {
            return name.isEmpty();
        }
    }

    CoReSpec {
        steps = List.copyOf(steps);
    }

    Step last() {
        return steps.getLast();
    }

    /** The path that a record of the program describes. */
    static CoReSpec local(Btf btf, CoReRelo relo) {
        int[] indices = indices(relo);
        if (relo.kind().isType()) {
            if (indices.length != 1 || indices[0] != 0) {
                throw bad(relo, "0");
            }
            return new CoReSpec(btf, relo.typeId(), List.of(), 0);
        }
        return relo.kind().isEnumValue() ? enumerator(btf, relo, indices) : field(btf, relo, indices);
    }

    private static CoReSpec enumerator(Btf btf, CoReRelo relo, int[] indices) {
        int id = btf.resolve(relo.typeId());
        if (indices.length == 1
                && btf.type(id) instanceof BtfType.Enumeration type
                && indices[0] < type.enumerators().size()) {
            String name = type.enumerators().get(indices[0]).name();
            return new CoReSpec(btf, relo.typeId(), List.of(new Step(id, indices[0], name)), 0);
        }
        throw bad(relo, "the index of an enumerator");
    }

    private static CoReSpec field(Btf btf, CoReRelo relo, int[] indices) {
        Walk walk = new Walk(btf, relo.typeId(), indices[0]);
        if (!hasSize(btf.kind(walk.typeId()))) {
            throw bad(relo, "a root that has a size");
        }
        for (int i = 1; i < indices.length; i++) {
            int index = indices[i];
            boolean fits = switch (btf.type(walk.typeId())) {
                case BtfType.Composite type
                when index < type.members().size() -> {
                    walk.member(index, type.members().get(index));
                    yield true;
                }
                case BtfType.Array array -> walk.element(index, array);
                default -> false;
            };
            if (!fits) {
                throw bad(relo, "members and elements that there are");
            }
        }
        return walk.spec();
    }

    private static boolean hasSize(BtfKind kind) {
        return switch (kind) {
            case VOID, FWD, FUNC, FUNC_PROTO, DECL_TAG, UNKNOWN -> false;
            default -> true;
        };
    }

    /** Numbers between colons, at least one. */
    private static int[] indices(CoReRelo relo) {
        String[] parts = relo.access().split(":", -1);
        if (parts.length > LONGEST) {
            throw bad(relo, "at most " + LONGEST + " indices");
        }
        int[] indices = new int[parts.length];
        for (int i = 0; i < parts.length; i++) {
            if (parts[i].isEmpty() || parts[i].length() > 9 || !parts[i].chars().allMatch(c -> c >= '0' && c <= '9')) {
                throw bad(relo, "numbers between colons");
            }
            indices[i] = Integer.parseInt(parts[i]);
        }
        return indices;
    }

    private static BtfFormatException bad(CoReRelo relo, String expected) {
        return new BtfFormatException(
                "core_relo",
                -1,
                "access \"%s\" for %s of type %d at instruction byte %d"
                        .formatted(relo.access(), relo.kind(), relo.typeId(), relo.insnOffset()),
                expected);
    }

    /** A path in the making, on either side. */
    static final class Walk {
        private final Btf btf;
        private final int rootId;
        private final List<Step> steps = new ArrayList<>();
        private int typeId;
        private long bitOffset;

        Walk(Btf btf, int rootId, int index) {
            this.btf = btf;
            this.rootId = rootId;
            this.typeId = btf.resolve(rootId);
            steps.add(new Step(typeId, index, ""));
            skipElements(index);
        }

        int typeId() {
            return typeId;
        }

        Btf btf() {
            return btf;
        }

        /** Into a member, which leaves a step if it has a name. */
        void member(int index, BtfType.Member member) {
            if (!member.name().isEmpty()) {
                steps.add(new Step(typeId, index, member.name()));
            }
            bitOffset += member.bitOffset();
            typeId = btf.resolve(member.typeId());
        }

        /** Into an array element; false if it lies outside. */
        boolean element(int index, BtfType.Array array) {
            if (index >= array.count() && !isFlexible(array)) {
                return false;
            }
            typeId = btf.resolve(array.elementTypeId());
            steps.add(new Step(typeId, index, ""));
            skipElements(index);
            return true;
        }

        /** An array without a size that is the last member of its struct. */
        private boolean isFlexible(BtfType.Array array) {
            Step holder = steps.getLast();
            return array.count() == 0
                    && !holder.isElement()
                    && btf.type(holder.typeId()) instanceof BtfType.Composite type
                    && holder.index() == type.members().size() - 1;
        }

        private void skipElements(int index) {
            if (index > 0) {
                bitOffset += 8L * index * btf.sizeOf(typeId);
            }
            if (bitOffset < 0 || bitOffset / 8 > Integer.MAX_VALUE) {
                throw new BtfFormatException("types", -1, "an offset of 2 GiB or more in type " + rootId, "less");
            }
        }

        /** As it was before some members that led nowhere. */
        void back(int typeId, long bitOffset) {
            this.typeId = typeId;
            this.bitOffset = bitOffset;
        }

        long bitOffset() {
            return bitOffset;
        }

        CoReSpec spec() {
            return new CoReSpec(btf, rootId, steps, bitOffset);
        }
    }
}
