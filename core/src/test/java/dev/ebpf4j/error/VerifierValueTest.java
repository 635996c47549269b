package dev.ebpf4j.error;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ebpf4j.error.VerifierValue.Bits;
import dev.ebpf4j.error.VerifierValue.Other;
import dev.ebpf4j.error.VerifierValue.Pointer;
import dev.ebpf4j.error.VerifierValue.Range;
import dev.ebpf4j.error.VerifierValue.Scalar;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Values as kernels from 4.9 to 7.3 print them: {@code print_reg_state} in {@code kernel/bpf/log.c} and its ancestors. */
class VerifierValueTest {
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        7          | 7    | false
        P7         | 7    | true
        inv7       | 7    | false
        invP-5     | -5   | true
        0xffff0000 | 4294901760 | false
        P0xffffffffffffffff | -1 | true
        """)
    void constantsOfAllAges(String text, long value, boolean precise) {
        Scalar scalar = assertInstanceOf(Scalar.class, VerifierValue.parse(text));
        assertTrue(scalar.isConstant());
        assertEquals(new Range(value, value), scalar.signed());
        assertEquals(precise, scalar.precise());
    }

    @Test
    void rangesShareTheirNumbers() {
        Scalar scalar = assertInstanceOf(
                Scalar.class,
                VerifierValue.parse("scalar(id=3,smin=smin32=-2,smax=umax=smax32=umax32=255,var_off=(0x0; 0xff))"));
        assertEquals(3, scalar.id());
        assertEquals(new Range(-2, 255), scalar.signed());
        assertEquals(new Range(0, 255), scalar.unsigned());
        assertEquals(new Bits(0, 0xff), scalar.bits());
    }

    @Test
    void oldKernelsWriteTheNamesOut() {
        Scalar scalar = assertInstanceOf(
                Scalar.class,
                VerifierValue.parse("invP(id=2,smin_value=-1,umax_value=18446744073709551615,var_off=(0x2; 0xfc))"));
        assertTrue(scalar.precise());
        assertEquals(new Range(-1, Long.MAX_VALUE), scalar.signed());
        assertEquals(new Range(0, -1), scalar.unsigned());
        assertEquals(new Bits(2, 0xfc), scalar.bits());
        Scalar unknown = assertInstanceOf(Scalar.class, VerifierValue.parse("scalar()"));
        assertEquals(new Scalar("scalar()", 0, Range.SIGNED, Range.UNSIGNED, new Bits(0, -1), false), unknown);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        ctx()                                        | ctx                | false | 0 | 0 | 0
        ctx(id=0,off=0,imm=0)                        | ctx                | false | 0 | 0 | 0
        fp0                                          | fp                 | false | 0 | 0 | 0
        fp-16                                        | fp                 | false | 0 | 0 | -16
        map_value_or_null(id=1,map=counts,ks=4,vs=8) | map_value          | true  | 1 | 0 | 0
        map_value(map=m,ks=4,vs=8,off=4)             | map_value          | false | 0 | 0 | 4
        ptr_or_null_task_struct(id=2,ref_obj_id=2)   | ptr_task_struct    | true  | 2 | 2 | 0
        trusted_ptr_sk_buff()                        | trusted_ptr_sk_buff | false | 0 | 0 | 0
        rcu_ptr_or_null_bpf_cpumask(id=1)            | rcu_ptr_bpf_cpumask | true | 1 | 0 | 0
        pkt(off=14,r=34)                             | pkt                | false | 0 | 0 | 14
        ringbuf_mem(ref_obj_id=2,sz=16)              | ringbuf_mem        | false | 0 | 2 | 0
        """)
    void pointersOfAllKinds(String text, String type, boolean nullable, int id, int reference, long offset) {
        assertEquals(new Pointer(text, type, nullable, id, reference, offset, Range.ZERO), VerifierValue.parse(text));
    }

    @Test
    void aPointerWithAnUnknownPartHasARange() {
        Pointer pointer = assertInstanceOf(
                Pointer.class,
                VerifierValue.parse("map_value(map=m,ks=4,vs=64,smin=0,smax=umax=60,var_off=(0x0; 0x3c))"));
        assertEquals(new Range(0, 60), pointer.variable());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "mmmm????",
                "2,3",
                "iter_num(ref_id=1,state=active,depth=0)",
                "dynptr_ringbuf(ref_id=1)",
                "fpx",
                "(",
                "P",
                "inv",
                "0x",
                "-",
                "scalar(",
                "a=b=(",
                "map_value(((",
                "99999999999999999999999",
                "?"
            })
    void whatIsNotUnderstoodStaysText(String text) {
        VerifierValue value = VerifierValue.parse(text);
        assertEquals(text, value.text());
    }

    @Test
    void otherThingsAreOther() {
        assertInstanceOf(Other.class, VerifierValue.parse("mmmm????"));
        assertInstanceOf(Other.class, VerifierValue.parse("iter_num(ref_id=1,state=active,depth=0)"));
    }

    @Test
    void anyTextParses() {
        Random random = new Random(63);
        String alphabet = "()=,;-_0x19fPinvscalrptumo <?";
        for (int round = 0; round < 200_000; round++) {
            StringBuilder text = new StringBuilder();
            for (int length = random.nextInt(40); length > 0; length--) {
                text.append(alphabet.charAt(random.nextInt(alphabet.length())));
            }
            assertDoesNotThrow(() -> VerifierValue.parse(text.toString()), text::toString);
        }
    }

    @Test
    void theLastStateOfALogIsTyped() {
        Map<String, VerifierValue> values =
                VerifierLog.parse(VerifierLogTest.fixture("nullcheck-6.18")).lastValues();
        Pointer value = assertInstanceOf(Pointer.class, values.get("R0"));
        assertTrue(value.nullable());
        assertEquals("map_value", value.type());
        assertInstanceOf(Other.class, values.get("fp-8"));
    }
}
