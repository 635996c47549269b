package dev.ebpf4j.btf;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/**
 * Makes a split BTF independent of the exact base that it was made for.
 *
 * <p>What it uses of the base becomes a small base of its own, in which structs, unions and enums have a name and a size
 * only; whatever has no name moves into the split one, behind its own types. {@link BtfRelocator} is the way back.
 */
final class BtfDistiller {
    private final Btf split;
    private final Btf base;
    private final int first;
    private final BitSet used = new BitSet();
    private final List<Integer> open = new ArrayList<>();
    private final int[] ids;

    BtfDistiller(Btf split, Btf base) {
        this.split = split;
        this.base = base;
        this.first = split.firstOwnId();
        this.ids = new int[split.typeCount()];
    }

    Btf distilled() {
        base.checked();
        split.checked();
        for (int id = first; id < split.typeCount(); id++) {
            BtfRefs.forEachType(split.wordsOf(id), 0, word -> {});
            use(id);
        }
        while (!open.isEmpty()) {
            int id = open.removeLast();
            boolean isName = base.kind(id).isComposite() && !base.name(id).isEmpty();
            if (!isName) {
                use(id);
            }
        }
        return split(base());
    }

    /** Everything that one type refers to and the base has. */
    private void use(int id) {
        int[] words = split.wordsOf(id);
        BtfRefs.forEachType(words, 0, word -> {
            int other = words[word];
            if (other > 0 && other < first && !used.get(other)) {
                if (!isPossible(base.kind(other))) {
                    throw new BtfFormatException(
                            "types",
                            -1,
                            "a reference to type %d of the base, of kind %s".formatted(other, base.kind(other)),
                            "one to a type proper");
                }
                used.set(other);
                open.add(other);
            }
        });
    }

    private static boolean isPossible(BtfKind kind) {
        return switch (kind) {
            case FUNC, VAR, DATASEC, DECL_TAG, VOID, UNKNOWN -> false;
            default -> true;
        };
    }

    private boolean inBase(int id) {
        return switch (base.kind(id)) {
            case INT, FLOAT, FWD -> true;
            case STRUCT, UNION, ENUM, ENUM64 -> !base.name(id).isEmpty();
            default -> false;
        };
    }

    private Btf base() {
        BtfBuilder builder = new BtfBuilder(split.byteOrder());
        used.stream().filter(this::inBase).forEach(id -> ids[id] = builder.add(nameAndSize(base.type(id))));
        return builder.build();
    }

    private static BtfType nameAndSize(BtfType type) {
        return switch (type) {
            case BtfType.Struct t -> new BtfType.Struct(t.name(), t.size(), List.of());
            case BtfType.Union t -> new BtfType.Union(t.name(), t.size(), List.of());
            case BtfType.Enumeration t -> new BtfType.Enum(t.name(), t.size(), false, List.of());
            default -> type;
        };
    }

    private Btf split(Btf newBase) {
        BtfBuilder builder = BtfBuilder.split(newBase);
        int next = builder.nextId();
        for (int id = first; id < split.typeCount(); id++) {
            ids[id] = next++;
        }
        int[] moved = used.stream().filter(id -> !inBase(id)).toArray();
        for (int id : moved) {
            ids[id] = next++;
        }
        CopiedNames names = new CopiedNames(split, builder::addString);
        for (int id = first; id < split.typeCount(); id++) {
            add(builder, names, id);
        }
        for (int id : moved) {
            add(builder, names, id);
        }
        return builder.build();
    }

    private void add(BtfBuilder builder, CopiedNames names, int id) {
        int[] words = split.wordsOf(id);
        BtfRefs.rewrite(words, 0, names, other -> ids[other]);
        builder.addWords(words);
    }
}
