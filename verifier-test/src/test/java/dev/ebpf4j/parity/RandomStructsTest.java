package dev.ebpf4j.parity;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.ebpf4j.codec.CValue;
import dev.ebpf4j.codec.TypeRef;
import dev.ebpf4j.elf.ElfReader;
import dev.ebpf4j.spec.ObjectSpec;
import dev.ebpf4j.spec.VariableSpec;
import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Structs that nobody thought of: clang lays out and fills them, and every member must be read as it was written in C. */
class RandomStructsTest {
    private static final int STRUCTS = 40;
    private static final String[] TYPES = {
        "signed char",
        "unsigned char",
        "short",
        "unsigned short",
        "int",
        "unsigned int",
        "long long",
        "unsigned long long"
    };

    private final Random random = new Random(46);
    private final StringBuilder declarations = new StringBuilder();
    private final Map<String, Long> expected = new LinkedHashMap<>();

    private static int bits(int type) {
        return 8 << (type / 2);
    }

    /** A number of that many bits, with the sign that the type has. */
    private long number(int type, int bits) {
        long value = random.nextLong() << (64 - bits);
        return type % 2 == 0 ? value >> (64 - bits) : value >>> (64 - bits);
    }

    private static String literal(int type, long value) {
        return "(" + TYPES[type] + ")0x" + Long.toHexString(value) + "ULL";
    }

    /** Appends the members of a struct to {@code text}, and gives its initialiser. */
    private String struct(StringBuilder text, String path, int depth) {
        StringBuilder values = new StringBuilder("{");
        for (int i = 0, n = 2 + random.nextInt(9); i < n; i++) {
            String name = "m" + i;
            int type = random.nextInt(TYPES.length);
            int kind = random.nextInt(depth == 0 ? 10 : 8);
            if (kind < 3) {
                long value = number(type, bits(type));
                text.append(TYPES[type]).append(' ').append(name).append(";\n");
                values.append(literal(type, value)).append(", ");
                expected.put(path + name, value);
            } else if (kind < 7) {
                int width = 1 + random.nextInt(bits(type));
                long value = number(type, width);
                text.append(TYPES[type]).append(' ').append(name + ":" + width).append(";\n");
                values.append(literal(type, value)).append(", ");
                expected.put(path + name, value);
            } else if (kind == 7) {
                int length = 1 + random.nextInt(4);
                text.append(TYPES[type]).append(' ').append(name + "[" + length + "];\n");
                values.append('{');
                for (int e = 0; e < length; e++) {
                    long value = number(type, bits(type));
                    values.append(literal(type, value)).append(", ");
                    expected.put(path + name + "[" + e + "]", value);
                }
                values.append("}, ");
            } else {
                boolean anonymous = random.nextBoolean() && depth == 0;
                String inner = anonymous ? "a" + i + "_" : name + ".";
                StringBuilder members = new StringBuilder();
                String value = nested(members, path, inner, anonymous);
                text.append("struct {\n")
                        .append(members)
                        .append("} ")
                        .append(anonymous ? "" : name)
                        .append(";\n");
                values.append(value).append(", ");
            }
        }
        return values.append('}').toString();
    }

    private String nested(StringBuilder members, String path, String inner, boolean anonymous) {
        if (!anonymous) {
            return struct(members, path + inner, 1);
        }
        int type = random.nextInt(TYPES.length);
        long value = number(type, bits(type));
        members.append(TYPES[type]).append(' ').append(inner).append(";\n");
        expected.put(path + inner, value);
        return "{" + literal(type, value) + "}";
    }

    @ParameterizedTest
    @ValueSource(strings = {"LITTLE_ENDIAN", "BIG_ENDIAN"})
    void everyMemberIsReadAsClangWroteIt(String name) {
        ByteOrder order = name.startsWith("L") ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN;
        for (int i = 0; i < STRUCTS; i++) {
            StringBuilder members = new StringBuilder();
            String values = struct(members, "s" + i + "/", 0);
            String attribute = random.nextInt(3) == 0 ? " __attribute__((packed))" : "";
            declarations
                    .append("struct t" + i + " {\n")
                    .append(members)
                    .append("}")
                    .append(attribute)
                    .append(";\n");
            declarations
                    .append("struct t" + i + " s" + i + " = ")
                    .append(values)
                    .append(";\n");
        }
        ObjectSpec spec = ElfReader.read(
                Sources.compile(
                        Sources.request("random", declarations.toString()).byteOrder(order)),
                "random");
        Map<String, Long> found = new LinkedHashMap<>();
        for (String path : expected.keySet()) {
            String variable = path.substring(0, path.indexOf('/'));
            VariableSpec place = spec.variable(variable);
            TypeRef type = new TypeRef(variable, spec.btf(), place.typeId(), place.size());
            MemorySegment bytes =
                    MemorySegment.ofArray(spec.initialValue(variable).toArray());
            CValue value = CValue.CODEC.bind(type).read(bytes, 0);
            found.put(path, value.get(path.substring(path.indexOf('/') + 1)).asLong());
        }
        assertEquals(expected, found);
    }
}
