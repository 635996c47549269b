package dev.ebpf4j.link;

import static dev.ebpf4j.link.TestObjects.CALL;
import static dev.ebpf4j.link.TestObjects.EXIT;
import static dev.ebpf4j.link.TestObjects.MOV;
import static dev.ebpf4j.link.TestObjects.WIDE;
import static dev.ebpf4j.link.TestObjects.WIDE_END;
import static dev.ebpf4j.link.TestObjects.function;
import static dev.ebpf4j.link.TestObjects.id;
import static dev.ebpf4j.link.TestObjects.noKernel;
import static dev.ebpf4j.link.TestObjects.object;
import static dev.ebpf4j.link.TestObjects.tracepoint;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ebpf4j.btf.Btf;
import dev.ebpf4j.btf.BtfBuilder;
import dev.ebpf4j.btf.BtfLinkage;
import dev.ebpf4j.btf.BtfType;
import dev.ebpf4j.btf.CoReKind;
import dev.ebpf4j.btf.CoReRelo;
import dev.ebpf4j.insn.Code;
import dev.ebpf4j.spec.Bytes;
import dev.ebpf4j.spec.ExternSpec;
import dev.ebpf4j.spec.ObjectSpec;
import dev.ebpf4j.spec.ProgramSpec;
import dev.ebpf4j.spec.Reloc;
import java.nio.ByteOrder;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Where libbpf goes wrong about linking, one test for each. */
class LinkTrapsTest {
    private static final ExternSpec MISSING = new ExternSpec("gone", ExternSpec.Kind.KSYM, false, 0, 0);

    @Test
    @DisplayName("trap 11: what only a program that is not loaded needs may be missing")
    void programsThatAreNotLoadedNeedNothing() {
        CoReRelo impossible = new CoReRelo(0, 1, "0:0", CoReKind.FIELD_BYTE_OFFSET);
        ProgramSpec good = tracepoint(function("good", Code.of(MOV, EXIT)));
        ProgramSpec off = tracepoint(function(
                        "off",
                        Code.of(WIDE, WIDE_END, CALL, EXIT),
                        new Reloc.Ksym(0, "gone"),
                        new Reloc.SubprogCall(2, id("sub"))))
                .withAutoload(false);
        ObjectSpec spec = object(good, off)
                .externs(List.of(MISSING))
                .subprograms(List.of(function("sub", Code.of(MOV, EXIT), new Reloc.CoRe(0, impossible))))
                .build();
        assertEquals(
                List.of("good"),
                ObjectLinker.link(spec, noKernel()).programs().stream()
                        .map(LinkedProgram::name)
                        .toList());
        ObjectSpec on = spec.withProgram("off", program -> program.withAutoload(true));
        assertThrows(LinkException.class, () -> ObjectLinker.link(on, noKernel()));
    }

    private static Btf numberAndSection() {
        BtfBuilder b = new BtfBuilder(ByteOrder.nativeOrder());
        b.add(new BtfType.Int("int", 4, BtfType.Int.SIGNED, 0, 32));
        b.add(new BtfType.Var("LINUX_FOO", 1, BtfLinkage.EXTERN));
        b.add(new BtfType.DataSec(".kconfig", 4, List.of(new BtfType.SecInfo(2, 0, 4))));
        return b.build();
    }

    private static LinkedObject linkFoo(boolean weak) {
        ExternSpec foo = new ExternSpec("LINUX_FOO", ExternSpec.Kind.KCONFIG, weak, 1, 4);
        ProgramSpec program =
                tracepoint(function("main", Code.of(WIDE, WIDE_END, EXIT), new Reloc.Kconfig(0, "LINUX_FOO")));
        return ObjectLinker.link(
                object(program).externs(List.of(foo)).btf(numberAndSection()).build(), noKernel());
    }

    @Test
    @DisplayName("trap 36: a LINUX_ value that nobody knows must be weak, and is 0 then")
    void unknownLinuxValues() {
        assertEquals(Bytes.zeros(4), linkFoo(true).maps().getFirst().contents());
        String message = assertThrows(LinkException.class, () -> linkFoo(false)).getMessage();
        assertTrue(message.contains("LINUX_FOO"), message);
    }
}
