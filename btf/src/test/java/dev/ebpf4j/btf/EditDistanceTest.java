package dev.ebpf4j.btf;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EditDistanceTest {
    @ParameterizedTest
    @CsvSource({"kitten,sitting,3", "flaw,lawn,2", "task,task,0", "a,'',1", "'',abc,3", "tgid,tgld,1", "größe,grösse,2"
    })
    void knownDistances(String a, String b, int distance) {
        assertEquals(distance, new EditDistance(a).to(b));
        assertEquals(distance, new EditDistance(b).to(a));
    }

    @Test
    void bothWaysAgreeOnRandomNames() {
        Random random = new Random(7);
        for (int i = 0; i < 20_000; i++) {
            String a = name(random);
            String b = name(random);
            assertEquals(EditDistance.byTable(a, b), new EditDistance(a).to(b), () -> a + " " + b);
        }
    }

    /** Around 64 letters, where one word no longer holds them; few different ones, so that many match. */
    private static String name(Random random) {
        StringBuilder name = new StringBuilder();
        for (int length = random.nextInt(70); length > 0; length--) {
            name.append((char) ('a' + random.nextInt(4)));
        }
        return name.toString();
    }
}
