package dev.ebpf4j.codec;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/** Which components share bytes, and which bytes have no component. */
final class Overlaps {
    private Overlaps() {}

    /** Components that share bits are in one group. */
    static List<List<Field>> groups(List<Field> fields) {
        List<List<Field>> groups = new ArrayList<>();
        for (Field field : fields) {
            List<Field> group = new ArrayList<>();
            for (int i = groups.size() - 1; i >= 0; i--) {
                if (isIn(groups.get(i), field)) {
                    group.addAll(groups.remove(i));
                }
            }
            group.add(field);
            groups.add(group);
        }
        return groups;
    }

    private static boolean isIn(List<Field> group, Field field) {
        boolean in = false;
        for (Field other : group) {
            in |= other.overlaps(field);
        }
        return in;
    }

    /** The bytes that no component fills by itself. */
    static BitSet gaps(List<List<Field>> groups, int size) {
        BitSet gaps = new BitSet(size);
        gaps.set(0, size);
        for (List<Field> group : groups) {
            Field field = group.getFirst();
            if (group.size() == 1 && !(field.codec() instanceof BitsCodec)) {
                gaps.clear(field.from() / 8, field.to() / 8);
            }
        }
        return gaps;
    }
}
