package dev.ebpf4j.codec;

import dev.ebpf4j.codec.SideBySide.Row;
import dev.ebpf4j.hot.StaysInside;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles.Lookup;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.List;

/** A Java record as a C struct, matched by names when it is bound. */
final class RecordCodec<R extends Record> implements Codec<R>, StaysInside {
    /** What was bound before: the same record for the same layout is the same codec, with one class. */
    private static final ClassValue<List<Bound>> BOUND = new ClassValue<>() {
        @Override
        protected List<Bound> computeValue(Class<?> type) {
            return new ArrayList<>();
        }
    };

    private record Bound(Class<?> caller, int size, List<Field> fields, Codec<?> codec) {
        boolean is(Class<?> wantedCaller, int wantedSize, List<Field> wanted) {
            return caller == wantedCaller && size == wantedSize && fields.equals(wanted);
        }
    }

    private final Lookup lookup;
    private final Class<R> type;
    private final int depth;

    RecordCodec(Lookup lookup, Class<R> type, int depth) {
        this.lookup = lookup;
        this.type = type;
        this.depth = depth;
    }

    static JavaType type(RecordComponent component, Lookup lookup, int depth) {
        Length length = component.getAnnotation(Length.class);
        Class<?> raw = component.getType();
        return JavaType.of(raw == List.class ? component.getGenericType() : raw, raw, length, lookup, depth);
    }

    @Override
    public int size() {
        throw unbound();
    }

    @Override
    public R read(MemorySegment source, long offset) {
        throw unbound();
    }

    @Override
    public void write(R value, MemorySegment target, long offset) {
        throw unbound();
    }

    private IllegalStateException unbound() {
        return new IllegalStateException("the codec for record " + type.getSimpleName()
                + " knows its layout only after bind(), which typed maps call when they are opened");
    }

    @Override
    @SuppressWarnings("unchecked") // made for this record
    public Codec<R> bind(TypeRef struct) {
        List<Member> members = struct.btf() == null ? natural(struct) : Members.of(struct);
        List<Component> components = new ArrayList<>();
        for (RecordComponent component : type.getRecordComponents()) {
            components.add(new Component(component.getName(), type(component, lookup, depth + 1)));
        }
        List<Field> fields = Match.of(struct, members, components, "record ".concat(type.getSimpleName()), false);
        List<Bound> known = BOUND.get(type);
        synchronized (known) {
            for (Bound bound : known) {
                if (bound.is(lookup.lookupClass(), struct.size(), fields)) {
                    return (Codec<R>) bound.codec;
                }
            }
            Codec<R> codec = RecordClass.make(this, lookup, type, fields, struct.size());
            known.add(new Bound(lookup.lookupClass(), struct.size(), fields, codec));
            return codec;
        }
    }

    /** Without BTF: as C would do it, and of exactly that size. */
    private List<Member> natural(TypeRef struct) {
        Natural natural = Natural.ofRecord(new JavaType(type, null, 0, lookup, depth), struct.what());
        List<Row> rows = new ArrayList<>();
        boolean known = true;
        for (Member member : natural.members()) {
            boolean sized = member.type().size() != 0;
            known &= sized;
            String note = sized ? "" : "how long? @Length says it";
            rows.add(new Row(member.place(), member.sizeText(), "?", member.name(), note));
        }
        if (!known || natural.size() != struct.size()) {
            String size = known ? " of " + natural.size() + " bytes" : "";
            throw new CodecMismatchException("the " + struct.what() + " (type without BTF, " + struct.size()
                    + " bytes) does not fit record " + type.getSimpleName() + size + "\n"
                    + SideBySide.render("type without BTF", "record " + type.getSimpleName(), rows));
        }
        return natural.members();
    }

    @Override
    public String toString() {
        return "record " + type.getSimpleName();
    }
}
