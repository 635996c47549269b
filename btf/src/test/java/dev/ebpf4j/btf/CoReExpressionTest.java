package dev.ebpf4j.btf;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.ByteOrder;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The C of relocations; the macros are those of libbpf's {@code bpf_core_read.h}. */
class CoReExpressionTest {
    private static final int STRUCT = 3;
    private static final int ENUM = 5;

    private static Btf btf() {
        BtfBuilder builder = new BtfBuilder(ByteOrder.LITTLE_ENDIAN);
        builder.add(new BtfType.Int("int", 4, BtfType.Int.SIGNED, 0, 32));
        builder.add(new BtfType.Array(1, 1, 4));
        builder.add(new BtfType.Struct(
                "s", 32, List.of(new BtfType.Member("a", 1, 0, 0), new BtfType.Member("", 4, 32, 0))));
        builder.add(new BtfType.Union("", 16, List.of(new BtfType.Member("b", 2, 0, 0))));
        builder.add(new BtfType.Enum(
                "e", 4, false, List.of(new BtfType.Enumerator("X", 0), new BtfType.Enumerator("Y", 7))));
        return builder.build();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        FIELD_BYTE_OFFSET | 0:0     | bpf_core_field_offset(struct s, a)
        FIELD_BYTE_OFFSET | 0:1:0:2 | bpf_core_field_offset(struct s, b[2])
        FIELD_BYTE_OFFSET | 1:0     | __builtin_preserve_field_info(((struct s *)0)[1].a, BPF_FIELD_BYTE_OFFSET)
        FIELD_BYTE_SIZE   | 0:1:0   | bpf_core_field_size(struct s, b)
        FIELD_BYTE_SIZE   | 0       | __builtin_preserve_field_info(((struct s *)0)[0], BPF_FIELD_BYTE_SIZE)
        FIELD_EXISTS      | 0:0     | bpf_core_field_exists(struct s, a)
        FIELD_SIGNED      | 0:0     | __builtin_preserve_field_info(((struct s *)0)->a, BPF_FIELD_SIGNED)
        FIELD_LSHIFT_U64  | 0:0     | __builtin_preserve_field_info(((struct s *)0)->a, BPF_FIELD_LSHIFT_U64)
        FIELD_RSHIFT_U64  | 0:0     | __builtin_preserve_field_info(((struct s *)0)->a, BPF_FIELD_RSHIFT_U64)
        TYPE_ID_LOCAL     | 0       | bpf_core_type_id_local(struct s)
        TYPE_ID_TARGET    | 0       | bpf_core_type_id_kernel(struct s)
        TYPE_EXISTS       | 0       | bpf_core_type_exists(struct s)
        TYPE_SIZE         | 0       | bpf_core_type_size(struct s)
        TYPE_MATCHES      | 0       | bpf_core_type_matches(struct s)
        """)
    void aboutFieldsAndTypes(CoReKind kind, String access, String expression) {
        assertEquals(expression, new CoReRelo(0, STRUCT, access, kind).expression(btf()));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        ENUMVAL_EXISTS | 0 | bpf_core_enum_value_exists(enum e, X)
        ENUMVAL_VALUE  | 1 | bpf_core_enum_value(enum e, Y)
        """)
    void aboutEnumerators(CoReKind kind, String access, String expression) {
        assertEquals(expression, new CoReRelo(0, ENUM, access, kind).expression(btf()));
    }

    @Test
    void pathThatLeadsNowhereIsRefused() {
        CoReRelo relo = new CoReRelo(0, STRUCT, "0:7", CoReKind.FIELD_EXISTS);
        assertThrows(BtfFormatException.class, () -> relo.expression(btf()));
    }
}
