package dev.ebpf4j.codec;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import dev.ebpf4j.btf.Btf;
import dev.ebpf4j.btf.BtfDump;
import dev.ebpf4j.error.MissingObjectException;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/**
 * A value whose type only BTF knows, for tools: a copy of its bytes, looked at by the names of C.
 *
 * <pre>{@code
 * BpfHashMap<CValue, CValue> all = BpfHashMap.of(map, CValue.CODEC, CValue.CODEC);
 * all.forEach((key, value) -> log(key + ": " + value.get("where.points[1].x").asLong()));
 * }</pre>
 *
 * Immutable.
 */
public final class CValue {
    /** For every C type that has BTF; must be bound. */
    public static final Codec<CValue> CODEC = new CValueCodec(null);

    private final Member place;
    private final MemorySegment bytes;

    CValue(TypeRef type, byte[] bytes) {
        this(new Member("", type, 0, 0, Member.Role.DATA), MemorySegment.ofArray(bytes));
    }

    private CValue(Member place, MemorySegment bytes) {
        this.place = place;
        this.bytes = bytes;
    }

    /**
     * A part of the value.
     *
     * @param path names of members, those of anonymous ones included, and indexes: {@code where.points[1].x}
     * @return the part
     * @throws MissingObjectException if there is no such member
     * @throws IndexOutOfBoundsException if an index is outside of its array
     */
    @SuppressWarnings("StringSplitter") // steps without text are skipped
    public CValue get(String path) {
        CValue at = this;
        for (String step : path.replace("[", ".[").split("\\.")) {
            if (step.startsWith("[")) {
                at = at.element(Integer.parseInt(step.substring(1, step.length() - 1)));
            } else if (!step.isEmpty()) {
                at = at.member(step);
            }
        }
        return at;
    }

    private CValue member(String name) {
        List<String> names = new ArrayList<>();
        for (Member member : Members.of(place.type())) {
            if (member.name().equals(name)) {
                return part(member.type(), member.bitOffset(), member.bits());
            }
            names.add(member.name());
        }
        throw new MissingObjectException(place.type().what(), "member", name, names);
    }

    private CValue element(int index) {
        TypeRef element = CTypes.element(place.type());
        int count = CTypes.count(place.type());
        if (element == null || index < 0 || index >= count) {
            throw new IndexOutOfBoundsException("element " + index + " of "
                    + place.type().what() + ", " + (element == null ? "which is no array" : "which has " + count));
        }
        return part(element, 8 * index * element.size(), 0);
    }

    private CValue part(TypeRef type, int bitOffset, int bits) {
        return new CValue(new Member("", type, place.bitOffset() + bitOffset, bits, Member.Role.DATA), bytes);
    }

    /**
     * The value as a Java type that fits it, as for the component of a record.
     *
     * @param java the class
     * @param <T> its values
     * @return the value
     * @throws CodecMismatchException if the class does not fit
     */
    @SuppressWarnings("unchecked") // a codec that fits the type reads its values
    public <T> T as(Class<T> java) {
        Fit fit = Fits.of(JavaType.of(java, HiddenClasses.own()), place, false);
        Codec<?> codec = fit.codec();
        if (codec == null) {
            throw CodecMismatchException.of(place.type(), java.getSimpleName(), fit.note());
        }
        return (T) codec.read(bytes, place.offset());
    }

    /** {@return the value of an integer, enum, bitfield or pointer; of an unsigned one of 64 bits, its bits} */
    public long asLong() {
        return CTypes.isBool(place.type()) ? (as(Boolean.class) ? 1 : 0) : as(Long.class);
    }

    /** {@return the text of an array of characters} */
    public String asString() {
        return as(String.class);
    }

    /** {@return a copy of its bytes; of a bitfield, those that it touches} */
    public byte[] toBytes() {
        return bytes.asSlice(place.offset(), (place.bitOffset() % 8 + place.width() + 7) / 8)
                .toArray(JAVA_BYTE);
    }

    /** {@return its type} */
    public TypeRef type() {
        return place.type();
    }

    /** {@return the value as C would initialise it, as {@link BtfDump} prints it; a bitfield as its number} */
    @Override
    public String toString() {
        Btf btf = place.type().btf();
        return btf == null || place.bits() != 0
                ? Long.toString(asLong())
                : BtfDump.of(btf, place.type().typeId(), toBytes(), BtfDump.Option.COMPACT);
    }
}
