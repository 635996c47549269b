package dev.ebpf4j.link;

import static dev.ebpf4j.link.TestObjects.CALL;
import static dev.ebpf4j.link.TestObjects.EXIT;
import static dev.ebpf4j.link.TestObjects.MOV;
import static dev.ebpf4j.link.TestObjects.id;
import static dev.ebpf4j.link.TestObjects.noKernel;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ebpf4j.btf.Btf;
import dev.ebpf4j.btf.BtfBuilder;
import dev.ebpf4j.btf.BtfLinkage;
import dev.ebpf4j.btf.BtfType;
import dev.ebpf4j.insn.Code;
import dev.ebpf4j.spec.FunctionSpec;
import dev.ebpf4j.spec.FunctionSpec.Linkage;
import dev.ebpf4j.spec.ObjectSpec;
import dev.ebpf4j.spec.ProgramSpec;
import dev.ebpf4j.spec.Reloc;
import java.nio.ByteOrder;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Functions that run when a program throws: named by a tag, called by nobody. */
class ExceptionCallbacksTest {
    private static final int ENTRY = 2;
    private static final int CALLBACK = 3;
    private static final int HELPER = 4;

    private static Btf btf(String... tags) {
        BtfBuilder b = new BtfBuilder(ByteOrder.nativeOrder());
        b.add(new BtfType.FuncProto(0, List.of()));
        b.add(new BtfType.Func("main", 1, BtfLinkage.GLOBAL));
        b.add(new BtfType.Func("callback", 1, BtfLinkage.GLOBAL));
        b.add(new BtfType.Func("helper", 1, BtfLinkage.STATIC));
        for (String tag : tags) {
            b.add(new BtfType.DeclTag(tag, ENTRY, -1, false));
        }
        return b.build();
    }

    private static FunctionSpec function(String name, Linkage linkage, int typeId, Code code, Reloc... relocs) {
        return new FunctionSpec(id(name), name, linkage, code, List.of(relocs), typeId, List.of());
    }

    private static ObjectSpec object(Btf btf, Linkage callback, FunctionSpec entry) {
        return TestObjects.object(ProgramSpec.of("main", "tc", entry))
                .subprograms(List.of(
                        function("helper", Linkage.STATIC, HELPER, Code.of(MOV, MOV, EXIT)),
                        function(
                                "callback",
                                callback,
                                CALLBACK,
                                Code.of(CALL, EXIT),
                                new Reloc.SubprogCall(0, id("helper")))))
                .btf(btf)
                .build();
    }

    private static final FunctionSpec ALONE = function("main", Linkage.GLOBAL, ENTRY, Code.of(MOV, EXIT));

    private static LinkedProgram link(ObjectSpec spec) {
        return ObjectLinker.link(spec, noKernel()).programs().getFirst();
    }

    private static List<Integer> starts(LinkedProgram program) {
        return program.functions().stream()
                .map(LinkedProgram.FunctionStart::slot)
                .toList();
    }

    @Test
    void theCallbackComesLastAndBringsItsOwnCallees() {
        LinkedProgram linked = link(object(btf("exception_callback:callback"), Linkage.GLOBAL, ALONE));
        assertEquals(List.of(0, 2, 4), starts(linked), "main, callback, helper");
        assertEquals(1, TestObjects.imm(linked, 2), "callback calls helper at 4");
        assertEquals(2, link(object(btf(), Linkage.GLOBAL, ALONE)).code().size(), "no tag, no callback");
    }

    @Test
    void aCallbackThatIsCalledTooStandsOnce() {
        FunctionSpec caller =
                function("main", Linkage.GLOBAL, ENTRY, Code.of(CALL, EXIT), new Reloc.SubprogCall(0, id("callback")));
        LinkedProgram linked = link(object(btf("exception_callback:callback"), Linkage.GLOBAL, caller));
        assertEquals(List.of(0, 2, 4), starts(linked));
    }

    @Test
    void severalCallbacksAreLeftToTheVerifier() {
        Btf two = btf("exception_callback:callback", "exception_callback:helper");
        assertEquals(2, link(object(two, Linkage.GLOBAL, ALONE)).code().size());
    }

    @Test
    void aCallbackMustBeThereAndGlobal() {
        String missing = refused(object(btf("exception_callback:calback"), Linkage.GLOBAL, ALONE));
        assertEquals(
                "program 'main' names 'calback' as its exception callback, which the object has not; close names:"
                        + " callback",
                missing);
        String hidden = refused(object(btf("exception_callback:callback"), Linkage.STATIC, ALONE));
        assertTrue(hidden.endsWith("which is static or hidden; it has to be a global function"), hidden);
    }

    private static String refused(ObjectSpec spec) {
        return assertThrows(LinkException.class, () -> link(spec)).getMessage();
    }
}
