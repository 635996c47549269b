package dev.ebpf4j.elf;

import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/** Reading allocates at most four times an object's size, once what an empty one costs is left out. */
class AllocationTest {
    private static final int FUNCTIONS = 100;
    private static final int SLOTS = 80;

    @Test
    void readingTakesAtMostFourTimesTheSize() {
        Assumptions.assumeTrue(
                ManagementFactory.getThreadMXBean() instanceof ThreadMXBean,
                "this JVM does not say how much a thread allocates");
        byte[] middling = middling();
        long bytes = allocatedBy(middling);
        assertTrue(bytes <= 4L * middling.length, bytes + " bytes for an object of " + middling.length);
    }

    private static long allocatedBy(byte[] elf) {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long least = Long.MAX_VALUE;
        // the first rounds load classes
        for (int round = 0; round < 5; round++) {
            long before = threads.getCurrentThreadAllocatedBytes();
            ElfReader.read(elf);
            least = Math.min(least, threads.getCurrentThreadAllocatedBytes() - before);
        }
        return least;
    }

    /** Functions that use a variable and a map each, and an array of zeros that the file does not hold. */
    private static byte[] middling() {
        TestElf elf = new TestElf();
        int maps = elf.words("maps", 1, 4, 8, 16, 0);
        int map = elf.object("map", maps, 0, 20);
        int data = elf.section(".data", "AW", new byte[10_000]);
        int variable = elf.object("variable", data, 8, 4);
        long[] code = new long[FUNCTIONS * SLOTS];
        for (int i = 0; i < code.length; i += SLOTS) {
            code[i] = 0x118;
            code[i + 2] = 0x118;
        }
        int section = elf.code("xdp", code);
        for (int i = 0; i < FUNCTIONS; i++) {
            elf.function("function_" + i, section, 8L * SLOTS * i, 8 * SLOTS);
            elf.reloc(section, 8L * SLOTS * i, map, 1).reloc(section, 8L * SLOTS * i + 16, variable, 1);
        }
        return elf.bytes();
    }
}
