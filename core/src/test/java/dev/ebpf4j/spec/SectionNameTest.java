package dev.ebpf4j.spec;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ebpf4j.spec.SectionName.Trait;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class SectionNameTest {
    /** In the kernel that libbpf 1.8 is for, and not yet in libbpf 1.7, which made the file. */
    private static final Set<String> NEWER = Set.of(
            "tracepoint.s",
            "tp.s",
            "raw_tracepoint.s",
            "raw_tp.s",
            "tp_btf.s",
            "fentry.multi",
            "fentry.multi.s",
            "fexit.multi",
            "fexit.multi.s",
            "fsession.multi",
            "fsession.multi.s");

    /** Each line of the file is a name with what libbpf_prog_type_by_name of libbpf 1.7.0 said: both numbers, or two dashes. */
    @Test
    void agreesWithLibbpfOnEveryName() throws IOException {
        int known = 0;
        for (String line : libbpf()) {
            String[] word = line.split(" ", -1);
            if (NEWER.stream().anyMatch(name -> word[0].equals(name) || word[0].startsWith(name + "/"))) {
                continue;
            }
            String ours = SectionName.parse(word[0])
                    .map(name -> name.type().number() + " " + name.attachType().number())
                    .orElse("- -");
            assertEquals(word[1] + " " + word[2], ours, word[0]);
            known += ours.equals("- -") ? 0 : 1;
        }
        assertEquals(147, known);
        assertEquals(116, SectionName.rules().size());
    }

    @Test
    void splitsOffTheTarget() {
        SectionName name = SectionName.parse("uprobe.s//bin/bash:readline").orElseThrow();
        assertEquals("/bin/bash:readline", name.attachTo());
        assertEquals("uprobe.s", name.rule().name());
        assertEquals(ProgramSpec.SLEEPABLE, name.flags());
        assertTrue(name.rule().has(Trait.AUTO_ATTACH));
        assertEquals(
                ProgramSpec.XDP_HAS_FRAGS,
                SectionName.parse("xdp.frags/devmap").orElseThrow().flags());
    }

    @Test
    @DisplayName("trap 9: libbpf matches exactly; what it does not know takes the type that its beginning names")
    void namesThatLibbpfDoesNotKnowAreTakenByTheirBeginning() {
        assertEquals(Optional.empty(), SectionName.parse("xdp/foo"));
        Map<String, ProgramType> meant = Map.of(
                "xdp/foo", ProgramType.XDP,
                "xdp_sock", ProgramType.XDP,
                "socket1", ProgramType.SOCKET_FILTER,
                "sk_skb1", ProgramType.SK_SKB,
                "sk_skb/stream_parser/x", ProgramType.SK_SKB,
                "sk_lookup/", ProgramType.SK_LOOKUP,
                "cgroup/sock1", ProgramType.CGROUP_SOCK,
                "lirc_mode2/nec", ProgramType.LIRC_MODE2);
        meant.forEach((section, type) ->
                assertEquals(type, SectionName.meaning(section).orElseThrow().type(), section));
        assertEquals(
                AttachType.SK_SKB_STREAM_PARSER,
                SectionName.meaning("sk_skb/stream_parser/x").orElseThrow().attachType());
        assertEquals(
                ProgramSpec.XDP_HAS_FRAGS,
                SectionName.meaning("xdp.frags/x").orElseThrow().flags());
        assertEquals(Optional.empty(), SectionName.meaning("kprobes/do_exit"));
        assertEquals(Optional.empty(), SectionName.meaning("2/1"));
    }

    @Test
    void suggestsWhatWasMeant() {
        assertEquals(
                "tracepoint",
                SectionName.closest("tracepiont/syscalls/sys_enter_execve").getFirst());
        assertEquals("xdp", SectionName.closest("xdp/foo").getFirst());
        assertEquals("socket", SectionName.closest("socket1").getFirst());
        assertEquals("cgroup/connect4", SectionName.closest("cgroup/conect4").getFirst());
        assertEquals("kprobe", SectionName.closest("kprobes/do_exit").getFirst());
        assertEquals(List.of(), SectionName.closest("x".repeat(100_000)));
    }

    private static List<String> libbpf() throws IOException {
        InputStream file = Objects.requireNonNull(SectionNameTest.class.getResourceAsStream("sections.libbpf.txt"));
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(file, StandardCharsets.UTF_8))) {
            return lines.readAllLines();
        }
    }
}
