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
 * and one that writes them, both straight code without branches. The JIT compiler sees offsets, layouts and codecs as
 * constants.
 *
 * <pre>
 * Object read(MemorySegment s, long o) {
 *   return new Event(s.get(JAVA_INT_UNALIGNED, o + 8), (String) c3.read(s, o + 16), …);
 * }
 * </pre>
 */
final class RecordClass extends ClassText {
    private static final MethodTypeDesc CONSTRUCTOR = MethodTypeDesc.of(CD_void);
    private static final MethodTypeDesc SIZE = MethodTypeDesc.of(CD_int);
    private static final MethodTypeDesc TO_STRING = MethodTypeDesc.of(STRING);
    private static final MethodTypeDesc BIND = MethodTypeDesc.of(CODEC, TYPE_REF);

    private static final int SELF = 0;
    private static final int READ_MEMORY = 1;
    private static final int READ_OFFSET = 2;
    private static final int READ_AVAILABLE = 4;
    private static final int WRITE_VALUE = 1;
    private static final int WRITE_MEMORY = 2;
    private static final int WRITE_OFFSET = 3;
    private static final int WRITE_RECORD = 5;
    private static final int MANY_GAPS = 6 * Long.BYTES;

    private final Class<?> type;
    private final List<Field> fields;
    private final int size;
    private final Lookup reach;
    private final boolean direct;
    private final ClassDesc record;
    private final boolean flexible;
    private final int constructor;

    /**
     * Where the class is to live.
     *
     * @param where a lookup there
     * @param reach a lookup that reaches the record's constructor and accessors
     * @param direct whether the class itself reaches them
     */
    private record Home(Lookup where, Lookup reach, boolean direct) {}

    private RecordClass(RecordCodec<?> origin, Class<?> type, List<Field> fields, int size, Home home) {
        super(home.where.lookupClass(), type.getSimpleName().concat("Codec"), CODEC);
        this.type = type;
        this.fields = fields;
        this.size = size;
        this.reach = home.reach;
        this.direct = home.direct;
        this.record = direct ? desc(type) : CD_Object;
        boolean rest = false;
        for (Field field : fields) {
            rest |= field.flexible();
        }
        this.flexible = rest;
        constant(Codec.class, origin);
        this.constructor = direct ? -1 : constant(MethodHandle.class, constructor());
        declare();
    }

    static <R extends Record> Codec<R> make(
            RecordCodec<R> origin, Lookup lookup, Class<R> type, List<Field> fields, int size) {
        Lookup beside = HiddenClasses.beside(type, lookup);
        boolean direct = beside != null || isPublic(type, fields);
        Lookup reach = direct ? lookup : HiddenClasses.reaching(type, lookup);
        Home home = new Home(beside == null ? HiddenClasses.own() : beside, reach, direct);
        RecordClass made = new RecordClass(origin, type, fields, size, home);
        byte[] bytes = made.bytes();
        return instance(HiddenClasses.define(home.where, bytes, made.data(), MethodType.methodType(void.class)));
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

    private void declare() {
        method(INIT_NAME, CONSTRUCTOR);
        method("size", SIZE);
        method("toString", TO_STRING);
        method("bind", BIND);
        method("read", READ);
        if (flexible) {
            method("read", READ_FLEXIBLE);
        }
        method("write", WRITE);
    }

    @Override
    void body(String name, MethodTypeDesc method, CodeBuilder b) {
        switch (name) {
            case INIT_NAME ->
                b.aload(SELF).invokespecial(CD_Object, INIT_NAME, CONSTRUCTOR).return_();
            case "size" -> b.loadConstant(size).ireturn();
            case "toString" -> {
                load(b, 0);
                b.invokevirtual(CD_Object, name, TO_STRING).areturn();
            }
            case "bind" -> {
                load(b, 0);
                b.aload(1).invokeinterface(CODEC, name, BIND).areturn();
            }
            case "read" -> {
                if (flexible && method.parameterCount() == READ.parameterCount()) {
                    readToTheEnd(b);
                } else {
                    read(b);
                }
            }
            default -> write(b);
        }
    }

    private static void readToTheEnd(CodeBuilder b) {
        b.aload(SELF).aload(READ_MEMORY).lload(READ_OFFSET);
        b.aload(READ_MEMORY).invokeinterface(MEMORY, "byteSize", MethodTypeDesc.of(CD_long));
        b.lload(READ_OFFSET).lsub();
        b.invokeinterface(CODEC, "read", READ_FLEXIBLE).areturn();
    }

    private void read(CodeBuilder b) {
        List<ClassDesc> types = new ArrayList<>();
        if (direct) {
            b.new_(record).dup();
        } else {
            load(b, constructor);
        }
        for (Field field : fields) {
            read(b, field);
            types.add(seen(field.type()));
        }
        if (direct) {
            b.invokespecial(record, INIT_NAME, MethodTypeDesc.of(CD_void, types));
        } else {
            b.invokevirtual(HANDLE, "invokeExact", MethodTypeDesc.of(CD_Object, types));
        }
        b.areturn();
    }

    private void read(CodeBuilder b, Field field) {
        if (field.isPrimitive() && field.isPlain()) {
            PlainAccess plain = PlainAccess.of(field.type());
            b.aload(READ_MEMORY).getstatic(LAYOUTS, plain.constant(), plain.layout());
            offset(b, READ_OFFSET, field.offset());
            b.invokeinterface(MEMORY, "get", MethodTypeDesc.of(plain.primitive(), plain.layout(), CD_long));
            return;
        }
        boolean number = isNumber(field);
        load(b, constant(number ? NumberCodec.class : Codec.class, field.codec()));
        b.aload(READ_MEMORY);
        offset(b, READ_OFFSET, field.offset());
        if (number) {
            b.invokeinterface(NUMBER_CODEC, "readLong", READ_LONG);
            fromLong(b, field.type());
            return;
        }
        if (field.flexible()) {
            b.lload(READ_AVAILABLE).loadConstant((long) field.offset()).lsub();
        }
        b.invokeinterface(CODEC, "read", field.flexible() ? READ_FLEXIBLE : READ);
        cast(b, field.type(), seen(field.type()));
    }

    private static boolean isNumber(Field field) {
        return field.isPrimitive() && field.codec() instanceof NumberCodec;
    }

    private void write(CodeBuilder b) {
        b.aload(WRITE_VALUE);
        if (direct) {
            b.checkcast(record);
        }
        b.astore(WRITE_RECORD);
        List<List<Field>> groups = Overlaps.groups(fields);
        zeroes(b, Overlaps.gaps(groups, size));
        for (List<Field> group : groups) {
            if (group.size() == 1) {
                write(b, group.getFirst());
            } else {
                union(b, group);
            }
        }
        b.return_();
    }

    private void write(CodeBuilder b, Field field) {
        if (field.isPrimitive() && field.isPlain()) {
            PlainAccess plain = PlainAccess.of(field.type());
            b.aload(WRITE_MEMORY).getstatic(LAYOUTS, plain.constant(), plain.layout());
            offset(b, WRITE_OFFSET, field.offset());
            value(b, field);
            set(b, plain);
            return;
        }
        boolean number = isNumber(field);
        load(b, constant(number ? NumberCodec.class : Codec.class, field.codec()));
        value(b, field);
        if (number) {
            toLong(b, field.type());
        } else if (field.isPrimitive()) {
            box(b, field.type());
        } else {
            requireNonNull(b, field.component().name());
        }
        b.aload(WRITE_MEMORY);
        offset(b, WRITE_OFFSET, field.offset());
        if (number) {
            b.invokeinterface(NUMBER_CODEC, "writeLong", WRITE_LONG);
        } else {
            b.invokeinterface(CODEC, "write", WRITE);
        }
    }

    private static void set(CodeBuilder b, PlainAccess plain) {
        b.invokeinterface(MEMORY, "set", MethodTypeDesc.of(CD_void, plain.layout(), CD_long, plain.primitive()));
    }

    /** The component's value, from the accessor. */
    private void value(CodeBuilder b, Field field) {
        String name = field.component().name();
        if (direct) {
            b.aload(WRITE_RECORD).invokevirtual(record, name, MethodTypeDesc.of(desc(field.type())));
            return;
        }
        load(b, constant(MethodHandle.class, accessor(name, field.type())));
        b.aload(WRITE_RECORD).invokevirtual(HANDLE, "invokeExact", MethodTypeDesc.of(seen(field.type()), CD_Object));
    }

    private void union(CodeBuilder b, List<Field> group) {
        load(b, constant(Codec.class, new OverlapCodec(group)));
        b.loadConstant(group.size()).anewarray(CD_Object);
        for (int i = 0; i < group.size(); i++) {
            b.dup().loadConstant(i);
            value(b, group.get(i));
            if (group.get(i).isPrimitive()) {
                box(b, group.get(i).type());
            }
            b.aastore();
        }
        b.aload(WRITE_MEMORY).lload(WRITE_OFFSET).invokeinterface(CODEC, "write", WRITE);
    }

    /** Few gaps are filled by a store each, which costs less than the call that fills all. */
    private void zeroes(CodeBuilder b, BitSet gaps) {
        if (gaps.cardinality() > MANY_GAPS) {
            b.aload(WRITE_MEMORY).lload(WRITE_OFFSET).loadConstant((long) size);
            b.invokeinterface(MEMORY, "asSlice", MethodTypeDesc.of(MEMORY, CD_long, CD_long));
            b.iconst_0().invokeinterface(MEMORY, "fill", FILL).pop();
            return;
        }
        for (int at = gaps.nextSetBit(0); at >= 0; at = gaps.nextSetBit(at)) {
            int width = Integer.highestOneBit(Math.min(Long.BYTES, gaps.nextClearBit(at) - at));
            PlainAccess plain = PlainAccess.ofSize(width);
            b.aload(WRITE_MEMORY).getstatic(LAYOUTS, plain.constant(), plain.layout());
            offset(b, WRITE_OFFSET, at);
            plain.zero(b);
            set(b, plain);
            at += width;
        }
    }

    /** The type of a component as the class sees it. */
    private ClassDesc seen(Class<?> component) {
        return direct || component.isPrimitive() ? desc(component) : CD_Object;
    }

    private MethodHandle constructor() {
        List<Class<?>> types = new ArrayList<>();
        for (Field field : fields) {
            types.add(field.type());
        }
        try {
            MethodHandle found = reach.findConstructor(type, MethodType.methodType(void.class, types));
            return found.asType(found.type().erase());
        } catch (ReflectiveOperationException e) {
            throw inaccessible(e);
        }
    }

    private MethodHandle accessor(String name, Class<?> component) {
        try {
            MethodHandle found = reach.findVirtual(type, name, MethodType.methodType(component));
            return found.asType(found.type().erase());
        } catch (ReflectiveOperationException e) {
            throw inaccessible(e);
        }
    }

    private IllegalArgumentException inaccessible(ReflectiveOperationException e) {
        return new IllegalArgumentException(
                "record " + type.getName()
                        + " is not accessible; pass MethodHandles.lookup() to Codecs.record, or open its package",
                e);
    }
}
