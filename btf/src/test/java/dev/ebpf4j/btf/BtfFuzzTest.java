package dev.ebpf4j.btf;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Mutated input gives a table that can be used, or BtfFormatException, and nothing else. */
class BtfFuzzTest {
    private static final int INPUTS = 25_000;

    private static List<BtfBuilder> seeds() {
        return List.of(
                Samples.everyKind(ByteOrder.LITTLE_ENDIAN),
                Samples.everyKind(ByteOrder.BIG_ENDIAN),
                Samples.everyKind(ByteOrder.LITTLE_ENDIAN).withLayout());
    }

    @Test
    void mutatedBtf() {
        Random random = new Random(1);
        List<byte[]> seeds = seeds().stream().map(BtfBuilder::toBytes).toList();
        int parsed = 0;
        for (int i = 0; i < INPUTS; i++) {
            byte[] bytes = mutate(seeds.get(i % seeds.size()), random);
            try {
                use(Btf.parse(bytes), random);
                parsed++;
            } catch (BtfFormatException expected) {
                assertFalse(expected.part().isEmpty());
            }
        }
        assertTrue(parsed > INPUTS / 20 && parsed < INPUTS * 9 / 10, parsed + " of " + INPUTS + " still parse");
    }

    private static final Btf KERNEL = Samples.everyKind(ByteOrder.LITTLE_ENDIAN).build();

    @Test
    void mutatedSplitBtf() {
        Random random = new Random(3);
        BtfBuilder builder = BtfBuilder.split(KERNEL);
        Samples.EVERY_KIND.forEach(type -> builder.add(type.mapTypeIds(id -> id % 2 == 0 ? id : id + 22)));
        byte[] seed = builder.toBytes();
        int parsed = 0;
        for (int i = 0; i < INPUTS / 4; i++) {
            try {
                use(Btf.parseSplit(mutate(seed, random), KERNEL), random);
                parsed++;
            } catch (BtfFormatException expected) {
                assertFalse(expected.part().isEmpty());
            }
        }
        assertTrue(parsed > INPUTS / 80 && parsed < INPUTS / 4 * 9 / 10, parsed + " still parse");
    }

    @Test
    void mutatedBtfExt() {
        Random random = new Random(2);
        int parsed = 0;
        for (BtfBuilder builder : seeds()) {
            byte[] seed = Samples.ext(builder, true);
            Btf btf = builder.build();
            for (int i = 0; i < INPUTS / 3; i++) {
                try {
                    use(BtfExt.parse(mutate(seed, random), btf), btf);
                    parsed++;
                } catch (BtfFormatException expected) {
                    assertFalse(expected.part().isEmpty());
                }
            }
        }
        assertTrue(parsed > INPUTS / 20 && parsed < INPUTS * 9 / 10, parsed + " of " + INPUTS + " still parse");
    }

    /** Cuts, and a few bytes or words set to telling values. */
    private static byte[] mutate(byte[] seed, Random random) {
        int length = random.nextInt(8) == 0 ? random.nextInt(seed.length) : seed.length;
        byte[] bytes = Arrays.copyOf(seed, length);
        for (int n = random.nextInt(4); n >= 0 && length >= 4; n--) {
            int at = random.nextInt(length - 3);
            switch (random.nextInt(4)) {
                case 0 -> bytes[at] = (byte) random.nextInt();
                case 1 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
                case 2 -> bytes[at & ~3] = (byte) random.nextInt(30);
                default -> Arrays.fill(bytes, at & ~3, (at & ~3) + 4, (byte) (random.nextBoolean() ? 0xff : 0x7f));
            }
        }
        return bytes;
    }

    /** Asks everything; what is refused must be refused in order. */
    private static void use(Btf btf, Random random) {
        assertEquals(btf, btf.base() == null ? Btf.parse(btf.toBytes()) : btf);
        for (int id = 0; id < btf.typeCount(); id++) {
            int each = id;
            refusable(() -> btf.type(each));
            refusable(() -> btf.name(each));
            refusable(() -> btf.resolve(each));
            refusable(() -> btf.sizeOf(each));
            refusable(() -> btf.alignOf(each));
            refusable(() -> btf.findAll(btf.name(each)));
            refusable(() -> btf.findEssential(Btf.essentialName(btf.name(each))));
        }
        refusable(() -> new BtfBuilder(ByteOrder.LITTLE_ENDIAN).addReachable(btf, 4, 8));
        refusable(() -> new BtfBuilder(ByteOrder.LITTLE_ENDIAN).addAll(btf));
        refusable(() -> assertTrue(btf.dedup().btf().typeCount() <= btf.typeCount()));
        refusable(() -> new MinCoreBtf(btf)
                .add(btf, List.of(new CoReRelo(0, 4, "0:1", CoReKind.FIELD_EXISTS)))
                .build());
        int dumped = random.nextInt(btf.typeCount());
        refusable(() -> {
            int size = btf.sizeOf(dumped);
            if (size <= 1 << 12) {
                assertFalse(BtfDump.of(btf, dumped, new byte[size]).isEmpty());
            }
        });
        if (btf.base() == null) {
            assertEquals(
                    btf.typeCount(),
                    Btf.parse(btf.toBytes(ByteOrder.BIG_ENDIAN)).typeCount());
        } else {
            refusable(() -> btf.distilled().relocatedTo(KERNEL));
        }
        CoReResolver onItself = new CoReResolver(btf, List.of(btf));
        for (CoReKind kind : CoReKind.values()) {
            int id = 1 + random.nextInt(btf.typeCount());
            refusable(() -> assertFalse(onItself.resolve(new CoReRelo(0, id, kind.isField() ? "0:1" : "0", kind))
                    .toString()
                    .isEmpty()));
        }
    }

    private static void use(BtfExt ext, Btf btf) {
        for (String section : ext.sections()) {
            ext.lines(section).forEach(line -> assertTrue(!line.fileName(btf).isEmpty() || line.text(btf) != null));
            CoReResolver resolver = new CoReResolver(btf, List.of(btf));
            ext.relocations(section).forEach(relo -> refusable(() -> resolver.resolve(relo)));
            ext.functions(section).forEach(function -> btf.type(function.typeId()));
        }
        BtfBuilder builder = BtfBuilder.of(btf);
        byte[] bytes = ext.toBytes(builder);
        Btf after = builder.build();
        BtfExt again = BtfExt.parse(bytes, after);
        for (String section : ext.sections()) {
            assertEquals(ext.functions(section), again.functions(section));
            assertEquals(ext.lines(section), again.lines(section));
            assertEquals(ext.relocations(section), again.relocations(section));
        }
    }

    private static void refusable(Runnable question) {
        try {
            question.run();
        } catch (BtfFormatException expected) {
            assertFalse(expected.part().isEmpty());
        }
    }

    @Test
    void hugeNumbersCostNothing() {
        byte[] bytes = Samples.everyKind(ByteOrder.LITTLE_ENDIAN).toBytes();
        for (int at = 8; at < 24; at += 4) {
            byte[] huge = bytes.clone();
            Arrays.fill(huge, at, at + 4, (byte) 0xff);
            BtfFormatException e = assertThrows(BtfFormatException.class, () -> Btf.parse(huge));
            assertEquals("header", e.part());
        }
        byte[] vlen = bytes.clone();
        Arrays.fill(vlen, 24 + 4, 24 + 7, (byte) 0xff); // an int takes no notice of its vlen
        assertEquals(Samples.EVERY_KIND, BtfBuilderTest.types(Btf.parse(vlen)));
    }

    /** A struct of 20,000 members that all bear a name of 200 KB would inflate to 4 GB. */
    @Test
    void namesThatShareBytesDoNotMultiply() {
        BtfBuilder builder = new BtfBuilder(ByteOrder.LITTLE_ENDIAN);
        builder.add(new BtfType.Int("int", 4, 1, 0, 32));
        BtfType.Member[] members = new BtfType.Member[20_000];
        Arrays.fill(members, new BtfType.Member("x".repeat(200_000), 1, 0, 0));
        int id = builder.add(new BtfType.Union("u", 4, Arrays.asList(members)));
        Btf btf = builder.build();
        assertThrows(BtfFormatException.class, () -> btf.type(id));
        assertEquals(4, btf.sizeOf(id));
    }
}
