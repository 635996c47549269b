package dev.ebpf4j.maps;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.ebpf4j.error.BpfException;
import dev.ebpf4j.sys.testing.ScriptedSys;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PossibleCpusTest {
    static final String FILE = "/sys/devices/system/cpu/possible";

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {"0|1", "0-1|2", "0,2-3|3", "0-3,8-11|8", "0-1023|1024"})
    void countsSetBits(String list, int count) {
        ScriptedSys sys = new ScriptedSys().withFile(FILE, (list + "\n").getBytes(US_ASCII));
        assertEquals(count, PossibleCpus.count(sys));
        assertEquals(Set.of(), sys.leaks());
    }

    @Test
    void absenceIsTold() {
        assertThrows(BpfException.class, () -> PossibleCpus.count(new ScriptedSys()));
    }
}
