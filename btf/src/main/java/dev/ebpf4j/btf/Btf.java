package dev.ebpf4j.btf;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.IntBuffer;
import java.util.Arrays;
import java.util.Map;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * An immutable table of BTF types: ids to records, names to ids.
 *
 * <p>Parsing finds every type and makes no object of it: a type is checked and becomes a {@link BtfType} record each time
 * that {@link #type} is asked for it. The first search by name builds an index. A split
 * BTF (that of a kernel module) continues the ids and strings of its base.
 *
 * <p>Instances are safe for use by several threads and hold no native memory: the input may be freed after parsing.
 * Corrupt input gives {@link BtfFormatException} and nothing else, here and in every later call.
 *
 * <p>Source of the format: the kernel's {@code Documentation/bpf/btf.rst} and {@code include/uapi/linux/btf.h}.
 */
public final class Btf {
    private static final int DEFAULT_POINTER_SIZE = 8;

    private final @Nullable Btf base;
    private final BtfHeader header;
    private final IntBuffer words;
    private final BtfStarts starts;
    private final int[] offsets;
    private final BtfStrings strings;
    private final byte[] layout;
    private final int firstOwnId;
    private final BtfChecker checker;
    private final RecentTypes recent = new RecentTypes();
    private volatile @Nullable BtfNameIndex functions;
    private volatile @Nullable BtfNameIndex others;
    private volatile @Nullable BtfSizes sizes;
    private volatile int pointerSize;

    Btf(@Nullable Btf base, BtfHeader header, IntBuffer words, BtfStarts starts, BtfStrings strings, byte[] layout) {
        this.base = base;
        this.header = header;
        this.words = words;
        this.starts = starts;
        this.offsets = starts.offsets();
        this.strings = strings;
        this.layout = layout;
        this.firstOwnId = base == null ? 1 : base.typeCount();
        this.checker = new BtfChecker(words, strings, typeCount());
    }

    /**
     * Parses a .BTF section or a file such as {@code /sys/kernel/btf/vmlinux}.
     *
     * @param bytes the whole of it, in either byte order; may be changed afterwards
     * @return the table
     * @throws BtfFormatException if the bytes break the format
     */
    public static Btf parse(byte[] bytes) {
        return BtfDecoder.decode(ByteBuffer.wrap(bytes), null, false);
    }

    /**
     * Parses the remaining bytes of a buffer, whose position stays.
     *
     * @param bytes the BTF, in either byte order
     * @return the table
     * @throws BtfFormatException if the bytes break the format
     */
    public static Btf parse(ByteBuffer bytes) {
        return BtfDecoder.decode(bytes, null, false);
    }

    /**
     * Parses memory, such as a private read-only mapping of {@code /sys/kernel/btf/vmlinux}, with one copy of each part.
     *
     * @param bytes the BTF, in either byte order; may be unmapped afterwards
     * @return the table
     * @throws BtfFormatException if the bytes break the format
     */
    public static Btf parse(MemorySegment bytes) {
        return BtfDecoder.decode(buffer(bytes), null, false);
    }

    /**
     * Reads a table where it stands, without a copy of its types: for a mapping of {@code /sys/kernel/btf/vmlinux}, which
     * stays as long as the process.
     *
     * @param bytes the BTF, in either byte order; must never change or be unmapped while the table is in use
     * @return the table
     * @throws BtfFormatException if the bytes break the format
     */
    public static Btf parseInPlace(MemorySegment bytes) {
        return BtfDecoder.decode(buffer(bytes), null, true);
    }

    /**
     * Parses a split BTF, such as {@code /sys/kernel/btf/<module>}.
     *
     * @param bytes the split BTF
     * @param base the BTF that it continues
     * @return a table of the types of both
     * @throws BtfFormatException if the bytes break the format or differ from the base in byte order
     */
    public static Btf parseSplit(byte[] bytes, Btf base) {
        return BtfDecoder.decode(ByteBuffer.wrap(bytes), base, false);
    }

    /**
     * Parses a split BTF from memory.
     *
     * @param bytes the split BTF; may be unmapped afterwards
     * @param base the BTF that it continues
     * @return a table of the types of both
     * @throws BtfFormatException if the bytes break the format or differ from the base in byte order
     */
    public static Btf parseSplit(MemorySegment bytes, Btf base) {
        return BtfDecoder.decode(buffer(bytes), base, false);
    }

    private static ByteBuffer buffer(MemorySegment bytes) {
        if (bytes.byteSize() > Integer.MAX_VALUE) {
            throw new BtfFormatException("header", -1, bytes.byteSize() + " bytes", "less than 2 GiB");
        }
        return bytes.asByteBuffer();
    }

    /**
     * The text of a name without its flavour: what stands before the last {@code ___} that is between two characters
     * other than {@code _}.
     *
     * @param name for instance {@code task_struct___v2}
     * @return for instance {@code task_struct}
     */
    public static String essentialName(String name) {
        return BtfNames.essential(name);
    }

    /**
     * How many types there are, void and the base's included.
     *
     * @return the first id that is not used
     */
    public int typeCount() {
        return firstOwnId + offsets.length;
    }

    /**
     * The first id that is not the base's.
     *
     * @return 1 without a base
     */
    public int firstOwnId() {
        return firstOwnId;
    }

    /**
     * The BTF that this one continues.
     *
     * @return the base, or null
     */
    public @Nullable Btf base() {
        return base;
    }

    /**
     * The byte order it was written in, which is that of the program or kernel it describes.
     *
     * @return the byte order
     */
    public ByteOrder byteOrder() {
        return header.order();
    }

    /**
     * Size of a pointer in the memory it describes: that of {@code long} if there is such a type, else 8.
     *
     * @return 4 or 8
     */
    public int pointerSize() {
        int known = pointerSize;
        if (known == 0) {
            known = base == null ? guessPointerSize() : base.pointerSize();
            pointerSize = known;
        }
        return known;
    }

    /**
     * One type as a record.
     *
     * @param id 0 (void) to {@link #typeCount()} - 1
     * @return the type
     * @throws BtfFormatException if there is no such id, or the type refers to types or strings that do not exist
     */
    public BtfType type(int id) {
        if (id == 0) {
            return new BtfType.Void();
        }
        if (base != null && id < firstOwnId && id > 0) {
            return base.type(id);
        }
        BtfType known = recent.get(id);
        if (known != null) {
            return known;
        }
        int at = word(id);
        checker.check(at);
        return recent.put(id, new BtfInflater(words, strings).inflate(at));
    }

    /**
     * The kind of a type, without making a record of it.
     *
     * @param id the type
     * @return its kind
     * @throws BtfFormatException if there is no such id
     */
    public BtfKind kind(int id) {
        return id == 0 ? BtfKind.VOID : BtfKind.of(BtfWords.kind(word(id, 1)));
    }

    /**
     * The name of a type.
     *
     * @param id the type
     * @return its name; {@code ""} for anonymous ones and void
     * @throws BtfFormatException if there is no such id
     */
    public String name(int id) {
        return id == 0 ? "" : strings.text(nameOffset(id));
    }

    /**
     * A string of the string section, as BTF.ext records refer to it.
     *
     * @param offset its offset, in bytes
     * @return the text
     * @throws BtfFormatException if the offset is outside
     */
    public String string(int offset) {
        return strings.text(offset);
    }

    /**
     * The first type with a name and a class.
     *
     * @param name the exact name
     * @param type a record such as {@code BtfType.Struct.class}, or an interface such as {@code BtfType.class}
     * @return the lowest id that fits
     */
    public OptionalInt find(String name, Class<? extends BtfType> type) {
        if (base != null) {
            OptionalInt found = base.find(name, type);
            if (found.isPresent()) {
                return found;
            }
        }
        return findOwn(name, type);
    }

    /**
     * The first own type with a name and a class: of a split BTF, without the base.
     *
     * @param name the exact name
     * @param type a record such as {@code BtfType.Struct.class}, or an interface such as {@code BtfType.class}
     * @return the lowest id that fits
     */
    public OptionalInt findOwn(String name, Class<? extends BtfType> type) {
        int id = name.isEmpty() ? -1 : findOwn(BtfNames.bytes(name), type);
        return id < 0 ? OptionalInt.empty() : OptionalInt.of(id);
    }

    private int findOwn(byte[] name, Class<? extends BtfType> type) {
        int function = type.isAssignableFrom(BtfType.Func.class) ? functions().first(name, type) : -1;
        int other = type == BtfType.Func.class ? -1 : others().first(name, type);
        return function < 0 || other < 0 ? Math.max(function, other) : Math.min(function, other);
    }

    /**
     * All types of a name, of any kind.
     *
     * @param name the exact name; none are found for {@code ""}
     * @return their ids, ascending; the base's come first
     */
    public int[] findAll(String name) {
        if (name.isEmpty()) {
            return new int[0];
        }
        byte[] bytes = BtfNames.bytes(name);
        int[] own = concat(functions().exact(bytes), others().exact(bytes));
        Arrays.sort(own);
        return base == null ? own : concat(base.findAll(name), own);
    }

    /**
     * All types of an {@linkplain #essentialName essential name} and any flavour, but no functions, which have none.
     *
     * @param essentialName the name without a flavour; none are found for {@code ""}
     * @return their ids, ascending; the base's come first
     */
    public int[] findEssential(String essentialName) {
        int[] own = findOwnEssential(essentialName);
        return base == null ? own : concat(base.findEssential(essentialName), own);
    }

    int[] findOwnEssential(String essentialName) {
        return essentialName.isEmpty() ? new int[0] : others().essential(BtfNames.bytes(essentialName));
    }

    private static int[] concat(int[] a, int[] b) {
        return IntStream.concat(Arrays.stream(a), Arrays.stream(b)).toArray();
    }

    /**
     * The type behind typedefs, modifiers and type tags.
     *
     * @param id the type
     * @return the first id in the chain that is none of these
     * @throws BtfFormatException if there is no such id or the chain is deeper than 32
     */
    public int resolve(int id) {
        return BtfSizes.resolve(this, id);
    }

    /**
     * The size of a type or variable.
     *
     * @param id the type
     * @return bytes
     * @throws BtfFormatException if there is no such id, the type has no size (void, functions, forward declarations),
     *     it is 2 GiB or more, or it is nested deeper than 32
     */
    public int sizeOf(int id) {
        return BtfSizes.sizeOf(this, id);
    }

    /**
     * The alignment of a type, as far as its layout shows it: a struct whose members are off their alignment, or whose
     * size is no multiple of it, is packed and has 1.
     *
     * @param id the type
     * @return bytes
     * @throws BtfFormatException if there is no such id, the type has no alignment, or it is nested deeper than 32
     */
    public int alignOf(int id) {
        BtfSizes known = sizes;
        if (known == null) {
            known = new BtfSizes(this);
            sizes = known;
        }
        return known.alignOf(id);
    }

    int baseAlignOf(int id) {
        if (base == null) {
            throw new BtfFormatException("types", -1, "void or a type id of " + id, "a type that has an alignment");
        }
        return base.alignOf(id);
    }

    /**
     * The bytes of this table: those it was parsed from, when it was. A split BTF gives its own part.
     *
     * @return a new array, in {@link #byteOrder()}
     */
    public byte[] toBytes() {
        ByteBuffer bytes = ByteBuffer.allocate(header.totalLength()).order(header.order());
        int start = header.length();
        bytes.put(0, header.raw(), 0, start);
        bytes.slice(start + header.types().offset(), header.types().length())
                .order(header.order())
                .asIntBuffer()
                .put(words.duplicate());
        bytes.put(start + header.strings().offset(), strings.bytes());
        bytes.put(start + header.layout().offset(), layout);
        return bytes.array();
    }

    /**
     * The bytes of this table in a byte order of choice, for instance that of another machine.
     *
     * @param order the byte order to write
     * @return a new array; for the table's own order the bytes of {@link #toBytes()}
     */
    public byte[] toBytes(ByteOrder order) {
        return order == byteOrder() ? toBytes() : BtfBuilder.of(this, order).toBytes();
    }

    /**
     * This table with some types replaced and all ids kept: how sizes, offsets and linkages that only the ELF file knows
     * get into the types of variables and data sections.
     *
     * @param replacements own ids to their new types
     * @return a new table, or this one if there is nothing to replace
     * @throws IllegalArgumentException if a type cannot be written, or an id is not this table's own
     * @throws BtfFormatException if a new type refers to an id that does not exist
     */
    public Btf withTypes(Map<Integer, ? extends BtfType> replacements) {
        if (replacements.isEmpty()) {
            return this;
        }
        IntBuffer patched = BtfPatch.words(this, words, replacements);
        if (patched != null) {
            Btf table = new Btf(base, header, patched, starts, strings, layout);
            replacements.keySet().forEach(id -> table.checker.check(table.word(id)));
            return table;
        }
        BtfBuilder builder = BtfBuilder.of(this);
        new TreeMap<>(replacements).forEach(builder::set);
        return builder.build();
    }

    /**
     * This table with one type in the place of all those that mean the same, as it comes out of {@link
     * BtfBuilder#addAll} for several objects. Structs are compared as graphs, so that two that refer to themselves can
     * be equal, and forward declarations become the struct that they can only mean. Variables and data sections stay.
     *
     * @return the smaller table, in which only used strings are left, and where each type went; of a split one the base
     *     stays as it is
     * @throws BtfFormatException if a type refers to types or strings that do not exist or to itself, or is of a kind
     *     newer than this library
     */
    public BtfMapping dedup() {
        return new BtfDedup(this).run();
    }

    /** {@return whether it describes how its own kinds are laid out, as kernels from 7.1 on understand} */
    public boolean hasLayout() {
        return layout.length > 0;
    }

    /** {@return the same types without a description of their kinds' layout} */
    public Btf withoutLayout() {
        return hasLayout() ? BtfBuilder.of(this).withoutLayout().build() : this;
    }

    /**
     * This split BTF on a base that has only what it needs, by name and size, so that it outlives small changes of the
     * kernel: what a module has in its {@code .BTF} and {@code .BTF.base} sections.
     *
     * @return a split BTF; the small base is its {@link #base()}
     * @throws IllegalStateException if this is no split BTF
     * @throws BtfFormatException if a type refers to what does not exist, or to a function or variable of the base
     */
    public Btf distilled() {
        return new BtfDistiller(this, requireBase()).distilled();
    }

    /**
     * This split BTF, whose base is a {@linkplain #distilled distilled} one, on a full base.
     *
     * @param kernel the full base, such as the running kernel's BTF
     * @return a split BTF
     * @throws IllegalStateException if this is no split BTF
     * @throws BtfFormatException if the full base has not exactly one type for one of the distilled base
     */
    public Btf relocatedTo(Btf kernel) {
        return new BtfRelocator(this, requireBase(), kernel).relocated();
    }

    private Btf requireBase() {
        if (base == null) {
            throw new IllegalStateException("a BTF without a base");
        }
        return base;
    }

    /**
     * Checks every own type now, which else is done when it is asked for.
     *
     * @return this
     * @throws BtfFormatException if one refers to types or strings that do not exist
     */
    public Btf checked() {
        for (int offset : offsets) {
            checker.check(offset);
        }
        return this;
    }

    BtfStrings strings() {
        return strings;
    }

    byte[] layout() {
        return layout;
    }

    /** How many words the own types have. */
    int wordCount() {
        return words.limit();
    }

    /** The words of one type, as they stand in the type section. */
    int[] wordsOf(int id) {
        if (base != null && id < firstOwnId) {
            return base.wordsOf(id);
        }
        int slot = id - firstOwnId;
        int end = slot + 1 < offsets.length ? offsets[slot + 1] : words.limit();
        int[] copy = new int[end - offsets[slot]];
        words.get(offsets[slot], copy);
        return copy;
    }

    int nameOffset(int id) {
        return word(id, 0);
    }

    int sizeOrType(int id) {
        return word(id, 2);
    }

    private int word(int id, int which) {
        return base != null && id < firstOwnId && id > 0 ? base.word(id, which) : words.get(word(id) + which);
    }

    /** The position of one of the own types in the type section, in words. */
    int word(int id) {
        if (id < firstOwnId || id - firstOwnId >= offsets.length) {
            throw new BtfFormatException(
                    "types", -1, "type id " + Integer.toUnsignedString(id), "less than " + typeCount());
        }
        return offsets[id - firstOwnId];
    }

    private BtfNameIndex functions() {
        BtfNameIndex known = functions;
        if (known == null) {
            known = new BtfNameIndex(words, offsets, BtfNameIndex.functions(words, offsets), strings, firstOwnId);
            functions = known;
        }
        return known;
    }

    private BtfNameIndex others() {
        BtfNameIndex known = others;
        if (known == null) {
            known = new BtfNameIndex(words, offsets, starts.named(), strings, firstOwnId);
            others = known;
        }
        return known;
    }

    private int guessPointerSize() {
        for (int id = firstOwnId; id < typeCount(); id++) {
            if (kind(id) == BtfKind.INT && isLong(name(id)) && (sizeOrType(id) == 4 || sizeOrType(id) == 8)) {
                return sizeOrType(id);
            }
        }
        return DEFAULT_POINTER_SIZE;
    }

    private static boolean isLong(String name) {
        return switch (name) {
            case "long",
                    "long int",
                    "int long",
                    "unsigned long",
                    "long unsigned",
                    "unsigned long int",
                    "unsigned int long",
                    "long unsigned int",
                    "long int unsigned",
                    "int unsigned long",
                    "int long unsigned" -> true;
            default -> false;
        };
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Btf b
                && header.equals(b.header)
                && words.equals(b.words)
                && strings.equals(b.strings)
                && Arrays.equals(layout, b.layout)
                && (base == null ? b.base == null : base.equals(b.base));
    }

    @Override
    public int hashCode() {
        return 31 * words.hashCode() + strings.hashCode();
    }

    @Override
    public String toString() {
        return "Btf[%d types%s, %s]".formatted(typeCount(), base == null ? "" : ", split", byteOrder());
    }
}
