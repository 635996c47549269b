package dev.ebpf4j.btf;

import java.util.HashMap;
import java.util.Map;
import java.util.function.IntUnaryOperator;
import java.util.function.ToIntFunction;

/**
 * Takes the names of one BTF to another place, each once, with a budget: sound names seldom overlap, and hostile ones
 * would cost the square of their length.
 */
final class CopiedNames implements IntUnaryOperator {
    private static final long BUDGET = 16;
    private static final long SLACK = 1 << 16;

    private final Btf source;
    private final ToIntFunction<String> target;
    private final Map<Integer, Integer> known = new HashMap<>();
    private long left;

    /** Takes what gives a string its offset at the new place. */
    CopiedNames(Btf source, ToIntFunction<String> target) {
        this.source = source;
        this.target = target;
        this.left = SLACK + BUDGET * source.strings().end();
    }

    @Override
    public int applyAsInt(int offset) {
        Integer copy = known.get(offset);
        if (copy == null) {
            String text = source.string(offset);
            left -= text.length();
            if (left < 0) {
                throw new BtfFormatException("strings", offset, "names that overlap each other", "names of their own");
            }
            copy = target.applyAsInt(text);
            known.put(offset, copy);
        }
        return copy;
    }
}
