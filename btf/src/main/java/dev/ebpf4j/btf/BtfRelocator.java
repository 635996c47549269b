package dev.ebpf4j.btf;

import java.util.ArrayList;
import java.util.List;

/**
 * Puts a split BTF with a distilled base onto a full base: each type of the distilled base is the one type of the full
 * base with its name, its kind and, where that matters, its size.
 */
final class BtfRelocator {
    private final Btf split;
    private final Btf distilled;
    private final Btf base;
    private final boolean[] embedded;

    BtfRelocator(Btf split, Btf distilled, Btf base) {
        this.split = split;
        this.distilled = distilled;
        this.base = base;
        this.embedded = new boolean[distilled.typeCount()];
    }

    Btf relocated() {
        split.checked();
        findEmbedded();
        int[] ids = new int[split.typeCount()];
        for (int id = 1; id < ids.length; id++) {
            ids[id] = id < distilled.typeCount() ? inBase(id) : base.typeCount() + id - distilled.typeCount();
        }
        BtfBuilder builder = BtfBuilder.split(base);
        CopiedNames names = new CopiedNames(split, builder::addString);
        for (int id = distilled.typeCount(); id < split.typeCount(); id++) {
            int[] words = split.wordsOf(id);
            BtfRefs.rewrite(words, 0, names, other -> ids[other]);
            builder.addWords(words);
        }
        return builder.build();
    }

    /** The structs and unions that are part of others by value: their size must be right. */
    private void findEmbedded() {
        for (int id = distilled.typeCount(); id < split.typeCount(); id++) {
            if (split.type(id) instanceof BtfType.Composite type) {
                for (BtfType.Member member : type.members()) {
                    int part = part(member.typeId());
                    if (part < distilled.typeCount()) {
                        embedded[part] = true;
                    }
                }
            }
        }
    }

    private int part(int id) {
        int at = split.resolve(id);
        for (int depth = 0; depth < BtfSizes.DEPTH && split.type(at) instanceof BtfType.Array array; depth++) {
            at = split.resolve(array.elementTypeId());
        }
        return at;
    }

    private int inBase(int id) {
        BtfType type = distilled.type(id);
        List<Integer> found = new ArrayList<>();
        int sameName = 0;
        for (int candidate : base.findAll(type.name())) {
            sameName += base.kind(candidate).isComposite() ? 1 : 0;
        }
        for (int candidate : base.findAll(type.name())) {
            if (fits(id, type, base.type(candidate), sameName > 1)) {
                found.add(candidate);
            }
        }
        if (found.size() != 1) {
            throw new BtfFormatException(
                    "base",
                    -1,
                    found.isEmpty()
                            ? "nothing that is " + CoReSpelling.type(distilled, id) + size(type)
                            : CoReSpelling.type(distilled, id) + size(type) + " with the ids " + found,
                    "one such type");
        }
        return found.getFirst();
    }

    private static String size(BtfType type) {
        return switch (type) {
            case BtfType.Composite t -> " of " + t.size() + " bytes";
            case BtfType.Enumeration t -> " of " + t.size() + " bytes";
            case BtfType.Int t -> " of " + t.size() + " bytes";
            case BtfType.Float t -> " of " + t.size() + " bytes";
            default -> "";
        };
    }

    private boolean fits(int id, BtfType ours, BtfType theirs, boolean sizeTells) {
        return switch (ours) {
            case BtfType.Int a ->
                theirs instanceof BtfType.Int b && a.size() == b.size() && a.encoding() == b.encoding();
            case BtfType.Float a -> theirs instanceof BtfType.Float b && a.size() == b.size();
            case BtfType.Enumeration a -> theirs instanceof BtfType.Enumeration b && a.size() == b.size();
            case BtfType.Struct a ->
                theirs instanceof BtfType.Struct b && (a.size() == b.size() || !(sizeTells || embedded[id]));
            case BtfType.Union a ->
                theirs instanceof BtfType.Union b && (a.size() == b.size() || !(sizeTells || embedded[id]));
            case BtfType.Fwd a ->
                switch (theirs) {
                    case BtfType.Fwd b -> a.union() == b.union();
                    case BtfType.Struct _ -> !a.union();
                    case BtfType.Union _ -> a.union();
                    default -> false;
                };
            default ->
                throw new BtfFormatException(
                        "base",
                        -1,
                        "type " + id + " of kind " + distilled.kind(id),
                        "names of numbers, structs, unions and enums");
        };
    }
}
