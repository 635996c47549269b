package dev.ebpf4j.btf;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.IntUnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Writes BTF: add types and strings, then take the bytes or the table.
 *
 * <p>Ids are given in order; a type may refer to ids that come later. References are checked by {@link #build}. For use
 * by one thread.
 */
public final class BtfBuilder {
    private final ByteOrder order;
    private final @Nullable Btf base;
    private final int firstId;
    private final List<int[]> types = new ArrayList<>();
    private final ByteArrayOutputStream strings = new ByteArrayOutputStream();
    private final Map<String, Integer> stringOffsets = new HashMap<>();
    private final BtfEncoder encoder = new BtfEncoder(this::addString);
    private byte[] layout = {};

    private BtfBuilder(ByteOrder order, @Nullable Btf base) {
        this.order = order;
        this.base = base;
        this.firstId = base == null ? 1 : base.typeCount();
        stringOffsets.put("", 0);
        if (base == null) {
            strings.write(0);
        }
    }

    /**
     * An empty BTF.
     *
     * @param order the byte order to write
     */
    public BtfBuilder(ByteOrder order) {
        this(order, null);
    }

    /**
     * An empty split BTF.
     *
     * @param base the BTF whose ids and strings it continues
     * @return a builder in the base's byte order
     */
    public static BtfBuilder split(Btf base) {
        return new BtfBuilder(base.byteOrder(), base);
    }

    /**
     * A copy of a whole BTF: same ids, same string offsets.
     *
     * @param source what to copy; a split one gives a split copy
     * @return a builder that holds the copy
     */
    public static BtfBuilder of(Btf source) {
        return of(source, source.byteOrder());
    }

    /**
     * A copy of a whole BTF in a given byte order: same ids, same string offsets.
     *
     * @param source what to copy; a split one gives a split copy
     * @param order the byte order to write
     * @return a builder that holds the copy
     */
    public static BtfBuilder of(Btf source, ByteOrder order) {
        BtfBuilder builder = new BtfBuilder(order, source.base());
        for (int id = source.firstOwnId(); id < source.typeCount(); id++) {
            builder.types.add(source.wordsOf(id));
        }
        builder.strings.reset();
        builder.strings.writeBytes(source.strings().bytes());
        source.strings().forEach(builder.stringOffsets::putIfAbsent);
        builder.layout = order == source.byteOrder() ? source.layout() : swapped(source.layout());
        return builder;
    }

    /** Per kind two bytes and a 16-bit number. */
    private static byte[] swapped(byte[] layout) {
        byte[] copy = layout.clone();
        for (int at = 2; at < layout.length; at += 4) {
            copy[at] = layout[at + 1];
            copy[at + 1] = layout[at];
        }
        return copy;
    }

    /** Leaves out the description of the kinds' layout that a copy came with. */
    BtfBuilder withoutLayout() {
        layout = new byte[0];
        return this;
    }

    /**
     * Adds a type.
     *
     * @param type the type; not {@link BtfType.Void} or {@link BtfType.Unknown}
     * @return its id
     * @throws IllegalArgumentException if the type cannot be written
     */
    public int add(BtfType type) {
        types.add(encoder.encode(type));
        return firstId + types.size() - 1;
    }

    /**
     * Replaces a type.
     *
     * @param id one that {@link #add} gave, or that was copied
     * @param type the new type
     * @return this
     * @throws IllegalArgumentException if the type cannot be written, or the id is none of this builder's
     */
    public BtfBuilder set(int id, BtfType type) {
        if (id < firstId || id >= nextId()) {
            throw new IllegalArgumentException("type id %d, not in %d to %d".formatted(id, firstId, nextId() - 1));
        }
        types.set(id - firstId, encoder.encode(type));
        return this;
    }

    /**
     * The id that the next added type will have.
     *
     * @return the id
     */
    public int nextId() {
        return firstId + types.size();
    }

    /**
     * Adds a string, once.
     *
     * @param text the text, without NUL
     * @return its offset in the string section, the base's strings counted
     * @throws IllegalArgumentException if there is a NUL in it
     */
    public int addString(String text) {
        Integer known = stringOffsets.get(text);
        if (known != null) {
            return known;
        }
        if (text.indexOf('\0') >= 0) {
            throw new IllegalArgumentException("a NUL in the string \"" + text + '"');
        }
        int offset = (base == null ? 0 : base.strings().end()) + strings.size();
        strings.writeBytes(BtfNames.terminated(text));
        stringOffsets.put(text, offset);
        return offset;
    }

    /**
     * Writes the 32-byte header with a layout section that describes all known kinds, which older kernels refuse.
     *
     * @return this
     */
    public BtfBuilder withLayout() {
        layout = new byte[4 * BtfKind.KNOWN];
        for (int number = 0; number < BtfKind.KNOWN; number++) {
            layout[4 * number] = (byte) (4 * BtfKind.of(number).infoWords);
            layout[4 * number + 1] = (byte) (4 * BtfKind.of(number).elementWords);
        }
        return this;
    }

    /**
     * Adds types of another BTF together with everything that they refer to, directly or not.
     *
     * @param source where they are
     * @param roots their ids there
     * @return ids there to ids here; 0 stays 0, and what was not added is an {@link IllegalArgumentException}
     * @throws BtfFormatException if one of them is of a kind newer than this library
     */
    public IntUnaryOperator addReachable(Btf source, int... roots) {
        SortedSet<Integer> reached = reachable(source, roots);
        Map<Integer, Integer> ids = new HashMap<>(Map.of(0, 0));
        int next = nextId();
        for (int id : reached) {
            ids.put(id, next++);
        }
        IntUnaryOperator map = id -> {
            Integer added = ids.get(id);
            if (added == null) {
                throw new IllegalArgumentException("type " + id + " was not added");
            }
            return added;
        };
        for (int id : reached) {
            add(source.type(id).mapTypeIds(map));
        }
        return map;
    }

    /**
     * Adds all types of another BTF, equal ones too: {@link Btf#dedup} finds those afterwards.
     *
     * @param source where they are, in any byte order; those of its base are added too unless it is this one's base
     * @return ids there to ids here; 0 stays 0, and what is not there is an {@link IllegalArgumentException}
     * @throws BtfFormatException if one of them is of a kind newer than this library, or refers to what does not exist
     */
    public IntUnaryOperator addAll(Btf source) {
        for (Btf part = source; part != null; part = part.base()) {
            part.checked();
        }
        int shared = base != null && base.equals(source.base()) ? base.typeCount() : 1;
        int[] ids = new int[source.typeCount()];
        for (int id = 0; id < ids.length; id++) {
            ids[id] = id < shared ? id : nextId() + id - shared;
        }
        CopiedNames names = new CopiedNames(source, this::addString);
        for (int id = shared; id < ids.length; id++) {
            int[] words = source.wordsOf(id);
            BtfRefs.rewrite(words, 0, names, other -> ids[other]);
            types.add(words);
        }
        return BtfMapping.of(ids);
    }

    ByteOrder order() {
        return order;
    }

    /** Adds a type whose names and ids are this builder's already. */
    int addWords(int[] words) {
        types.add(words);
        return nextId() - 1;
    }

    private static SortedSet<Integer> reachable(Btf source, int... roots) {
        SortedSet<Integer> reached = new TreeSet<>();
        List<Integer> open = new ArrayList<>();
        for (int root : roots) {
            open.add(root);
        }
        while (!open.isEmpty()) {
            int id = open.removeLast();
            if (id == 0 || !reached.add(id)) {
                continue;
            }
            BtfType type = source.type(id);
            if (type instanceof BtfType.Unknown) {
                throw new BtfFormatException(
                        "types", -1, "type " + id + " of an unknown kind", "a kind that can be copied");
            }
            BtfTypeIds.forEach(type, open::add);
        }
        return reached;
    }

    /**
     * The table of what was added so far.
     *
     * @return an immutable table
     * @throws BtfFormatException if a type refers to an id that was never added, or a number is out of its range
     */
    public Btf build() {
        return (base == null ? Btf.parse(toBytes()) : Btf.parseSplit(toBytes(), base)).checked();
    }

    /**
     * The bytes of what was added so far.
     *
     * @return a new array: header, types, layout if asked for, strings
     */
    public byte[] toBytes() {
        int header = layout.length == 0 ? BtfHeader.SHORT : BtfHeader.LONG;
        int typesLength = 4 * types.stream().mapToInt(words -> words.length).sum();
        int stringsAt = typesLength + layout.length;
        ByteBuffer bytes =
                ByteBuffer.allocate(header + stringsAt + strings.size()).order(order);
        bytes.putShort((short) BtfHeader.MAGIC)
                .put((byte) BtfHeader.VERSION)
                .put((byte) 0)
                .putInt(header);
        bytes.putInt(0).putInt(typesLength).putInt(stringsAt).putInt(strings.size());
        if (layout.length > 0) {
            bytes.putInt(typesLength).putInt(layout.length);
        }
        for (int[] words : types) {
            for (int word : words) {
                bytes.putInt(word);
            }
        }
        return bytes.put(layout).put(strings.toByteArray()).array();
    }
}
