package dev.ebpf4j.elf;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ebpf4j.btf.BtfFormatException;
import java.nio.ByteOrder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Whatever the bytes are, reading ends in a spec or a format exception. Mutations are seeded: a failure names the number that
 * makes it again. {@code -Debpf4j.fuzz=N} gives another number of inputs per fixture.
 */
class ElfFuzzTest {
    private static final int INPUTS = Integer.getInteger("ebpf4j.fuzz", 2_500);

    @ParameterizedTest
    @ValueSource(
            strings = {
                "exec",
                "exec.big-endian",
                "everything",
                "everything.big-endian",
                "common",
                "plain",
                "ops",
                "ops.big-endian"
            })
    void onlyFormatExceptionsLeaveTheReader(String name) {
        fuzz(name, Fixture.bytes(name + ".bpf.o"));
    }

    @Test
    void objectsWrittenByHandAreNoDifferent() {
        fuzz("jump table", OpsTest.jumping(ByteOrder.LITTLE_ENDIAN, 2));
        fuzz("jump table, big-endian", OpsTest.jumping(ByteOrder.BIG_ENDIAN, 2));
        fuzz("maps without types", OldObjectsTest.ofTc());
    }

    private static void fuzz(String name, byte[] original) {
        int accepted = 0;
        int refused = 0;
        for (int seed = 0; seed < INPUTS; seed++) {
            byte[] mutated = Mutations.of(original, seed);
            try {
                ElfReader.read(mutated);
                accepted++;
            } catch (ElfFormatException | BtfFormatException e) {
                refused++;
            } catch (RuntimeException | Error e) {
                throw new AssertionError(name + ", seed " + seed + " of " + mutated.length + " bytes", e);
            }
        }
        // mutations that always or never break the file would test nothing
        assertTrue(accepted > INPUTS / 50 && refused > INPUTS / 50, accepted + " accepted, " + refused + " refused");
    }
}
