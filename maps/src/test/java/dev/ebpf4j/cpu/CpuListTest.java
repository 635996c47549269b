package dev.ebpf4j.cpu;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.ebpf4j.sys.testing.ScriptedSys;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CpuListTest {
    private static final String ONLINE = "/sys/devices/system/cpu/online";

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {"0|{0}", "0-1|{0, 1}", "0,2-3|{0, 2, 3}", "4-4,65535|{4, 65535}"})
    void readsNumbersAndRanges(String list, String cpus) {
        ScriptedSys sys = new ScriptedSys().withFile(ONLINE, (list + "\n").getBytes(US_ASCII));
        assertEquals(cpus, CpuList.online(sys).toString());
        assertEquals(Set.of(), sys.leaks());
    }

    @Test
    void readsListsLongerThanOneBuffer() {
        StringBuilder list = new StringBuilder("0");
        for (int cpu = 2; cpu < 4000; cpu += 2) {
            list.append(',').append(cpu);
        }
        ScriptedSys sys = new ScriptedSys().withFile(ONLINE, list.toString().getBytes(US_ASCII));
        assertEquals(2000, CpuList.online(sys).cardinality());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "0-", "-1", "1-0", "0,,1", "x", "65536", "0-4294967295", "0-2147483647"})
    void garbageIsNamed(String list) {
        assertThrows(IllegalArgumentException.class, () -> CpuList.parse(list));
        ScriptedSys sys = new ScriptedSys().withFile(ONLINE, list.getBytes(US_ASCII));
        IllegalStateException e = assertThrows(IllegalStateException.class, () -> CpuList.online(sys));
        assertEquals(ONLINE + ": '" + list + "' is not a list of CPUs", e.getMessage());
    }
}
