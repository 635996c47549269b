package dev.ebpf4j.codec;

import dev.ebpf4j.codec.CTypes.Member;
import dev.ebpf4j.codec.RecordAccess.Field;
import dev.ebpf4j.codec.SideBySide.Row;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodHandles.Lookup;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A Java record as a C struct, matched by names when it is bound. */
final class RecordCodec<R extends Record> implements Codec<R> {
    private final Lookup lookup;
    private final Class<R> type;

    RecordCodec(Lookup lookup, Class<R> type) {
        this.lookup = lookup;
        this.type = type;
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
    public Codec<R> bind(TypeRef struct) {
        List<Member> members = struct.btf() == null ? naturalLayout(struct) : CTypes.members(struct);
        List<Field> fields = new ArrayList<>();
        List<Row> rows = new ArrayList<>();
        boolean fits = match(members, fields, rows) && !members.isEmpty();
        int end = members.stream()
                .mapToInt(m -> m.offset() + m.type().size())
                .max()
                .orElse(0);
        if (!fits || end > struct.size() || (struct.btf() == null && padded(members, end) != struct.size())) {
            throw new CodecMismatchException("the " + struct.what() + " (" + CTypes.name(struct) + ", " + struct.size()
                    + " bytes) does not fit record " + type.getSimpleName() + "\n"
                    + SideBySide.render(CTypes.name(struct), "record " + type.getSimpleName(), rows));
        }
        boolean padding = members.stream().mapToInt(m -> m.type().size()).sum() != struct.size();
        return bound(fields, struct.size(), padding);
    }

    private Codec<R> bound(List<Field> fields, int size, boolean padding) {
        RecordCodec.class.getModule().addReads(type.getModule());
        try {
            Lookup inside = inside();
            MethodHandle reader = RecordAccess.reader(inside, type, fields);
            MethodHandle writer = RecordAccess.writer(inside, type, fields);
            return new Bound<>(this, size, padding, reader, writer);
        } catch (ReflectiveOperationException e) {
            throw new IllegalArgumentException(
                    "record " + type.getName()
                            + " is not accessible; pass MethodHandles.lookup() to Codecs.record, or open its package",
                    e);
        }
    }

    private Lookup inside() {
        try {
            return MethodHandles.privateLookupIn(type, lookup);
        } catch (IllegalAccessException e) {
            return lookup; // enough for a public record in an exported package
        }
    }

    /** Finds each component's member; says whether all fit, and fills the rows of the message. */
    private boolean match(List<Member> members, List<Field> fields, List<Row> rows) {
        RecordComponent[] all = type.getRecordComponents(); // once: each call makes others, equal to none of these
        Map<String, RecordComponent> components = new HashMap<>();
        for (RecordComponent component : all) {
            components.put(snake(component.getName()), component);
        }
        Map<RecordComponent, Field> found = new HashMap<>();
        boolean fits = true;
        for (Member member : members) {
            RecordComponent component = components.remove(snake(member.name()));
            String note = "no component of this name";
            if (component != null) {
                note = tryMatch(member, component, found);
            }
            fits &= note.isEmpty();
            rows.add(row(member, component == null ? "" : declaration(component), note));
        }
        for (RecordComponent component : all) {
            Field field = found.get(component);
            if (field != null) {
                fields.add(field);
            } else if (components.containsValue(component)) { // else its member's row says why
                fits = false;
                rows.add(new Row("", "", "", declaration(component), "no member of this name"));
            }
        }
        return fits;
    }

    private static Row row(Member member, String right, String note) {
        String size =
                member.type().size() == 0 ? "" : Integer.toString(member.type().size());
        return new Row(Integer.toString(member.offset()), size, member.declaration(), right, note);
    }

    /** Puts the field into {@code found}, or says why it does not fit. */
    private String tryMatch(Member member, RecordComponent component, Map<RecordComponent, Field> found) {
        Class<?> java = component.getType();
        int size = RecordAccess.primitiveSize(java);
        if (member.type().size() == 0) {
            return "bitfields and flexible arrays cannot be components";
        }
        if (size != 0) {
            if (size != member.type().size() || !CTypes.isNumber(member.type())) {
                return java + " has " + size + " bytes; " + fitting(member.type());
            }
            found.put(component, new Field(component, member.offset(), null));
            return "";
        }
        try {
            Codec<?> codec = componentCodec(java, member.type());
            if (codec == null) {
                return java.getSimpleName() + " cannot be a component; " + fitting(member.type());
            }
            found.put(component, new Field(component, member.offset(), codec));
            return "";
        } catch (CodecMismatchException e) {
            return java.getSimpleName() + " does not fit; " + fitting(member.type());
        }
    }

    private @Nullable Codec<?> componentCodec(Class<?> java, TypeRef member) {
        if (java == byte[].class) {
            return Codecs.bytes(member.size());
        }
        if (java == String.class) {
            return Codecs.string(member.size()).bind(member);
        }
        return java.isRecord() ? new RecordCodec<>(lookup, java.asSubclass(Record.class)).bind(member) : null;
    }

    private static String fitting(TypeRef member) {
        String fitting = "byte[]";
        if (CTypes.isStruct(member)) {
            fitting = "a record, or byte[]";
        } else if (CTypes.isText(member)) {
            fitting = "String, or byte[]";
        } else if (CTypes.isNumber(member)) {
            fitting = switch (member.size()) {
                case 1 -> "byte or boolean";
                case 2 -> "short";
                case 4 -> "int";
                case 8 -> "long";
                default -> fitting;
            };
        }
        return "use " + fitting;
    }

    /** The members that a C struct with these components would have; only where there is no BTF. */
    private List<Member> naturalLayout(TypeRef struct) {
        List<Member> members = new ArrayList<>();
        int offset = 0;
        for (RecordComponent component : type.getRecordComponents()) {
            int size = Math.max(1, RecordAccess.primitiveSize(component.getType()));
            offset = (offset + size - 1) & -size;
            TypeRef type = TypeRef.ofSize(struct.what() + "." + component.getName(), size);
            members.add(new Member(component.getName(), type, offset));
            offset += size;
        }
        return members;
    }

    /** The size of a C struct with these members. */
    private static int padded(List<Member> members, int end) {
        int align = members.stream().mapToInt(m -> m.type().size()).max().orElse(1);
        return (end + align - 1) & -align;
    }

    private static String declaration(RecordComponent component) {
        return component.getType().getSimpleName() + " " + component.getName();
    }

    /** {@code exitCode} and {@code exit_code} are the same name. */
    static String snake(String name) {
        return name.replaceAll("([a-z0-9])([A-Z])", "$1_$2").toLowerCase(Locale.ROOT);
    }

    @Override
    public String toString() {
        return "record " + type.getSimpleName();
    }

    /** The codec of one layout. */
    private static final class Bound<R extends Record> implements Codec<R> {
        private final RecordCodec<R> origin;
        private final int size;
        private final boolean padding;
        private final MethodHandle reader;
        private final MethodHandle writer;

        Bound(RecordCodec<R> origin, int size, boolean padding, MethodHandle reader, MethodHandle writer) {
            this.origin = origin;
            this.size = size;
            this.padding = padding;
            this.reader = reader;
            this.writer = writer;
        }

        @Override
        public int size() {
            return size;
        }

        @Override
        public Codec<R> bind(TypeRef struct) {
            return origin.bind(struct);
        }

        @Override
        public R read(MemorySegment source, long offset) {
            try {
                return origin.type.cast((Object) reader.invokeExact(source, offset));
            } catch (Throwable t) {
                throw rethrown(t);
            }
        }

        @Override
        public void write(R value, MemorySegment target, long offset) {
            if (padding) {
                target.asSlice(offset, size).fill((byte) 0);
            }
            try {
                writer.invokeExact((Object) value, target, offset);
            } catch (Throwable t) {
                throw rethrown(t);
            }
        }

        private static RuntimeException rethrown(Throwable t) {
            if (t instanceof Error error) {
                throw error;
            }
            return t instanceof RuntimeException e ? e : new IllegalStateException("a record's constructor threw", t);
        }

        @Override
        public String toString() {
            return origin.toString();
        }
    }
}
