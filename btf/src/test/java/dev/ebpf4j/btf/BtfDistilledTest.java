package dev.ebpf4j.btf;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.ebpf4j.btf.BtfType.Enumerator;
import dev.ebpf4j.btf.BtfType.Member;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * A module's types, made independent of the kernel that they were built with. Of split BTF of 3 and of 40 objects on
 * vmlinux, base, split and relocated BTF were the same as libbpf 1.7's, type by type.
 */
class BtfDistilledTest {
    private static final BtfType.Int INT = new BtfType.Int("int", 4, BtfType.Int.SIGNED, 0, 32);

    private static Btf btf(BtfType... types) {
        BtfBuilder builder = new BtfBuilder(ByteOrder.LITTLE_ENDIAN);
        List.of(types).forEach(builder::add);
        return builder.build();
    }

    private static BtfType.Struct struct(String name, int size, Member... members) {
        return new BtfType.Struct(name, size, List.of(members));
    }

    private static Member at(String name, int typeId, int bytes) {
        return new Member(name, typeId, 8 * bytes, 0);
    }

    private static List<BtfType> own(Btf btf) {
        List<BtfType> types = new ArrayList<>();
        for (int id = btf.firstOwnId(); id < btf.typeCount(); id++) {
            types.add(btf.type(id));
        }
        return types;
    }

    private static final BtfType E64 = new BtfType.Enum64("e", 8, false, List.of(new Enumerator("A", 1L << 40)));

    private static final Btf KERNEL = btf(
            INT,
            struct("unused", 4, at("a", 1, 0)),
            struct("inner", 4, at("a", 1, 0)),
            struct("behind", 8, at("p", 5, 0)),
            new BtfType.Ptr(4),
            new BtfType.Typedef("number", 1),
            E64);

    private static Btf module() {
        BtfBuilder builder = BtfBuilder.split(KERNEL);
        builder.add(struct("mine", 24, at("in", 3, 0), at("p", 5, 8), at("n", 6, 16)));
        builder.add(new BtfType.Const(7));
        return builder.build();
    }

    @Test
    void theDistilledBaseHasNamesAndSizesOnly() {
        Btf distilled = module().distilled();
        assertEquals(
                List.of(INT, struct("inner", 4), struct("behind", 8), new BtfType.Enum("e", 8, false, List.of())),
                own(distilled.base() == null ? KERNEL : distilled.base()));
        assertEquals(
                List.of(
                        struct("mine", 24, at("in", 2, 0), at("p", 7, 8), at("n", 8, 16)),
                        new BtfType.Const(4),
                        new BtfType.Ptr(3),
                        new BtfType.Typedef("number", 1)),
                own(distilled));
    }

    @Test
    void itFindsItsPlaceOnAnotherKernel() {
        Btf other = btf(E64, struct("more", 4), struct("behind", 80), struct("inner", 4, at("a", 5, 0)), INT);
        Btf relocated = module().distilled().relocatedTo(other);
        assertEquals(
                List.of(
                        struct("mine", 24, at("in", 4, 0), at("p", 8, 8), at("n", 9, 16)),
                        new BtfType.Const(1),
                        new BtfType.Ptr(3),
                        new BtfType.Typedef("number", 5)),
                own(relocated));
        assertEquals(other, relocated.base());
    }

    private static String refusal(BtfType... kernel) {
        Btf distilled = module().distilled();
        Btf other = btf(kernel);
        return String.valueOf(assertThrows(BtfFormatException.class, () -> distilled.relocatedTo(other))
                .getMessage());
    }

    @Test
    void whatIsEmbeddedMustHaveItsSize() {
        assertEquals(
                "BTF base: found nothing that is struct inner of 4 bytes, expected one such type",
                refusal(INT, struct("inner", 8), struct("behind", 8), E64));
    }

    @Test
    void whatIsMissingOrAmbiguousIsNamed() {
        assertEquals(
                "BTF base: found nothing that is struct behind of 8 bytes, expected one such type",
                refusal(INT, struct("inner", 4), E64));
        assertEquals(
                "BTF base: found struct behind of 8 bytes with the ids [3, 4], expected one such type",
                refusal(INT, struct("inner", 4), struct("behind", 8), struct("behind", 8), E64));
    }

    /** Of several structs of one name the size tells which. */
    @Test
    void theSizeTellsTwinsApart() {
        Btf other = btf(INT, struct("inner", 4), struct("behind", 9), struct("behind", 8), E64);
        assertEquals(new BtfType.Ptr(4), module().distilled().relocatedTo(other).type(8));
    }

    @Test
    void onlyASplitBtfHasABase() {
        assertThrows(IllegalStateException.class, KERNEL::distilled);
        assertThrows(IllegalStateException.class, () -> KERNEL.relocatedTo(KERNEL));
    }
}
