package dev.ebpf4j.kernel;

import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ebpf4j.error.BpfException;
import dev.ebpf4j.error.Errno;
import dev.ebpf4j.error.UnsupportedFeatureException;
import dev.ebpf4j.insn.Helper;
import dev.ebpf4j.insn.Slots;
import dev.ebpf4j.spec.ProgramType;
import dev.ebpf4j.sys.BpfAttr.ProgLoad;
import dev.ebpf4j.sys.Sys;
import dev.ebpf4j.sys.Uapi.Cmd;
import dev.ebpf4j.sys.testing.ScriptedSys;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Advice from faked files of a machine: given when the cause is there, withheld when it is not. */
class AdviceTest {
    private static final String ALL = "000001ffffffffff";

    @TempDir
    private Path root;

    private final ScriptedSys sys = new ScriptedSys();

    @BeforeEach
    void aRootOnAnOpenMachine() throws IOException {
        machine(ALL, 0);
        write("proc/self/uid_map", "         0          0 4294967295\n");
        write("proc/sys/kernel/unprivileged_bpf_disabled", "2\n");
    }

    private void machine(String capabilities, int seccomp) throws IOException {
        write("proc/thread-self/status", "Name:\tjava\nCapEff:\t" + capabilities + "\nSeccomp:\t" + seccomp + "\n");
    }

    private void write(String path, String text) throws IOException {
        Path file = root.resolve(path);
        Files.createDirectories(file.resolve("..").normalize());
        Files.write(file, text.getBytes(UTF_8));
    }

    private BpfException refused(ProgramType type, int errno) {
        return new Advice(sys, () -> Privileges.read(root)).program("p", type, -errno);
    }

    /** The masks leave out: all; bpf 39; perfmon 38; net_admin 12 and sys_admin 21. */
    @ParameterizedTest
    @CsvSource({
        "0000000000000000, TRACEPOINT, CAP_BPF and CAP_PERFMON",
        "0000000000000000, XDP, CAP_BPF and CAP_NET_ADMIN",
        "0000000000000000, SOCKET_FILTER, CAP_BPF",
        "0000000000000000, EXT, CAP_BPF and CAP_PERFMON and CAP_NET_ADMIN",
        "0000008000000000, RAW_TRACEPOINT, CAP_PERFMON",
        "0000004000000000, TRACING, CAP_BPF",
        "000000c000000000, SCHED_CLS, CAP_NET_ADMIN",
    })
    void namesTheCapabilitiesThatAreMissing(String effective, ProgramType type, String missing) throws IOException {
        machine(effective, 0);
        String message = refused(type, Errno.EPERM).getMessage();
        assertTrue(message.contains("\n  this process lacks " + missing + ": run it as root"), message);
        assertTrue(message.contains("kernel.unprivileged_bpf_disabled is 2"), message);
    }

    @ParameterizedTest
    @CsvSource({
        "000001ffffffffff, TRACEPOINT",
        "0000000000200000, EXT",
        "000000c000000000, TRACEPOINT",
        "0000008000000000, SOCKET_FILTER",
    })
    void saysNothingOfCapabilitiesThatAreThere(String effective, ProgramType type) throws IOException {
        machine(effective, 0);
        assertEquals(
                "can't load program 'p' of type " + type + ": EPERM (Operation not permitted)",
                refused(type, Errno.EPERM).getMessage());
    }

    @Test
    void tellsAUserNamespace() throws IOException {
        write("proc/self/uid_map", "         0     100000      65536\n");
        assertTrue(refused(ProgramType.XDP, Errno.EPERM).getMessage().contains("user namespace"));
    }

    @Test
    void blamesSeccompOnlyIfAFilterAnswers() throws IOException {
        machine(ALL, 2);
        sys.onBpf(0x7fff, attr -> -Errno.EPERM);
        assertTrue(refused(ProgramType.XDP, Errno.EPERM).getMessage().contains("a seccomp filter denies bpf(2)"));
        sys.onBpf(0x7fff, attr -> -Errno.EINVAL);
        assertFalse(refused(ProgramType.XDP, Errno.EPERM).getMessage().contains("seccomp"));
    }

    @Test
    void tellsLockdown() throws IOException {
        write("sys/kernel/security/lockdown", "none integrity [confidentiality]\n");
        assertTrue(refused(ProgramType.KPROBE, Errno.EPERM).getMessage().contains("locked down"));
        write("sys/kernel/security/lockdown", "none [integrity] confidentiality\n");
        assertFalse(refused(ProgramType.KPROBE, Errno.EPERM).getMessage().contains("locked down"));
    }

    @Test
    void aKernelWithoutTheTypeIsNamedAfterAProbe() {
        sys.onBpf(Cmd.BPF_PROG_LOAD, attr -> -Errno.EINVAL);
        UnsupportedFeatureException e =
                assertInstanceOf(UnsupportedFeatureException.class, refused(ProgramType.RAW_TRACEPOINT, Errno.EINVAL));
        assertEquals("4.17", e.since());
        assertTrue(e.getMessage().contains("this kernel has no program type RAW_TRACEPOINT"), e::getMessage);
    }

    @Test
    void aKernelWithTheTypeIsNot() {
        assertEquals(
                BpfException.class,
                refused(ProgramType.RAW_TRACEPOINT, Errno.EINVAL).getClass());
        assertEquals(Set.of(), sys.leaks());
    }

    /** A kernel before 5.11: it lacks the helper of that release, and refuses maps until the limit is lifted. */
    private static ScriptedSys before511(boolean mayRaise) {
        ScriptedSys old = new ScriptedSys();
        old.onBpf(Cmd.BPF_PROG_LOAD, attr -> {
            MemorySegment code = Sys.memory(attr.get(JAVA_LONG, ProgLoad.INSNS), 8);
            return Slots.imm(code.get(JAVA_LONG, 0)) == Helper.KTIME_GET_COARSE_NS.id()
                    ? -Errno.EINVAL
                    : old.newFd("program");
        });
        old.onBpf(Cmd.BPF_MAP_CREATE, attr -> isRaised(old) && mayRaise ? old.newFd("map") : -Errno.EPERM);
        return old;
    }

    private static boolean isRaised(ScriptedSys kernel) {
        return kernel.calls().stream()
                .anyMatch(call ->
                        call.name().equals("prlimit") && call.arguments().get(1) != 0);
    }

    @Test
    @DisplayName("trap 39: row 32: the limit of locked memory is raised once, where the kernel charges to it")
    void aKernelThatChargesToLockedMemoryGetsMore() {
        ScriptedSys old = before511(true);
        Privileges all = new Privileges(-1, true, false, false, 0, "");
        BpfLoader loader = new BpfLoader(old, new Advice(old, () -> all), new Memlock(old));
        loader.run(Plans.one(ProgramType.TRACEPOINT)).close();
        loader.run(Plans.one(ProgramType.TRACEPOINT)).close();
        assertEquals(
                1,
                old.calls().stream()
                        .filter(call -> call.name().equals("prlimit")
                                && call.arguments().get(1) != 0)
                        .count());
        assertEquals(Set.of(), old.leaks());
    }

    @Test
    @DisplayName("trap 39: the limit is named only where it is the cause, and left alone where that is wished")
    void aLimitThatStaysIsNamed() {
        Privileges all = new Privileges(-1, true, false, false, 0, "");
        ScriptedSys old = before511(false);
        Memlock untouched = new Memlock(old, 0);
        BpfLoader loader = new BpfLoader(old, new Advice(old, () -> all, untouched::advice), untouched);
        BpfException e = assertThrows(BpfException.class, () -> loader.run(Plans.one(ProgramType.TRACEPOINT)));
        assertTrue(e.getMessage().contains("RLIMIT_MEMLOCK"), e::getMessage);
        assertFalse(isRaised(old));
        sys.onBpf(Cmd.BPF_MAP_CREATE, attr -> -Errno.EPERM);
        Memlock modern = new Memlock(sys);
        BpfLoader other = new BpfLoader(sys, new Advice(sys, () -> all, modern::advice), modern);
        BpfException plain = assertThrows(BpfException.class, () -> other.run(Plans.one(ProgramType.TRACEPOINT)));
        assertFalse(plain.getMessage().contains("MEMLOCK"), plain::getMessage);
    }

    @Test
    @DisplayName("trap 39: no limit is raised where the kernel accounts by control groups")
    void memoryIsOnlyUnlockedWhereItIsTheCause() {
        Memlock modern = new Memlock(sys);
        assertFalse(modern.raise(), "the probe loads, so the kernel accounts by control groups");
        sys.onBpf(Cmd.BPF_PROG_LOAD, attr -> -Errno.EPERM);
        Memlock old = new Memlock(sys);
        assertTrue(old.raise());
        assertFalse(old.raise(), "once");
        assertEquals(
                1,
                sys.calls().stream()
                        .filter(call -> call.name().equals("prlimit"))
                        .filter(call -> call.arguments().get(1) != 0)
                        .count());
        assertEquals(Set.of(), sys.leaks());
    }

    @Test
    void aMapRefusedForLockedMemoryIsCreatedAfterwards() throws IOException {
        boolean[] raised = {false};
        ScriptedSys old = new ScriptedSys();
        old.onBpf(Cmd.BPF_PROG_LOAD, attr -> {
            raised[0] |= old.calls().stream().anyMatch(call -> call.name().equals("prlimit"));
            return raised[0] ? old.newFd("program") : -Errno.EPERM;
        });
        old.onBpf(Cmd.BPF_MAP_CREATE, attr -> {
            boolean unlocked = old.calls().stream().anyMatch(call -> call.name().equals("prlimit"));
            return unlocked ? old.newFd("map") : -Errno.EPERM;
        });
        new BpfLoader(old, new Advice(old, () -> Privileges.read(root)), new Memlock(old))
                .run(Plans.one(ProgramType.TRACEPOINT))
                .close();
        assertEquals(Set.of(), old.leaks());
    }

    @Test
    void aRefusedMapIsAdvisedAbout() throws IOException {
        machine("0000000000000000", 0);
        sys.onBpf(Cmd.BPF_MAP_CREATE, attr -> -Errno.EPERM);
        BpfLoader loader = new BpfLoader(sys, new Advice(sys, () -> Privileges.read(root)), new Memlock(sys));
        BpfException e = assertThrows(BpfException.class, () -> loader.run(Plans.one(ProgramType.TRACEPOINT)));
        assertTrue(e.getMessage().contains("this process lacks CAP_BPF"), e::getMessage);
        assertTrue(e.getMessage().contains(".rodata"), e::getMessage);
    }
}
