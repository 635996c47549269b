package dev.ebpf4j.btf;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Follows the path of one local spec through one candidate type of the target. */
final class CoReMatcher {
    private final CoReSpec local;
    private final CoReKind kind;
    private final CoReTypes types;
    private final Btf target;
    private int failedIn;
    private CoReSpec.@Nullable Step failedStep;

    CoReMatcher(CoReSpec local, CoReKind kind, Btf target) {
        this.local = local;
        this.kind = kind;
        this.target = target;
        this.types = new CoReTypes(local.btf(), target);
    }

    /** The path on the target, or null if there is none. */
    @Nullable
    CoReSpec match(int candidate) {
        failedIn = candidate;
        if (kind.isField()) {
            return field(candidate);
        }
        if (kind.isEnumValue()) {
            return enumerator(candidate);
        }
        boolean fits = kind == CoReKind.TYPE_MATCHES
                ? types.match(local.rootId(), candidate)
                : types.compatible(local.rootId(), candidate);
        return fits ? new CoReSpec(target, candidate, List.of(), 0) : null;
    }

    /** After a failed match, the target type that lacks something. */
    int failedIn() {
        return failedIn;
    }

    /** After a failed match, the step that was not found there; null if it is about the type as a whole. */
    CoReSpec.@Nullable Step failedStep() {
        return failedStep;
    }

    private @Nullable CoReSpec enumerator(int candidate) {
        int id = target.resolve(candidate);
        failedIn = id;
        failedStep = local.last();
        if (target.type(id) instanceof BtfType.Enumeration type) {
            String name = Btf.essentialName(local.last().name());
            for (int i = 0; i < type.enumerators().size(); i++) {
                String theirs = type.enumerators().get(i).name();
                if (Btf.essentialName(theirs).equals(name)) {
                    return new CoReSpec(target, candidate, List.of(new CoReSpec.Step(id, i, theirs)), 0);
                }
            }
        }
        return null;
    }

    private @Nullable CoReSpec field(int candidate) {
        List<CoReSpec.Step> steps = local.steps();
        CoReSpec.Walk walk =
                new CoReSpec.Walk(target, candidate, steps.getFirst().index());
        for (CoReSpec.Step step : steps.subList(1, steps.size())) {
            failedIn = walk.typeId();
            failedStep = step;
            boolean found = step.isElement()
                    ? target.type(walk.typeId()) instanceof BtfType.Array array && walk.element(step.index(), array)
                    : member(step, walk, 0);
            if (!found) {
                return null;
            }
        }
        return walk.spec();
    }

    /** Finds the member of the step's name, also inside anonymous members, and goes there if its type is compatible. */
    private boolean member(CoReSpec.Step step, CoReSpec.Walk walk, int depth) {
        if (depth > CoReSpec.LONGEST) {
            throw new BtfFormatException(
                    "types", -1, "type " + walk.typeId() + " nested deeper than 64", "fewer anonymous members");
        }
        int composite = walk.typeId();
        long bitOffset = walk.bitOffset();
        if (!(target.type(composite) instanceof BtfType.Composite type)) {
            return false;
        }
        for (int i = 0; i < type.members().size(); i++) {
            types.spend();
            BtfType.Member member = type.members().get(i);
            if (member.name().isEmpty()) {
                walk.member(i, member);
                if (member(step, walk, depth + 1)) {
                    return true;
                }
                walk.back(composite, bitOffset);
            } else if (member.name().equals(step.name())) {
                BtfType.Composite ours = (BtfType.Composite) local.btf().type(step.typeId());
                int ourType = ours.members().get(step.index()).typeId();
                if (!types.fieldsCompatible(ourType, member.typeId())) {
                    return false;
                }
                walk.member(i, member);
                return true;
            }
        }
        return false;
    }
}
