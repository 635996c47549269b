package dev.ebpf4j.codec;

import static java.lang.constant.ConstantDescs.CD_Object;
import static java.lang.constant.ConstantDescs.CD_byte;
import static java.lang.constant.ConstantDescs.CD_int;
import static java.lang.constant.ConstantDescs.CD_long;
import static java.lang.constant.ConstantDescs.CD_short;
import static java.lang.constant.ConstantDescs.CD_void;
import static java.lang.constant.ConstantDescs.INIT_NAME;

import java.lang.classfile.ClassBuilder;
import java.lang.classfile.ClassFile;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.TypeKind;
import java.lang.constant.ClassDesc;
import java.lang.constant.MethodTypeDesc;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles.Lookup;
import java.lang.invoke.MethodType;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Makes the implementation of a flyweight's interface for one layout.
 *
 * <pre>
 * final class ExecView implements Exec, Flyweight.View {
 *   private Window window;
 *   private final Flyweight.Part p5;
 *   public int pid() { return window.getInt(8); }
 *   public String comm() { return (String) window.read(c1, 16); }
 *   public long stacks(int i) { return window.getLong(checkIndex(i, 4) * 8 + 32); }
 *   public Point where() { return (Point) p5.at(64); }
 * }
 * </pre>
 */
final class FlyweightClass extends ClassText {
    private static final ClassDesc WINDOW = desc(Window.class);
    private static final ClassDesc FLYWEIGHT = desc(Flyweight.class);
    private static final ClassDesc PART = desc(Flyweight.Part.class);
    private static final MethodTypeDesc CONSTRUCTOR = MethodTypeDesc.of(CD_void, WINDOW);
    private static final ClassDesc VIEW = desc(Flyweight.View.class);
    private static final String LOOK = "look";
    private static final String FIELD = "window";

    private final Map<String, Accessor> byMethod = new HashMap<>();
    private final Map<Accessor, Integer> parts = new HashMap<>(); // the constant of its flyweight

    private FlyweightClass(Class<?> beside, Class<?> type, List<Accessor> accessors) {
        super(beside, type.getSimpleName().concat("View"), desc(type), VIEW);
        method(INIT_NAME, CONSTRUCTOR);
        method(LOOK, CONSTRUCTOR);
        for (Accessor accessor : accessors) {
            MethodTypeDesc method = descriptor(accessor);
            if (byMethod.put(key(accessor.method().getName(), method), accessor) == null) {
                method(accessor.method().getName(), method);
            }
            if (element(accessor) instanceof ViewCodec<?> view) {
                parts.put(accessor, constant(Flyweight.class, view.flyweight()));
            }
        }
    }

    /** {@code (Window) -> Object}. */
    static MethodHandle constructor(Lookup lookup, Class<?> type, List<Accessor> accessors) {
        Lookup beside = HiddenClasses.beside(type, lookup);
        if (beside == null && !isPublic(type, accessors)) {
            throw new IllegalArgumentException("interface " + type.getName()
                    + " is not accessible; pass MethodHandles.lookup(), or make it public");
        }
        Lookup where = beside == null ? HiddenClasses.own() : beside;
        FlyweightClass made = new FlyweightClass(where.lookupClass(), type, accessors);
        byte[] bytes = made.bytes();
        MethodType parameters = MethodType.methodType(void.class, Window.class);
        return HiddenClasses.define(where, bytes, made.data(), parameters)
                .asType(MethodType.methodType(Object.class, Window.class));
    }

    private static boolean isPublic(Class<?> type, List<Accessor> accessors) {
        boolean all = HiddenClasses.isPublic(type);
        for (Accessor accessor : accessors) {
            all &= HiddenClasses.isPublic(accessor.type());
        }
        return all;
    }

    private static MethodTypeDesc descriptor(Accessor accessor) {
        MethodType type = MethodType.methodType(
                accessor.method().getReturnType(), accessor.method().getParameterTypes());
        return MethodTypeDesc.ofDescriptor(type.toMethodDescriptorString());
    }

    private static String key(String name, MethodTypeDesc type) {
        return name.concat(type.descriptorString());
    }

    /** How the value, or one element of an array, is read and written. */
    private static Codec<?> element(Accessor accessor) {
        Codec<?> codec = accessor.field().codec();
        if (!accessor.indexed()) {
            return codec;
        }
        return codec instanceof ArrayCodec array
                ? array.element()
                : codec instanceof NumberArrayCodec numbers ? numbers.element() : Codecs.BYTE;
    }

    private static int count(Accessor accessor) {
        Codec<?> codec = accessor.field().codec();
        if (codec instanceof FlexibleCodec f && f.flexible()) {
            return Integer.MAX_VALUE; // the window knows its end
        }
        return codec.size() / Math.max(1, element(accessor).size());
    }

    @Override
    void fields(ClassBuilder c) {
        c.withField(FIELD, WINDOW, ClassFile.ACC_PRIVATE);
        for (int part : parts.values()) {
            c.withField(partName(part), PART, ClassFile.ACC_PRIVATE | ClassFile.ACC_FINAL);
        }
    }

    private static String partName(int part) {
        return "p".concat(Integer.toString(part));
    }

    @Override
    void body(String name, MethodTypeDesc type, CodeBuilder b) {
        if (name.equals(INIT_NAME)) {
            construct(b);
            return;
        }
        if (name.equals(LOOK) && type.equals(CONSTRUCTOR)) {
            look(b);
            return;
        }
        Accessor accessor = Objects.requireNonNull(byMethod.get(key(name, type)));
        if (parts.containsKey(accessor)) {
            part(b, accessor);
        } else if (accessor.writes()) {
            write(b, accessor);
        } else {
            read(b, accessor);
        }
    }

    private void construct(CodeBuilder b) {
        b.aload(0).invokespecial(CD_Object, INIT_NAME, MethodTypeDesc.of(CD_void));
        b.aload(0).aload(1).putfield(self(), FIELD, WINDOW);
        for (int part : parts.values()) {
            b.aload(0);
            load(b, part);
            b.aload(1).invokevirtual(FLYWEIGHT, "part", MethodTypeDesc.of(PART, WINDOW));
            b.putfield(self(), partName(part), PART);
        }
        b.return_();
    }

    private void look(CodeBuilder b) {
        b.aload(0).aload(1).putfield(self(), FIELD, WINDOW);
        for (int part : parts.values()) {
            b.aload(0).getfield(self(), partName(part), PART);
            b.aload(1).invokevirtual(PART, LOOK, CONSTRUCTOR);
        }
        b.return_();
    }

    /** Pushes the offset of the value. */
    private void offset(CodeBuilder b, Accessor accessor) {
        int offset = accessor.field().offset();
        if (!accessor.indexed()) {
            b.loadConstant(offset);
            return;
        }
        b.iload(1).loadConstant(count(accessor));
        b.invokestatic(desc(Objects.class), "checkIndex", MethodTypeDesc.of(CD_int, CD_int, CD_int));
        b.loadConstant(element(accessor).size()).imul().loadConstant(offset).iadd();
    }

    private void part(CodeBuilder b, Accessor accessor) {
        b.aload(0).getfield(self(), partName(Objects.requireNonNull(parts.get(accessor))), PART);
        offset(b, accessor);
        b.invokevirtual(PART, "at", MethodTypeDesc.of(CD_Object, CD_int));
        b.checkcast(desc(accessor.type())).areturn();
    }

    private void window(CodeBuilder b) {
        b.aload(0).getfield(self(), FIELD, WINDOW);
    }

    private static boolean isPlain(Accessor accessor) {
        Class<?> type = accessor.type();
        return type.isPrimitive()
                && type != boolean.class
                && (element(accessor) instanceof IntegerCodec<?> i ? i.isPlain() : isPlainFloat(accessor));
    }

    private static boolean isPlainFloat(Accessor accessor) {
        return element(accessor) instanceof FloatCodec<?> f && f.isPlain();
    }

    private void read(CodeBuilder b, Accessor accessor) {
        Class<?> type = accessor.type();
        Codec<?> codec = element(accessor);
        window(b);
        if (isPlain(accessor)) {
            offset(b, accessor);
            Raw raw = Raw.of(codec.size());
            b.invokeinterface(WINDOW, "get".concat(raw.name), MethodTypeDesc.of(raw.desc, CD_int));
            if (type == float.class) {
                b.invokestatic(desc(Float.class), "intBitsToFloat", MethodTypeDesc.ofDescriptor("(I)F"));
            } else if (type == double.class) {
                b.invokestatic(desc(Double.class), "longBitsToDouble", MethodTypeDesc.ofDescriptor("(J)D"));
            } else if (type == char.class) {
                b.i2c();
            }
        } else if (type.isPrimitive() && codec instanceof NumberCodec) {
            load(b, constant(NumberCodec.class, codec));
            offset(b, accessor);
            b.invokeinterface(WINDOW, "readLong", MethodTypeDesc.of(CD_long, NUMBER_CODEC, CD_int));
            fromLong(b, type);
        } else {
            load(b, constant(Codec.class, codec));
            offset(b, accessor);
            b.invokeinterface(WINDOW, "read", MethodTypeDesc.of(CD_Object, CODEC, CD_int));
            cast(b, type, desc(type));
        }
        b.return_(TypeKind.from(type));
    }

    private void write(CodeBuilder b, Accessor accessor) {
        Class<?> type = accessor.type();
        Codec<?> codec = element(accessor);
        int value = accessor.indexed() ? 2 : 1;
        TypeKind kind = TypeKind.from(type);
        window(b);
        if (isPlain(accessor)) {
            offset(b, accessor);
            b.loadLocal(kind, value);
            if (type == float.class) {
                b.invokestatic(desc(Float.class), "floatToRawIntBits", MethodTypeDesc.ofDescriptor("(F)I"));
            } else if (type == double.class) {
                b.invokestatic(desc(Double.class), "doubleToRawLongBits", MethodTypeDesc.ofDescriptor("(D)J"));
            } else if (type == char.class) {
                b.i2s();
            }
            Raw raw = Raw.of(codec.size());
            b.invokeinterface(WINDOW, "set".concat(raw.name), MethodTypeDesc.of(CD_void, CD_int, raw.desc));
        } else if (type.isPrimitive() && codec instanceof NumberCodec) {
            load(b, constant(NumberCodec.class, codec));
            b.loadLocal(kind, value);
            toLong(b, type);
            offset(b, accessor);
            b.invokeinterface(WINDOW, "writeLong", MethodTypeDesc.of(CD_void, NUMBER_CODEC, CD_long, CD_int));
        } else {
            load(b, constant(Codec.class, codec));
            b.loadLocal(kind, value);
            if (type.isPrimitive()) {
                box(b, type);
            }
            offset(b, accessor);
            b.invokeinterface(WINDOW, "write", MethodTypeDesc.of(CD_void, CODEC, CD_Object, CD_int));
        }
        b.return_();
    }

    /** How a window names numbers of a size. */
    private enum Raw {
        BYTE("Byte", CD_byte),
        SHORT("Short", CD_short),
        INT("Int", CD_int),
        LONG("Long", CD_long);

        final String name;
        final ClassDesc desc;

        Raw(String name, ClassDesc desc) {
            this.name = name;
            this.desc = desc;
        }

        static Raw of(int size) {
            return switch (size) {
                case 1 -> BYTE;
                case 2 -> SHORT;
                case 4 -> INT;
                default -> LONG;
            };
        }
    }
}
