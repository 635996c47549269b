package dev.ebpf4j.codec;

import static java.lang.constant.ConstantDescs.CD_Object;
import static java.lang.constant.ConstantDescs.CD_String;
import static java.lang.constant.ConstantDescs.CD_byte;
import static java.lang.constant.ConstantDescs.CD_long;
import static java.lang.constant.ConstantDescs.CD_void;
import static java.lang.constant.ConstantDescs.CLASS_INIT_NAME;

import java.lang.classfile.ClassBuilder;
import java.lang.classfile.ClassFile;
import java.lang.classfile.CodeBuilder;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.MethodTypeDesc;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;

/**
 * A class under construction: its methods, and the objects that are constants of it.
 *
 * <p>The bodies come from one method and not from lambdas, of which each would cost a new process a millisecond.
 */
abstract class ClassText {
    static final ClassDesc CODEC = desc(Codec.class);
    static final ClassDesc NUMBER_CODEC = desc(NumberCodec.class);
    static final ClassDesc TYPE_REF = desc(TypeRef.class);
    static final ClassDesc MEMORY = desc(MemorySegment.class);
    static final ClassDesc LAYOUTS = desc(ValueLayout.class);
    static final ClassDesc HANDLE = desc(MethodHandle.class);
    static final ClassDesc STRING = CD_String;
    static final MethodTypeDesc READ = MethodTypeDesc.of(CD_Object, MEMORY, CD_long);
    static final MethodTypeDesc READ_FLEXIBLE = MethodTypeDesc.of(CD_Object, MEMORY, CD_long, CD_long);
    static final MethodTypeDesc READ_LONG = MethodTypeDesc.of(CD_long, MEMORY, CD_long);
    static final MethodTypeDesc WRITE = MethodTypeDesc.of(CD_void, CD_Object, MEMORY, CD_long);
    static final MethodTypeDesc WRITE_LONG = MethodTypeDesc.of(CD_void, CD_long, MEMORY, CD_long);
    static final MethodTypeDesc FILL = MethodTypeDesc.of(MEMORY, CD_byte);

    private static final ClassDesc LOOKUP = desc(MethodHandles.Lookup.class);
    private static final ClassDesc OBJECTS = CD_Object.arrayType();

    private final class Method implements Consumer<CodeBuilder> {
        final String name;
        final MethodTypeDesc type;

        Method(String name, MethodTypeDesc type) {
            this.name = name;
            this.type = type;
        }

        @Override
        public void accept(CodeBuilder b) {
            if (name.equals(CLASS_INIT_NAME)) {
                initialise(b);
            } else {
                body(name, type, b);
            }
        }
    }

    private final class Whole implements Consumer<ClassBuilder> {
        @Override
        public void accept(ClassBuilder c) {
            build(c);
        }
    }

    private final ClassDesc self;
    private final List<Object> data = new ArrayList<>();
    private final List<ClassDesc> kinds = new ArrayList<>();
    private final List<Method> methods = new ArrayList<>();
    private final List<ClassDesc> implemented;

    /** A class of that name in the package of {@code beside}, which implements interfaces. */
    ClassText(Class<?> beside, String name, ClassDesc... implemented) {
        self = ClassDesc.of(beside.getPackageName(), name);
        this.implemented = List.of(implemented);
    }

    static ClassDesc desc(Class<?> type) {
        return ClassDesc.ofDescriptor(type.descriptorString());
    }

    ClassDesc self() {
        return self;
    }

    /** Keeps an object as a constant of the class; gives its number. */
    int constant(Class<?> kind, Object value) {
        data.add(value);
        kinds.add(desc(kind));
        return data.size() - 1;
    }

    Object[] data() {
        return data.toArray();
    }

    void method(String name, MethodTypeDesc type) {
        methods.add(new Method(name, type));
    }

    /** Writes the code of a method. */
    abstract void body(String name, MethodTypeDesc type, CodeBuilder b);

    /** Adds the fields of instances; none unless overridden. */
    void fields(ClassBuilder c) {}

    /** The class file. Constants are static final fields, which its initialiser takes from the class data. */
    byte[] bytes() {
        return ClassFile.of().build(self, new Whole());
    }

    private void build(ClassBuilder c) {
        c.withFlags(ClassFile.ACC_FINAL | ClassFile.ACC_SUPER | ClassFile.ACC_SYNTHETIC)
                .withSuperclass(CD_Object)
                .withInterfaceSymbols(implemented);
        for (Method method : methods) {
            int access = method.name.equals(ConstantDescs.INIT_NAME) ? 0 : ClassFile.ACC_PUBLIC;
            c.withMethodBody(method.name, method.type, access, method);
        }
        for (int i = 0; i < kinds.size(); i++) { // after the methods, which ask for constants
            c.withField(name(i), kinds.get(i), ClassFile.ACC_STATIC | ClassFile.ACC_FINAL | ClassFile.ACC_PRIVATE);
        }
        fields(c);
        Method start = new Method(CLASS_INIT_NAME, MethodTypeDesc.of(CD_void));
        c.withMethodBody(start.name, start.type, ClassFile.ACC_STATIC, start);
    }

    /** The name of a constant's field. */
    private static String name(int constant) {
        return "c".concat(Integer.toString(constant));
    }

    private void initialise(CodeBuilder b) {
        b.invokestatic(desc(MethodHandles.class), "lookup", MethodTypeDesc.of(LOOKUP))
                .loadConstant(ConstantDescs.DEFAULT_NAME)
                .loadConstant(OBJECTS)
                .invokestatic(
                        desc(MethodHandles.class),
                        "classData",
                        MethodTypeDesc.of(CD_Object, LOOKUP, CD_String, desc(Class.class)))
                .checkcast(OBJECTS)
                .astore(0);
        for (int i = 0; i < kinds.size(); i++) {
            b.aload(0).loadConstant(i).aaload().checkcast(kinds.get(i)).putstatic(self, name(i), kinds.get(i));
        }
        b.return_();
    }

    /** Pushes a constant. */
    void load(CodeBuilder b, int constant) {
        b.getstatic(self, name(constant), kinds.get(constant));
    }

    /** Pushes the sum of a local variable and a distance. */
    void offset(CodeBuilder b, int local, int distance) {
        b.lload(local);
        if (distance != 0) {
            b.loadConstant((long) distance).ladd();
        }
    }

    /** An object becomes one of that type. */
    void cast(CodeBuilder b, Class<?> type, ClassDesc desc) {
        if (type.isPrimitive()) {
            ClassDesc box = desc(boxOf(type));
            b.checkcast(box).invokevirtual(box, type.getName().concat("Value"), MethodTypeDesc.of(desc));
        } else if (!desc.equals(CD_Object)) {
            b.checkcast(desc);
        }
    }

    static void fromLong(CodeBuilder b, Class<?> type) {
        if (type == long.class) {
            return;
        }
        b.l2i();
        if (type == byte.class) {
            b.i2b();
        } else if (type == short.class) {
            b.i2s();
        } else if (type == char.class) {
            b.i2c();
        }
    }

    static void toLong(CodeBuilder b, Class<?> type) {
        if (type != long.class) {
            b.i2l();
        }
    }

    static void box(CodeBuilder b, Class<?> type) {
        ClassDesc box = desc(boxOf(type));
        b.invokestatic(box, "valueOf", MethodTypeDesc.of(box, desc(type)));
    }

    private static Class<?> boxOf(Class<?> type) {
        JavaNumber number = JavaNumber.of(type);
        return number != null ? number.box : type == float.class ? Float.class : Double.class;
    }

    /** The object stays, and null is refused by name. */
    static void requireNonNull(CodeBuilder b, String name) {
        b.loadConstant(name)
                .invokestatic(
                        desc(Objects.class), "requireNonNull", MethodTypeDesc.of(CD_Object, CD_Object, CD_String));
    }
}
