package dev.ebpf4j.kernel;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.ebpf4j.plan.Feature;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * The smallest BTF that needs a feature, as the kernel takes it. Source of the format: {@code linux/btf.h}; each type is
 * name, kind and number of members, size or type, and what its kind adds.
 */
final class ProbeBtf {
    private static final int MAGIC = 0xeb9f;
    private static final int HEADER_BYTES = 24;
    private static final int LAYOUT_HEADER_BYTES = 32;

    private static final String STRINGS = "\0int\0x\0.data\0?.data\0float\0tag\0arg:ctx\0y\0";
    private static final int INT_NAME = 1;
    private static final int X = STRINGS.indexOf("x\0");
    private static final int DATA = STRINGS.indexOf(".data\0");
    private static final int QMARK_DATA = STRINGS.indexOf("?.data");
    private static final int FLOAT_NAME = STRINGS.indexOf("float");
    private static final int TAG = STRINGS.indexOf("tag");
    private static final int ARG_CTX = STRINGS.indexOf("arg:ctx");
    private static final int Y = STRINGS.indexOf("y\0");

    /** Type ids of two functions for {@link Feature#ARG_CTX_TAG}: one that calls, one whose argument is tagged. */
    static final int MAIN = 4;

    static final int TAGGED = 5;

    private static final int INT = 1 << 24;
    private static final int PTR = 2 << 24;
    private static final int FUNC = 12 << 24;
    private static final int FUNC_PROTO = 13 << 24;
    private static final int VAR = 14 << 24;
    private static final int DATASEC = 15 << 24;
    private static final int FLOAT = 16 << 24;
    private static final int DECL_TAG = 17 << 24;
    private static final int TYPE_TAG = 18 << 24;
    private static final int ENUM64 = 19 << 24;

    /** Type 1: a signed int. */
    private static final int[] INT_TYPE = {INT_NAME, INT, 4, 1 << 24 | 32};

    private ProbeBtf() {}

    /** The bytes for a feature whose name begins with {@code BTF}. */
    static byte[] of(Feature feature) {
        return switch (feature) {
            case BTF -> encode(INT_TYPE);
            case BTF_FUNC -> encode(INT_TYPE, new int[] {0, FUNC_PROTO | 1, 1, X, 1}, new int[] {X, FUNC, 2});
            case BTF_GLOBAL_FUNC ->
                encode(INT_TYPE, new int[] {0, FUNC_PROTO | 1, 1, X, 1}, new int[] {X, FUNC | 1, 2});
            case BTF_DATASEC -> encode(INT_TYPE, variable(), new int[] {DATA, DATASEC | 1, 4, 2, 0, 4});
            case BTF_QMARK_DATASEC -> encode(INT_TYPE, variable(), new int[] {QMARK_DATA, DATASEC | 1, 4, 2, 0, 4});
            case BTF_FLOAT -> encode(new int[] {FLOAT_NAME, FLOAT, 4});
            case BTF_DECL_TAG -> encode(INT_TYPE, variable(), new int[] {TAG, DECL_TAG, 2, -1});
            case BTF_TYPE_TAG -> encode(INT_TYPE, new int[] {TAG, TYPE_TAG, 1}, new int[] {0, PTR, 2});
            case BTF_ENUM64 -> encode(new int[] {0, ENUM64, 8});
            case BTF_LAYOUT -> withLayout(INT_TYPE);
            case ARG_CTX_TAG ->
                encode(
                        INT_TYPE,
                        new int[] {0, PTR, 0},
                        new int[] {0, FUNC_PROTO | 1, 1, X, 2},
                        new int[] {X, FUNC | 1, 3},
                        new int[] {Y, FUNC | 1, 3},
                        new int[] {ARG_CTX, DECL_TAG, TAGGED, 0});
            default -> throw new IllegalArgumentException(feature + " is not about BTF");
        };
    }

    /** The bytes for all of {@link FeatureProbes#BTF_KINDS} together. */
    static byte[] ofAll() {
        return encode(
                INT_TYPE,
                variable(),
                new int[] {DATA, DATASEC | 1, 4, 2, 0, 4},
                new int[] {QMARK_DATA, DATASEC | 1, 4, 2, 0, 4},
                new int[] {0, FUNC_PROTO | 1, 1, X, 1},
                new int[] {X, FUNC | 1, 5},
                new int[] {FLOAT_NAME, FLOAT, 4},
                new int[] {TAG, DECL_TAG, 2, -1},
                new int[] {TAG, TYPE_TAG, 1},
                new int[] {0, PTR, 9},
                new int[] {0, ENUM64, 8});
    }

    /** Type 2: a static variable of type 1. */
    private static int[] variable() {
        return new int[] {X, VAR, 1, 0};
    }

    private static byte[] encode(int[]... types) {
        int typeBytes = Arrays.stream(types).mapToInt(type -> type.length).sum() * Integer.BYTES;
        byte[] strings = STRINGS.getBytes(US_ASCII);
        ByteBuffer out =
                ByteBuffer.allocate(HEADER_BYTES + typeBytes + strings.length).order(ByteOrder.nativeOrder());
        out.putShort((short) MAGIC).put((byte) 1).put((byte) 0).putInt(HEADER_BYTES);
        out.putInt(0).putInt(typeBytes).putInt(typeBytes).putInt(strings.length);
        for (int[] type : types) {
            Arrays.stream(type).forEach(out::putInt);
        }
        return out.put(strings).array();
    }

    /** Between types and strings stands, for kinds 0 and 1, what a type of that kind and each of its members add. */
    private static byte[] withLayout(int[] intType) {
        int typeBytes = intType.length * Integer.BYTES;
        int[] layout = {0, Integer.BYTES};
        byte[] strings = STRINGS.getBytes(US_ASCII);
        int layoutBytes = layout.length * Integer.BYTES;
        ByteBuffer out = ByteBuffer.allocate(LAYOUT_HEADER_BYTES + typeBytes + layoutBytes + strings.length)
                .order(ByteOrder.nativeOrder());
        out.putShort((short) MAGIC).put((byte) 1).put((byte) 0).putInt(LAYOUT_HEADER_BYTES);
        out.putInt(0).putInt(typeBytes).putInt(typeBytes + layoutBytes).putInt(strings.length);
        out.putInt(typeBytes).putInt(layoutBytes);
        Arrays.stream(intType).forEach(out::putInt);
        for (int kind : layout) {
            out.put((byte) kind).put((byte) 0).putShort((short) 0);
        }
        return out.put(strings).array();
    }
}
