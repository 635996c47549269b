package dev.ebpf4j.btf;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ebpf4j.btf.BtfType.Enumerator;
import dev.ebpf4j.btf.BtfType.Member;
import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/**
 * The same answers from less. With the BTF cut down for all of 592 real objects (11,493 relocations, 1.1 % of vmlinux)
 * libbpf relocates their 6,301 programs as with the whole one, but for ids of kernel types.
 */
class MinCoreBtfTest {
    private static Member at(String name, int typeId, int bytes) {
        return new Member(name, typeId, 8 * bytes, 0);
    }

    /** Ids 1 to 13, 14 being what is asked about. */
    private static BtfBuilder kernel() {
        BtfBuilder b = new BtfBuilder(ByteOrder.LITTLE_ENDIAN);
        b.add(new BtfType.Int("int", 4, BtfType.Int.SIGNED, 0, 32));
        b.add(new BtfType.Ptr(14));
        b.add(new BtfType.TypeTag("rcu", 14, false));
        b.add(new BtfType.Ptr(3));
        b.add(new BtfType.Fwd("elsewhere", false));
        b.add(new BtfType.Ptr(5));
        b.add(new BtfType.Struct("", 8, List.of(at("inner", 1, 0), at("other", 1, 4))));
        b.add(new BtfType.Array(1, 1, 0));
        b.add(new BtfType.Enum("e", 4, false, List.of(new Enumerator("A", 1), new Enumerator("B", 2))));
        b.add(new BtfType.Struct("unused", 4, List.of(at("x", 1, 0))));
        b.add(new BtfType.Func("f", 12, BtfLinkage.STATIC));
        b.add(new BtfType.FuncProto(0, List.of()));
        b.add(new BtfType.DeclTag("tag", 14, 1, false));
        b.add(new BtfType.Struct(
                "s",
                64,
                List.of(
                        at("next", 2, 0),
                        at("tagged", 4, 8),
                        at("away", 6, 16),
                        at("", 7, 24),
                        at("middle", 8, 32),
                        new Member("bits", 1, 8 * 32, 3),
                        at("skipped", 10, 36),
                        at("last", 1, 40))));
        return b;
    }

    private static Btf min(Btf target, CoReRelo... relos) {
        return new MinCoreBtf(target).add(target, List.of(relos)).build();
    }

    private static CoReRelo offset(String access) {
        return new CoReRelo(0, 14, access, CoReKind.FIELD_BYTE_OFFSET);
    }

    @Test
    void onlyTheMembersOnThePathAreLeft() {
        Btf target = kernel().build();
        Btf cut = min(target, offset("0:3:0"), offset("0:5"));
        assertEquals(
                List.of(
                        new BtfType.Int("int", 4, BtfType.Int.SIGNED, 0, 32),
                        new BtfType.Struct("", 8, List.of(at("inner", 1, 0))),
                        new BtfType.Struct("s", 64, List.of(at("", 2, 24), new Member("bits", 1, 8 * 32, 3)))),
                BtfBuilderTest.types(cut));
    }

    /** libbpf's tool refuses all of these. */
    @Test
    void trap38TypeTagsDeclTagsAndForwardDeclarationsAreNoObstacle() {
        Btf target = kernel().build();
        Btf cut = min(target, offset("0:0"), offset("0:1"), offset("0:2"));
        assertEquals(
                List.of("PTR", "TYPE_TAG rcu", "PTR", "FWD elsewhere", "PTR", "STRUCT s"),
                IntStream.range(1, cut.typeCount())
                        .mapToObj(id -> (cut.kind(id) + " " + cut.name(id)).strip())
                        .toList());
    }

    /** An array without a length is a flexible one only in last place. */
    @Test
    void anEmptyArrayInTheMiddleStaysThere() {
        Btf target = kernel().build();
        Btf cut = min(target, offset("0:4"));
        BtfType.Struct s =
                (BtfType.Struct) cut.type(cut.find("s", BtfType.Struct.class).orElseThrow());
        assertEquals(
                List.of("middle", "last"),
                s.members().stream().map(Member::name).toList());
    }

    @Test
    void enumsStayWhole() {
        Btf target = kernel().build();
        Btf cut = min(target, new CoReRelo(0, 9, "1", CoReKind.ENUMVAL_VALUE));
        assertEquals(List.of(target.type(9)), BtfBuilderTest.types(cut));
    }

    /** Whatever is asked of the kernel's own types. */
    @Test
    void theAnswersAreThoseOfTheWholeKernel() throws IOException {
        Path vmlinux = Path.of("/sys/kernel/btf/vmlinux");
        assumeTrue(Files.isReadable(vmlinux), "no readable " + vmlinux + " on this machine");
        Btf kernel = Btf.parse(Files.readAllBytes(vmlinux));
        List<CoReRelo> relos = randomRelocations(kernel, new Random(3));
        Btf cut = min(kernel, relos.toArray(CoReRelo[]::new));
        CoReResolver whole = new CoReResolver(kernel, List.of(kernel));
        CoReResolver part = new CoReResolver(kernel, List.of(cut));
        for (CoReRelo relo : relos) {
            assertEquals(answer(whole.resolve(relo)), answer(part.resolve(relo)), relo::toString);
        }
        assertTrue(cut.toBytes().length < kernel.toBytes().length / 20, cut.toBytes().length + " bytes");
    }

    /** All but the ids of candidates, which are others there. */
    private static String answer(CoReFixup fixup) {
        return switch (fixup) {
            case CoReFixup.Value value -> value.toString();
            case CoReFixup.Poison poison -> "poison " + poison.reason().subject();
            case CoReFixup.Refused refused -> "refused " + refused.reason().problem();
        };
    }

    private static List<CoReRelo> randomRelocations(Btf kernel, Random random) {
        List<CoReRelo> relos = new ArrayList<>();
        while (relos.size() < 400) {
            int id = 1 + random.nextInt(kernel.typeCount() - 1);
            if (kernel.name(id).isEmpty()) {
                continue;
            }
            CoReKind kind = List.of(CoReKind.values()).get(random.nextInt(CoReKind.values().length));
            if (kernel.type(id) instanceof BtfType.Enumeration type && kind.isEnumValue()) {
                relos.add(new CoReRelo(
                        0, id, "" + random.nextInt(type.enumerators().size()), kind));
            } else if (kernel.type(id) instanceof BtfType.Composite type
                    && !type.members().isEmpty()) {
                int member = random.nextInt(type.members().size());
                if (kind.isField()) {
                    relos.add(new CoReRelo(0, id, "0:" + member, kind));
                } else if (kind.isType() && kind != CoReKind.TYPE_ID_TARGET && kind != CoReKind.TYPE_ID_LOCAL) {
                    relos.add(new CoReRelo(0, id, "0", kind));
                }
            }
        }
        return relos;
    }
}
