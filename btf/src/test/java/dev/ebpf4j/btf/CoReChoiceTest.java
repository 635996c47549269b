package dev.ebpf4j.btf;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ebpf4j.btf.BtfType.Member;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Target types of one name that disagree. */
class CoReChoiceTest {
    private static final int INT = 1;
    private static final int FIRST = 2;

    private static BtfBuilder side() {
        BtfBuilder builder = new BtfBuilder(ByteOrder.LITTLE_ENDIAN);
        builder.add(new BtfType.Int("int", 4, BtfType.Int.SIGNED, 0, 32));
        return builder;
    }

    private static Btf structs(BtfType... types) {
        BtfBuilder builder = side();
        for (BtfType type : types) {
            builder.add(type);
        }
        return builder.build();
    }

    private static BtfType.Struct struct(String name, Member... members) {
        return new BtfType.Struct(name, 64, List.of(members));
    }

    private static Member at(String name, int bytes) {
        return new Member(name, INT, 8 * bytes, 0);
    }

    private static CoReRelo offset(int member) {
        return new CoReRelo(0, FIRST, "0:" + member, CoReKind.FIELD_BYTE_OFFSET);
    }

    private static final Btf LOCAL = structs(struct("s", at("a", 0), at("b", 4), at("c", 8)));

    /** Twins in the kernel, of which only one has all that the program reads: libbpf loads it if {@code b} comes first. */
    @Test
    void trap12TheTypeThatAnswersMostIsMeantWhateverTheOrder() {
        Btf target = structs(struct("s", at("a", 8), at("z", 0)), struct("s", at("a", 16), at("b", 24)));
        for (List<CoReRelo> order : List.of(List.of(offset(0), offset(1)), List.of(offset(1), offset(0)))) {
            CoReResolver resolver = new CoReResolver(LOCAL, List.of(target)).together(order);
            assertEquals(16, value(resolver.resolve(offset(0))));
            assertEquals(24, value(resolver.resolve(offset(1))));
        }
    }

    private static long value(CoReFixup fixup) {
        return assertInstanceOf(CoReFixup.Value.class, fixup, fixup::toString).value();
    }

    /** Trap 18: nothing that is asked tells the twins apart. */
    @Test
    void trap18TwinsThatNothingTellsApartAreReportedWithWhatEachSays() {
        Btf target = structs(struct("s", at("a", 8)), struct("s", at("a", 16)));
        CoReResolver resolver = new CoReResolver(LOCAL, List.of(target)).together(List.of(offset(0)));
        CoReReason reason = assertInstanceOf(CoReFixup.Refused.class, resolver.resolve(offset(0)))
                .reason();
        assertEquals(
                "CO-RE FIELD_BYTE_OFFSET of struct s.a: several types on the target fit and disagree; "
                        + "tried struct s [2] gives 8, struct s [3] gives 16",
                reason.message());
    }

    /** What one type alone has is never taken away by another one that answers more. */
    @Test
    void aFieldThatOneTypeAloneHasIsFoundThere() {
        Btf target = structs(struct("s", at("a", 8), at("b", 12)), struct("s", at("a", 16), at("c", 24)));
        List<CoReRelo> all = List.of(offset(0), offset(1), offset(2));
        CoReResolver resolver = new CoReResolver(LOCAL, List.of(target)).together(all);
        assertEquals(12, value(resolver.resolve(offset(1))));
        assertEquals(24, value(resolver.resolve(offset(2))));
        assertEquals(8, value(resolver.resolve(offset(0))), "of two that answer as much the first");
    }

    /** libbpf's rule, in every order, on thousands of small targets. */
    @Test
    void whateverLibbpfAcceptsInSomeOrderIsAccepted() {
        Random random = new Random(7);
        int accepted = 0;
        int refused = 0;
        int ourself = 0;
        for (int round = 0; round < 4000; round++) {
            BtfType[] types = new BtfType[2 + random.nextInt(3)];
            for (int i = 0; i < types.length; i++) {
                types[i] = randomStruct(random);
            }
            Btf target = structs(types);
            Btf local = structs(struct("s", at("a", 0), at("b", 4), at("c", 8), at("d", 12)));
            List<CoReRelo> relos = new ArrayList<>();
            for (int member = 0; member < 4; member++) {
                if (random.nextInt(4) != 0) {
                    relos.add(offset(member));
                }
            }
            boolean libbpf = permutations(relos).stream().anyMatch(order -> libbpfAccepts(local, target, order));
            Collections.shuffle(relos, random);
            CoReResolver resolver = new CoReResolver(local, List.of(target)).together(relos);
            Map<CoReRelo, CoReFixup> answers = new HashMap<>();
            relos.forEach(relo -> answers.put(relo, resolver.resolve(relo)));
            boolean ours = answers.values().stream().noneMatch(f -> f instanceof CoReFixup.Refused);
            assertTrue(ours || !libbpf, () -> "libbpf accepts in some order: " + List.of(types) + relos + answers);
            ourself += ours && !libbpf ? 1 : 0;
            Collections.shuffle(relos, random);
            CoReResolver again = new CoReResolver(local, List.of(target)).together(relos);
            relos.forEach(relo -> assertEquals(answers.get(relo), again.resolve(relo)));
            accepted += ours ? 1 : 0;
            refused += ours ? 0 : 1;
        }
        assertTrue(accepted > 500 && refused > 500, accepted + " accepted, " + refused + " refused");
        assertEquals(0, ourself, "what libbpf refuses in every order is ambiguous");
    }

    private static BtfType randomStruct(Random random) {
        List<Member> members = new ArrayList<>();
        for (String name : List.of("a", "b", "c", "d")) {
            if (random.nextInt(3) != 0) {
                members.add(at(name, 8 * random.nextInt(2) + 16 * members.size()));
            }
        }
        return new BtfType.Struct("s", 64, members);
    }

    /** Candidates that do not match are dropped, unless none matches; those left must agree. */
    private static boolean libbpfAccepts(Btf local, Btf target, List<CoReRelo> order) {
        List<Integer> candidates = new ArrayList<>();
        for (int id = FIRST; id < target.typeCount(); id++) {
            candidates.add(id);
        }
        for (CoReRelo relo : order) {
            CoReSpec spec = CoReSpec.local(local, relo);
            Map<Integer, Long> matching = new HashMap<>();
            for (int id : candidates) {
                CoReSpec theirs = new CoReMatcher(spec, relo.kind(), target).match(id);
                if (theirs != null) {
                    matching.put(id, theirs.bitOffset());
                }
            }
            if (matching.values().stream().distinct().count() > 1) {
                return false;
            }
            if (!matching.isEmpty()) {
                candidates.retainAll(matching.keySet());
            }
        }
        return true;
    }

    private static List<List<CoReRelo>> permutations(List<CoReRelo> relos) {
        if (relos.isEmpty()) {
            return List.of(List.of());
        }
        List<List<CoReRelo>> all = new ArrayList<>();
        for (CoReRelo first : relos) {
            List<CoReRelo> rest = new ArrayList<>(relos);
            rest.remove(first);
            for (List<CoReRelo> order : permutations(rest)) {
                List<CoReRelo> whole = new ArrayList<>(List.of(first));
                whole.addAll(order);
                all.add(whole);
            }
        }
        return all;
    }
}
