package dev.ebpf4j.codec;

import static java.lang.constant.ConstantDescs.CD_Object;
import static java.lang.constant.ConstantDescs.CD_int;
import static java.lang.constant.ConstantDescs.CD_long;
import static java.lang.constant.ConstantDescs.CD_void;
import static java.lang.constant.ConstantDescs.INIT_NAME;

import java.lang.classfile.CodeBuilder;
import java.lang.constant.ClassDesc;
import java.lang.constant.MethodTypeDesc;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles.Lookup;
import java.lang.invoke.MethodType;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/**
 * Makes the codec of one record in one layout: a class with a method that reads all components and calls the constructor,
 * and one that writes them, both straight code without branches, so that the JIT compiler sees offsets, layouts and codecs as constants.
 *
 * <pre>
 * Object read(MemorySegment s, long o) {
 *   return new Event(s.get(JAVA_INT_UNALIGNED, o + 8), (String) C3.read(s, o + 16), …);
 * }
 * </pre>
 */
final class RecordClass {
    private static final int SELF = 0;
    private static final int READ_MEMORY = 1;
    private static final int READ_OFFSET = 2;
    private static final int READ_AVAILABLE = 4;
    private static final int WRITE_VALUE = 1;
    private static final int WRITE_MEMORY = 2;
    private static final int WRITE_OFFSET = 3;
    private static final int WRITE_RECORD = 5;
    private static final int MANY_GAPS = 6;

    private final Class<?> type;
    private final List<Field> fields;
    private final int size;
    private final ClassText text;
    private final ClassDesc record;
    private final boolean direct;

    private RecordClass(Class<?> type, List<Field> fields, int size, ClassText text, boolean direct) {
        this.type = type;
        this.fields = fields;
        this.size = size;
        this.text = text;
        this.direct = direct;
        this.record = direct ? ClassText.desc(type) : CD_Object;
    }

    static <R extends Record> Codec<R> make(
            RecordCodec<R> origin, Lookup lookup, Class<R> type, List<Field> fields, int size) {
        Lookup beside = HiddenClasses.beside(type, lookup);
        boolean direct = beside != null || isPublic(type, fields);
        Lookup where = beside == null ? HiddenClasses.own() : beside;
        ClassText text = new ClassText(where.lookupClass(), type.getSimpleName() + "Codec");
        text.constant(Codec.class, origin);
        RecordClass made = new RecordClass(type, fields, size, text, direct);
        byte[] bytes = made.bytes(direct ? lookup : HiddenClasses.reaching(type, lookup));
        MethodHandle constructor = HiddenClasses.define(where, bytes, text.data(), MethodType.methodType(void.class));
        return instance(constructor);
    }

    @SuppressWarnings("unchecked") // made for this record
    private static <R> Codec<R> instance(MethodHandle constructor) {
        try {
            return (Codec<R>) constructor.invoke();
        } catch (Error | RuntimeException e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException("a codec's constructor threw", e);
        }
    }

    private static boolean isPublic(Class<?> type, List<Field> fields) {
        boolean all = HiddenClasses.isPublic(type);
        for (Field field : fields) {
            all &= HiddenClasses.isPublic(field.type());
        }
        return all;
    }

    private byte[] bytes(Lookup reach) {
        boolean flexible = !fields.isEmpty() && fields.stream().anyMatch(Field::flexible);
        text.extend(CD_Object, ClassText.CODEC);
        text.method(
                INIT_NAME,
                MethodTypeDesc.of(CD_void),
                b -> b.aload(SELF)
                        .invokespecial(CD_Object, INIT_NAME, MethodTypeDesc.of(CD_void))
                        .return_());
        text.method("size", MethodTypeDesc.of(CD_int), b -> b.loadConstant(size).ireturn());
        text.method("toString", MethodTypeDesc.of(ClassText.STRING), b -> {
            text.load(b, 0);
            b.invokevirtual(CD_Object, "toString", MethodTypeDesc.of(ClassText.STRING))
                    .areturn();
        });
        text.method("bind", MethodTypeDesc.of(ClassText.CODEC, ClassText.TYPE_REF), b -> {
            text.load(b, 0);
            b.aload(1)
                    .invokeinterface(ClassText.CODEC, "bind", MethodTypeDesc.of(ClassText.CODEC, ClassText.TYPE_REF))
                    .areturn();
        });
        Reading reading = new Reading(reach);
        if (flexible) {
            text.method("read", ClassText.READ, RecordClass::readToTheEnd);
            text.method("read", ClassText.READ_FLEXIBLE, reading::all);
        } else {
            text.method("read", ClassText.READ, reading::all);
        }
        text.method("write", ClassText.WRITE, new Writing(reach)::all);
        return text.bytes();
    }

    private static void readToTheEnd(CodeBuilder b) {
        b.aload(SELF).aload(READ_MEMORY).lload(READ_OFFSET);
        b.aload(READ_MEMORY)
                .invokeinterface(ClassText.MEMORY, "byteSize", MethodTypeDesc.of(CD_long))
                .lload(READ_OFFSET)
                .lsub();
        b.invokeinterface(ClassText.CODEC, "read", ClassText.READ_FLEXIBLE).areturn();
    }

    /** The type of a component as generated code has it. */
    private ClassDesc desc(Class<?> component) {
        return direct || component.isPrimitive() ? ClassText.desc(component) : CD_Object;
    }

    private final class Reading {
        private final int constructor;

        Reading(Lookup reach) {
            this.constructor = direct ? -1 : text.constant(MethodHandle.class, constructor(reach));
        }

        private MethodHandle constructor(Lookup reach) {
            Class<?>[] types = fields.stream().map(Field::type).toArray(Class<?>[]::new);
            try {
                MethodHandle found = reach.findConstructor(type, MethodType.methodType(void.class, types));
                return found.asType(found.type().erase().changeReturnType(Object.class));
            } catch (ReflectiveOperationException e) {
                throw inaccessible(e);
            }
        }

        void all(CodeBuilder b) {
            List<ClassDesc> types = new ArrayList<>();
            if (direct) {
                b.new_(record).dup();
            } else {
                text.load(b, constructor);
            }
            for (Field field : fields) {
                component(b, field);
                types.add(desc(field.type()));
            }
            if (direct) {
                b.invokespecial(record, INIT_NAME, MethodTypeDesc.of(CD_void, types));
            } else {
                b.invokevirtual(ClassText.HANDLE, "invokeExact", MethodTypeDesc.of(CD_Object, types));
            }
            b.areturn();
        }

        private void component(CodeBuilder b, Field field) {
            if (field.isPrimitive() && field.isPlain()) {
                PlainAccess plain = PlainAccess.of(field.type());
                b.aload(READ_MEMORY).getstatic(ClassText.LAYOUTS, plain.constant(), plain.layout());
                text.offset(b, READ_OFFSET, field.offset());
                b.invokeinterface(
                        ClassText.MEMORY, "get", MethodTypeDesc.of(plain.primitive(), plain.layout(), CD_long));
                return;
            }
            boolean number = field.isPrimitive() && field.codec() instanceof NumberCodec;
            text.load(b, text.constant(number ? NumberCodec.class : Codec.class, field.codec()));
            b.aload(READ_MEMORY);
            text.offset(b, READ_OFFSET, field.offset());
            if (number) {
                b.invokeinterface(ClassText.NUMBER_CODEC, "readLong", ClassText.READ_LONG);
                ClassText.fromLong(b, field.type());
            } else {
                if (field.flexible()) {
                    b.lload(READ_AVAILABLE).loadConstant((long) field.offset()).lsub();
                }
                MethodTypeDesc method = field.flexible() ? ClassText.READ_FLEXIBLE : ClassText.READ;
                b.invokeinterface(ClassText.CODEC, "read", method);
                text.cast(b, field.type(), desc(field.type()));
            }
        }
    }

    private final class Writing {
        private final Lookup reach;

        Writing(Lookup reach) {
            this.reach = reach;
        }

        void all(CodeBuilder b) {
            b.aload(WRITE_VALUE);
            if (direct) {
                b.checkcast(record);
            }
            b.astore(WRITE_RECORD);
            List<List<Field>> groups = overlapping();
            zeroes(b, gaps(groups));
            for (List<Field> group : groups) {
                if (group.size() == 1) {
                    component(b, group.getFirst());
                } else {
                    union(b, group);
                }
            }
            b.return_();
        }

        private void component(CodeBuilder b, Field field) {
            if (field.isPrimitive() && field.isPlain()) {
                PlainAccess plain = PlainAccess.of(field.type());
                b.aload(WRITE_MEMORY).getstatic(ClassText.LAYOUTS, plain.constant(), plain.layout());
                text.offset(b, WRITE_OFFSET, field.offset());
                value(b, field);
                b.invokeinterface(
                        ClassText.MEMORY,
                        "set",
                        MethodTypeDesc.of(CD_void, plain.layout(), CD_long, plain.primitive()));
                return;
            }
            boolean number = field.isPrimitive() && field.codec() instanceof NumberCodec;
            text.load(b, text.constant(number ? NumberCodec.class : Codec.class, field.codec()));
            value(b, field);
            if (number) {
                ClassText.toLong(b, field.type());
            } else if (field.isPrimitive()) {
                ClassText.box(b, field.type());
            } else {
                ClassText.requireNonNull(b, field.component().name());
            }
            b.aload(WRITE_MEMORY);
            text.offset(b, WRITE_OFFSET, field.offset());
            if (number) {
                b.invokeinterface(ClassText.NUMBER_CODEC, "writeLong", ClassText.WRITE_LONG);
            } else {
                b.invokeinterface(ClassText.CODEC, "write", ClassText.WRITE);
            }
        }

        /** The component's value, from the accessor. */
        private void value(CodeBuilder b, Field field) {
            String name = field.component().name();
            if (direct) {
                b.aload(WRITE_RECORD).invokevirtual(record, name, MethodTypeDesc.of(ClassText.desc(field.type())));
                return;
            }
            text.load(b, text.constant(MethodHandle.class, accessor(name, field.type())));
            b.aload(WRITE_RECORD)
                    .invokevirtual(ClassText.HANDLE, "invokeExact", MethodTypeDesc.of(desc(field.type()), CD_Object));
        }

        private MethodHandle accessor(String name, Class<?> component) {
            try {
                MethodHandle found = reach.findVirtual(type, name, MethodType.methodType(component));
                return found.asType(found.type().erase());
            } catch (ReflectiveOperationException e) {
                throw inaccessible(e);
            }
        }

        private void union(CodeBuilder b, List<Field> group) {
            text.load(b, text.constant(Codec.class, new OverlapCodec(group)));
            b.loadConstant(group.size()).anewarray(CD_Object);
            for (int i = 0; i < group.size(); i++) {
                b.dup().loadConstant(i);
                value(b, group.get(i));
                if (group.get(i).isPrimitive()) {
                    ClassText.box(b, group.get(i).type());
                }
                b.aastore();
            }
            b.aload(WRITE_MEMORY).lload(WRITE_OFFSET).invokeinterface(ClassText.CODEC, "write", ClassText.WRITE);
        }

        /** Components that share bits are in one group. */
        private List<List<Field>> overlapping() {
            List<List<Field>> groups = new ArrayList<>();
            for (Field field : fields) {
                List<Field> group = new ArrayList<>(List.of(field));
                for (List<Field> other : List.copyOf(groups)) {
                    if (other.stream().anyMatch(field::overlaps)) {
                        group.addAll(0, other);
                        groups.remove(other);
                    }
                }
                groups.add(group);
            }
            return groups;
        }

        /** The bytes that no component fills by itself. */
        private BitSet gaps(List<List<Field>> groups) {
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

        private void zeroes(CodeBuilder b, BitSet gaps) {
            if (gaps.cardinality() > MANY_GAPS * Long.BYTES) {
                b.aload(WRITE_MEMORY).lload(WRITE_OFFSET).loadConstant((long) size);
                b.invokeinterface(ClassText.MEMORY, "asSlice", MethodTypeDesc.of(ClassText.MEMORY, CD_long, CD_long));
                b.iconst_0()
                        .invokeinterface(ClassText.MEMORY, "fill", ClassText.FILL)
                        .pop();
                return;
            }
            for (int at = gaps.nextSetBit(0); at >= 0; at = gaps.nextSetBit(at)) {
                int end = gaps.nextClearBit(at);
                int width = Integer.highestOneBit(Math.min(Long.BYTES, end - at));
                PlainAccess plain = PlainAccess.ofSize(width);
                b.aload(WRITE_MEMORY).getstatic(ClassText.LAYOUTS, plain.constant(), plain.layout());
                text.offset(b, WRITE_OFFSET, at);
                plain.zero(b);
                b.invokeinterface(
                        ClassText.MEMORY,
                        "set",
                        MethodTypeDesc.of(CD_void, plain.layout(), CD_long, plain.primitive()));
                at += width;
            }
        }
    }

    private IllegalArgumentException inaccessible(ReflectiveOperationException e) {
        return new IllegalArgumentException(
                "record " + type.getName()
                        + " is not accessible; pass MethodHandles.lookup() to Codecs.record, or open its package",
                e);
    }
}
