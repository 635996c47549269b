package dev.ebpf4j.spec;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

/** The expected names were printed by libbpf 1.7.0 for objects of these names. */
class KernelNamesTest {
    @Test
    void dataSectionsTakeTheObjectsName() {
        assertEquals("everythi.data", KernelNames.ofMap("everything", ".data"));
        assertEquals("everythi.rodata", KernelNames.ofMap("everything", ".rodata"));
        assertEquals("everythi.bss", KernelNames.ofMap("everything", ".bss"));
        assertEquals("everyth.kconfig", KernelNames.ofMap("everything", ".kconfig"));
        assertEquals("exec.bss", KernelNames.ofMap("exec", ".bss"));
    }

    @Test
    void sectionsWithASecondDotStandAlone() {
        assertEquals(".data.hot", KernelNames.ofMap("everything", ".data.hot"));
        assertEquals(".bss.only_stati", KernelNames.ofMap("everything", ".bss.only_static_here"));
    }

    @Test
    void otherNamesAreCut() {
        assertEquals("pinned_with_a_l", KernelNames.ofMap("everything", "pinned_with_a_long_name"));
        assertEquals("a_very_long_pro", KernelNames.ofProgram("a_very_long_program_name"));
    }

    @Test
    void otherCharactersBecomeUnderscores() {
        assertEquals("a_b__c.bss", KernelNames.ofMap("a-b (c", ".bss"));
    }
}
