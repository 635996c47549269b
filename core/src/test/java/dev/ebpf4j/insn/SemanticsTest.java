package dev.ebpf4j.insn;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.ByteOrder;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What the operation enums compute, against the results that the conformance suite demands. */
class SemanticsTest {
    static List<Conformance.Program> programs() {
        // callx jumps to an address that only a loader could know; no kernel takes it either.
        return Conformance.programs().stream()
                .filter(program -> !program.name().equals("callx.data"))
                .toList();
    }

    @Test
    void onlyOneProgramIsLeftOut() {
        assertEquals(312, programs().size());
    }

    @ParameterizedTest
    @MethodSource("programs")
    void conformanceProgramsGiveTheirResult(Conformance.Program program) {
        byte[] input = HexFormat.of().parseHex(program.memoryHex());
        assertEquals(program.result(), new OneStepMachine(program.code(), input).run());
    }

    /** RFC 9669 section 4.1 on what the hardware would trap or leave open. */
    @ParameterizedTest
    @CsvSource({
        "DIV, true, 7, 0, 0",
        "SDIV, true, 7, 0, 0",
        "MOD, true, 7, 0, 7",
        "SMOD, true, -7, 0, -7",
        "MOD, false, 0x500000007, 0, 7",
        "SDIV, true, -9223372036854775808, -1, -9223372036854775808",
        "SMOD, true, -9223372036854775808, -1, 0",
        "SDIV, false, 0x80000000, -1, 0x80000000",
        "SMOD, false, 0x80000000, -1, 0",
        "SDIV, true, -13, 4, -3",
        "SMOD, true, -13, 4, -1",
        "LSH, true, 1, 65, 2",
        "LSH, false, 1, 33, 2",
        "ARSH, false, 0x80000000, 31, 0xffffffff",
        "MOV, false, 0, -1, 0xffffffff",
        "MOVSX8, false, 0, 0x80, 0xffffff80",
        "MOVSX32, true, 0, 0x80000000, -2147483648"
    })
    void theCornersOfArithmetic(AluOp op, boolean wide, String dst, String src, String result) {
        assertEquals(Long.decode(result), op.apply(wide, Long.decode(dst), Long.decode(src)));
    }

    @Test
    void bytesAreSwappedByTheMachinesOrder() {
        long value = 0x1122334455667788L;
        for (Insn.Endian.Order order : Insn.Endian.Order.values()) {
            long little = order.apply(Size.W, value, ByteOrder.LITTLE_ENDIAN);
            long big = order.apply(Size.W, value, ByteOrder.BIG_ENDIAN);
            assertEquals(order == Insn.Endian.Order.LE ? 0x55667788L : 0x88776655L, little);
            assertEquals(order == Insn.Endian.Order.BE ? 0x55667788L : 0x88776655L, big);
        }
    }
}
