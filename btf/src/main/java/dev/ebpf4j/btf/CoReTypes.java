package dev.ebpf4j.btf;

import java.util.List;

/** Compares types of the program with types of the target, by three rules of increasing strictness. */
final class CoReTypes {
    private static final int DEPTH = 32;
    private static final int BUDGET = 1 << 20;

    private final Btf local;
    private final Btf target;
    private int left = BUDGET;

    CoReTypes(Btf local, Btf target) {
        this.local = local;
        this.target = target;
    }

    /** Counts a step, so that types which contain themselves end in an exception. */
    void spend() {
        if (--left < 0) {
            throw new BtfFormatException("types", -1, "more than " + BUDGET + " comparisons for one type", "fewer");
        }
    }

    /** Whether a field may be read as another: sizes and signs may differ, structs and pointers are all alike. */
    boolean fieldsCompatible(int localType, int targetType) {
        int ours = local.resolve(localType);
        int theirs = target.resolve(targetType);
        for (int depth = 0; depth < DEPTH; depth++) {
            BtfType a = local.type(ours);
            BtfType b = target.type(theirs);
            if (a instanceof BtfType.Composite && b instanceof BtfType.Composite) {
                return true;
            }
            if (!sameKind(local.kind(ours), target.kind(theirs))) {
                return false;
            }
            switch (a) {
                case BtfType.Ptr _, BtfType.Float _ -> {
                    return true;
                }
                case BtfType.Enumeration _, BtfType.Fwd _ -> {
                    return a.name().isEmpty() || b.name().isEmpty() || sameName(a.name(), b.name());
                }
                case BtfType.Int i -> {
                    return i.bitOffset() == 0 && ((BtfType.Int) b).bitOffset() == 0;
                }
                case BtfType.Array array -> {
                    ours = local.resolve(array.elementTypeId());
                    theirs = target.resolve(((BtfType.Array) b).elementTypeId());
                }
                default -> {
                    return false;
                }
            }
        }
        throw tooDeep(localType);
    }

    /** Whether two types of the same name are of compatible kinds all the way down. */
    boolean compatible(int localType, int targetType) {
        return sameKind(local.kind(localType), target.kind(targetType)) && compatible(localType, targetType, DEPTH);
    }

    private boolean compatible(int localType, int targetType, int level) {
        int ours = localType;
        int theirs = targetType;
        for (int depth = 0; depth < DEPTH; depth++) {
            spend();
            ours = local.resolve(ours);
            theirs = target.resolve(theirs);
            if (!sameKind(local.kind(ours), target.kind(theirs))) {
                return false;
            }
            BtfType b = target.type(theirs);
            switch (local.type(ours)) {
                case BtfType.Void _, BtfType.Composite _, BtfType.Enumeration _, BtfType.Fwd _ -> {
                    return true;
                }
                case BtfType.Int i -> {
                    return i.bitOffset() == 0 && ((BtfType.Int) b).bitOffset() == 0;
                }
                case BtfType.Ptr ptr -> {
                    ours = ptr.typeId();
                    theirs = ((BtfType.Ptr) b).typeId();
                }
                case BtfType.Array array -> {
                    ours = array.elementTypeId();
                    theirs = ((BtfType.Array) b).elementTypeId();
                }
                case BtfType.FuncProto proto -> {
                    if (!paramsCompatible(proto.params(), ((BtfType.FuncProto) b).params(), level)) {
                        return false;
                    }
                    ours = proto.returnTypeId();
                    theirs = ((BtfType.FuncProto) b).returnTypeId();
                }
                default -> {
                    return false;
                }
            }
        }
        throw tooDeep(localType);
    }

    private boolean paramsCompatible(List<BtfType.Param> ours, List<BtfType.Param> theirs, int level) {
        if (ours.size() != theirs.size()) {
            return false;
        }
        for (int i = 0; i < ours.size(); i++) {
            if (level == 0) {
                throw tooDeep(ours.get(i).typeId());
            }
            if (!compatible(ours.get(i).typeId(), theirs.get(i).typeId(), level - 1)) {
                return false;
            }
        }
        return true;
    }

    /** Whether the target type has everything that the local one has, by name, kind and size. */
    boolean match(int localType, int targetType) {
        return match(localType, targetType, false, DEPTH);
    }

    private boolean match(int localType, int targetType, boolean behindPointer, int level) {
        if (level == 0) {
            throw tooDeep(localType);
        }
        boolean pointed = behindPointer;
        int ours = localType;
        int theirs = targetType;
        for (int depth = 0; depth < DEPTH; depth++) {
            spend();
            BtfType a = local.type(local.resolve(ours));
            BtfType b = target.type(target.resolve(theirs));
            if (!sameName(a.name(), b.name())) {
                return false;
            }
            switch (a) {
                case BtfType.Ptr ptr
                when b instanceof BtfType.Ptr other -> {
                    pointed = true;
                    ours = ptr.typeId();
                    theirs = other.typeId();
                }
                case BtfType.Array array
                when b instanceof BtfType.Array other && array.count() == other.count() -> {
                    ours = array.elementTypeId();
                    theirs = other.elementTypeId();
                }
                case BtfType.FuncProto proto
                when b instanceof BtfType.FuncProto other -> {
                    if (!paramsMatch(proto.params(), other.params(), pointed, level)) {
                        return false;
                    }
                    ours = proto.returnTypeId();
                    theirs = other.returnTypeId();
                }
                case BtfType.Composite type -> {
                    return pointed ? sameShape(type, b) : membersMatch(type, b, level);
                }
                default -> {
                    return leavesMatch(a, b, pointed);
                }
            }
        }
        throw tooDeep(localType);
    }

    private static boolean leavesMatch(BtfType a, BtfType b, boolean pointed) {
        return switch (a) {
            case BtfType.Void _ -> b instanceof BtfType.Void;
            case BtfType.Int i ->
                b instanceof BtfType.Int other && i.size() == other.size() && i.signed() == other.signed();
            case BtfType.Enumeration type -> b instanceof BtfType.Enumeration other && enumeratorsMatch(type, other);
            case BtfType.Fwd fwd ->
                switch (b) {
                    case BtfType.Fwd other -> fwd.union() == other.union();
                    case BtfType.Struct _ -> pointed && !fwd.union();
                    case BtfType.Union _ -> pointed && fwd.union();
                    default -> false;
                };
            default -> false;
        };
    }

    /** Behind a pointer a struct matches a struct or its forward declaration, and a union likewise. */
    private static boolean sameShape(BtfType.Composite type, BtfType other) {
        boolean union = type instanceof BtfType.Union;
        return switch (other) {
            case BtfType.Struct _ -> !union;
            case BtfType.Union _ -> union;
            case BtfType.Fwd fwd -> fwd.union() == union;
            default -> false;
        };
    }

    private boolean paramsMatch(List<BtfType.Param> ours, List<BtfType.Param> theirs, boolean pointed, int level) {
        if (ours.size() != theirs.size()) {
            return false;
        }
        for (int i = 0; i < ours.size(); i++) {
            if (!match(ours.get(i).typeId(), theirs.get(i).typeId(), pointed, level - 1)) {
                return false;
            }
        }
        return true;
    }

    private static boolean enumeratorsMatch(BtfType.Enumeration ours, BtfType.Enumeration theirs) {
        List<BtfType.Enumerator> others = theirs.enumerators();
        return ours.size() == theirs.size()
                && ours.enumerators().size() <= others.size()
                && ours.enumerators().stream()
                        .allMatch(e -> others.stream().anyMatch(o -> sameName(e.name(), o.name())));
    }

    private boolean membersMatch(BtfType.Composite ours, BtfType other, int level) {
        if (!(other instanceof BtfType.Composite theirs)
                || ours instanceof BtfType.Union != theirs instanceof BtfType.Union
                || ours.members().size() > theirs.members().size()) {
            return false;
        }
        for (BtfType.Member member : ours.members()) {
            if (!hasMember(theirs, member, level)) {
                return false;
            }
        }
        return true;
    }

    private boolean hasMember(BtfType.Composite theirs, BtfType.Member member, int level) {
        for (BtfType.Member other : theirs.members()) {
            spend();
            if (sameName(member.name(), other.name()) && match(member.typeId(), other.typeId(), false, level - 1)) {
                return true;
            }
        }
        return false;
    }

    static boolean sameKind(BtfKind a, BtfKind b) {
        return a == b || (a.isEnum() && b.isEnum());
    }

    private static boolean sameName(String a, String b) {
        return Btf.essentialName(a).equals(Btf.essentialName(b));
    }

    private static BtfFormatException tooDeep(int id) {
        return new BtfFormatException(
                "types", -1, "type " + id + " nested deeper than " + DEPTH, "a chain that ends earlier");
    }
}
