package dev.ebpf4j.plan;

import static dev.ebpf4j.link.TestObjects.object;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ebpf4j.btf.Btf;
import dev.ebpf4j.btf.BtfBuilder;
import dev.ebpf4j.btf.BtfLinkage;
import dev.ebpf4j.btf.BtfType;
import dev.ebpf4j.btf.BtfType.DataSec;
import dev.ebpf4j.btf.BtfType.SecInfo;
import dev.ebpf4j.link.LinkedObject;
import dev.ebpf4j.spec.Bytes;
import dev.ebpf4j.spec.MapSpec;
import dev.ebpf4j.spec.MapType;
import dev.ebpf4j.spec.VariableSpec;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What stands for a type that a kernel lacks is libbpf's table of fallbacks. */
class LoadableBtfTest {
    private static final int INT = 1;

    private static LinkedObject objectOf(Btf btf) {
        return new LinkedObject(object().btf(btf).build(), List.of(), List.of(), List.of());
    }

    /** The type that the kernel gets for {@code type}, which has id 4, behind an int, a prototype and a variable. */
    private static BtfType without(Feature feature, BtfType type) {
        BtfBuilder b = new BtfBuilder(ByteOrder.nativeOrder());
        b.add(new BtfType.Int("int", 4, BtfType.Int.SIGNED, 0, 32)); // 1
        b.add(new BtfType.FuncProto(INT, List.of(new BtfType.Param("a", INT), new BtfType.Param("", INT)))); // 2
        b.add(new BtfType.Var("v", INT, BtfLinkage.GLOBAL)); // 3
        int id = b.add(type);
        Btf loaded = LoadableBtf.of(objectOf(b.build()), new Degradations(KernelFeatures.ALL.without(feature)));
        assertNotNull(loaded);
        return loaded.type(id);
    }

    @Test
    void eachKindThatAKernelLacksBecomesAnOlderOneOfItsSize() {
        assertEquals(new BtfType.Struct("", 8, List.of()), without(Feature.BTF_FLOAT, new BtfType.Float("double", 8)));
        assertEquals(new BtfType.Const(INT), without(Feature.BTF_TYPE_TAG, new BtfType.TypeTag("user", INT, false)));
        assertEquals(
                new BtfType.Int("", 1, 0, 0, 8),
                without(Feature.BTF_DECL_TAG, new BtfType.DeclTag("tag", 3, -1, false)));
        assertEquals(
                new BtfType.Func("f", 2, BtfLinkage.STATIC),
                without(Feature.BTF_GLOBAL_FUNC, new BtfType.Func("f", 2, BtfLinkage.GLOBAL)));
        assertEquals(
                new BtfType.Typedef("f", 2), without(Feature.BTF_FUNC, new BtfType.Func("f", 2, BtfLinkage.STATIC)));
        assertEquals(
                new DataSec("_x", 4, List.of(new SecInfo(3, 0, 4))),
                without(Feature.BTF_QMARK_DATASEC, new DataSec("?x", 4, List.of(new SecInfo(3, 0, 4)))));
        assertEquals(
                new BtfType.Struct("_data_x", 8, List.of(new BtfType.Member("v", 3, 32, 0))),
                without(Feature.BTF_DATASEC, new DataSec(".data.x", 8, List.of(new SecInfo(3, 4, 4)))));
    }

    @Test
    void enumsLoseTheirWidthOrTheirSign() {
        List<BtfType.Enumerator> values = List.of(new BtfType.Enumerator("A", 1L << 40));
        assertEquals(
                new BtfType.Union("e", 8, List.of(new BtfType.Member("A", 5, 0, 0))),
                without(Feature.BTF_ENUM64, new BtfType.Enum64("e", 8, false, values)));
        assertEquals(
                new BtfType.Enum("e", 4, false, List.of(new BtfType.Enumerator("A", 0xffff_ffffL))),
                without(Feature.BTF_ENUM64, new BtfType.Enum("e", 4, true, List.of(new BtfType.Enumerator("A", -1)))));
    }

    @Test
    void prototypesAndVariablesGoWithWhatNeedsThem() {
        BtfBuilder b = new BtfBuilder(ByteOrder.nativeOrder());
        b.add(new BtfType.Int("int", 4, BtfType.Int.SIGNED, 0, 32));
        int proto = b.add(new BtfType.FuncProto(INT, List.of(new BtfType.Param("a", INT), new BtfType.Param("", INT))));
        int var = b.add(new BtfType.Var("v", INT, BtfLinkage.GLOBAL));
        b.add(new DataSec(".data", 4, List.of(new SecInfo(var, 0, 4))));
        Btf loaded = LoadableBtf.of(
                objectOf(b.build()),
                new Degradations(KernelFeatures.ALL.without(Feature.BTF_FUNC, Feature.BTF_DATASEC)));
        assertNotNull(loaded);
        assertEquals(
                new BtfType.Enum(
                        "", 4, false, List.of(new BtfType.Enumerator("a", INT), new BtfType.Enumerator("param1", INT))),
                loaded.type(proto));
        assertEquals(new BtfType.Int("v", 1, 0, 0, 8), loaded.type(var));
    }

    /** A header of 32 bytes, an int, and between types and strings the layout of kinds 0 and 1. */
    @Test
    void theDescriptionOfTheLayoutIsLeftOutWhereItIsNotKnown() {
        byte[] strings = "\0int\0".getBytes(StandardCharsets.US_ASCII);
        ByteBuffer bytes = ByteBuffer.allocate(32 + 16 + 8 + strings.length).order(ByteOrder.nativeOrder());
        bytes.putShort((short) 0xeb9f).put((byte) 1).put((byte) 0).putInt(32);
        bytes.putInt(0).putInt(16).putInt(24).putInt(strings.length).putInt(16).putInt(8);
        bytes.putInt(1).putInt(1 << 24).putInt(4).putInt(1 << 24 | 32);
        bytes.putInt(0).putInt(4).put(strings);
        Btf btf = Btf.parse(bytes.array());
        assertTrue(btf.hasLayout());
        Degradations old = new Degradations(KernelFeatures.ALL.without(Feature.BTF_LAYOUT));
        Btf loaded = LoadableBtf.of(objectOf(btf), old);
        assertNotNull(loaded);
        assertFalse(loaded.hasLayout());
        assertEquals(btf.type(INT), Btf.parse(loaded.toBytes()).type(INT));
        assertEquals(List.of("this kernel lacks BTF layout sections (Linux 7.1): it is left out"), old.notes());
        Btf same = LoadableBtf.of(objectOf(btf), new Degradations(KernelFeatures.ALL));
        assertNotNull(same);
        assertTrue(same.hasLayout());
    }

    @Test
    void aKernelWithoutBtfGetsNone() {
        Btf btf = new BtfBuilder(ByteOrder.nativeOrder()).build();
        assertNull(LoadableBtf.of(objectOf(btf), new Degradations(KernelFeatures.ALL.without(Feature.BTF))));
        assertNull(LoadableBtf.of(
                new LinkedObject(object().build(), List.of(), List.of(), List.of()),
                new Degradations(KernelFeatures.ALL)));
    }

    @Test
    void typesThatAreNotThereAskForNothing() {
        BtfBuilder b = new BtfBuilder(ByteOrder.nativeOrder());
        b.add(new BtfType.Int("int", 4, BtfType.Int.SIGNED, 0, 32));
        Set<Feature> asked = EnumSet.noneOf(Feature.class);
        LoadableBtf.of(objectOf(b.build()), new Degradations(feature -> {
            asked.add(feature);
            return KernelFeatures.Support.SUPPORTED;
        }));
        assertEquals(Set.of(Feature.BTF), asked);
    }

    @Test
    void configurationValuesAndResizedDataFindTheirPlaces() {
        BtfBuilder b = new BtfBuilder(ByteOrder.nativeOrder());
        b.add(new BtfType.Int("int", 4, BtfType.Int.SIGNED, 0, 32));
        int first = b.add(new BtfType.Var("CONFIG_A", INT, BtfLinkage.EXTERN));
        int second = b.add(new BtfType.Var("CONFIG_B", INT, BtfLinkage.EXTERN));
        int hidden = b.add(new BtfType.Var("CONFIG_A", INT, BtfLinkage.STATIC));
        int section = b.add(new DataSec(
                ".kconfig",
                0,
                List.of(new SecInfo(first, 0, 4), new SecInfo(second, 0, 4), new SecInfo(hidden, 8, 4))));
        MapSpec map = MapSpec.builder(".kconfig", MapType.ARRAY)
                .contents(Bytes.zeros(12))
                .build();
        LinkedObject object = new LinkedObject(
                object().btf(b.build()).build(),
                List.of(map),
                List.of(
                        new VariableSpec("CONFIG_B", ".kconfig", 0, 4, INT),
                        new VariableSpec("CONFIG_A", ".kconfig", 4, 4, INT)),
                List.of());
        Btf loaded = LoadableBtf.of(object, new Degradations(KernelFeatures.ALL));
        assertNotNull(loaded);
        assertEquals(
                new DataSec(
                        ".kconfig",
                        12,
                        List.of(new SecInfo(second, 0, 4), new SecInfo(first, 4, 4), new SecInfo(hidden, 8, 4))),
                loaded.type(section));
        assertEquals(new BtfType.Var("CONFIG_A", INT, BtfLinkage.GLOBAL), loaded.type(first));
        assertEquals(BtfLinkage.STATIC, ((BtfType.Var) loaded.type(hidden)).linkage());
    }

    @Test
    void kernelSymbolsBecomeIntsAndKernelFunctionsGlobalOnes() {
        BtfBuilder b = new BtfBuilder(ByteOrder.nativeOrder());
        b.add(new BtfType.Struct("rq", 8, List.of()));
        int proto = b.add(new BtfType.FuncProto(0, List.of(new BtfType.Param("", INT))));
        int function = b.add(new BtfType.Func("kfunc", proto, BtfLinkage.EXTERN));
        int variable = b.add(new BtfType.Var("runqueues", 1, BtfLinkage.EXTERN));
        int section =
                b.add(new DataSec(".ksyms", 0, List.of(new SecInfo(function, 0, 0), new SecInfo(variable, 0, 8))));
        int next = b.nextId();
        Btf loaded = LoadableBtf.of(objectOf(b.build()), new Degradations(KernelFeatures.ALL));
        assertNotNull(loaded);
        int standIn = loaded.find("dummy_ksym", BtfType.Var.class).orElse(0);
        assertEquals(
                new DataSec(".ksyms", 8, List.of(new SecInfo(standIn, 0, 4), new SecInfo(variable, 4, 4))),
                loaded.type(section));
        assertEquals(new BtfType.Var("runqueues", next, BtfLinkage.GLOBAL), loaded.type(variable));
        assertEquals(new BtfType.Func("kfunc", proto, BtfLinkage.GLOBAL), loaded.type(function));
        assertEquals(new BtfType.FuncProto(0, List.of(new BtfType.Param("dummy_ksym", INT))), loaded.type(proto));
    }
}
