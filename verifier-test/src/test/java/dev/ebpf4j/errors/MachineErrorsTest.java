package dev.ebpf4j.errors;

import static dev.ebpf4j.errors.Messages.assertBegins;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ebpf4j.test.RequiresBpf;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a user reads on a machine that lacks something: in a JVM from which it is taken away. */
@Timeout(120)
class MachineErrorsTest {
    private static final String HOW = " (a container: --cap-add; kernels before 5.8: CAP_SYS_ADMIN)…";

    @TempDir
    Path directory;

    private String good() throws IOException {
        return write("good", Sources.GOOD);
    }

    private String write(String name, String source) throws IOException {
        return Files.write(directory.resolve(name + ".bpf.o"), Sources.compile(name, source))
                .toString();
    }

    /** User 0 all the while: what counts are the capabilities. */
    @RequiresBpf
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        -all                | load the type information of object 'good' (2 programs, 4 maps) | CAP_BPF and CAP_PERFMON | them
        -all,+perfmon       | load the type information of object 'good' (2 programs, 4 maps) | CAP_BPF                 | it
        -all,+bpf           | load program 'on_exec' of type TRACEPOINT                       | CAP_PERFMON             | it
        -all,+bpf,+net_admin| load program 'on_exec' of type TRACEPOINT                       | CAP_PERFMON             | it
        """)
    void missingCapabilitiesAreNamed(String set, String operation, String missing, String pronoun) throws Exception {
        assertEnds(
                """
                can't %s: EPERM (Operation not permitted)
                  this process lacks %s: run it as root, or grant %s%s
                left open: []
                """.formatted(operation, missing, pronoun, HOW),
                withCapabilities(set).run("attach", good()));
    }

    @RequiresBpf
    @ParameterizedTest
    @CsvSource({"'-all,+sys_admin'", "'-all,+bpf,+perfmon,+sys_admin'"})
    void capabilitiesThatAreEnough(String set) throws Exception {
        assertEnds("loaded\nattached 2\nleft open: []", withCapabilities(set).run("attach", good()));
    }

    @RequiresBpf
    @Test
    void withoutTheRightToMountTracefsRawTracepointsWorkStill() throws Exception {
        String raw = write("raw", Sources.GOOD.replace("tp/sched/sched_process_exec", "raw_tp/sched_process_exec"));
        assertEnds(
                "loaded\nattached 2\nleft open: []",
                withCapabilities("-all,+bpf,+perfmon").run("attach", raw));
    }

    @RequiresBpf
    @Test
    void tracefsThatIsNotMountedAndMayNotBe() throws Exception {
        assumeTrue(
                Files.notExists(Path.of("/sys/kernel/tracing/events"))
                        && Files.notExists(Path.of("/sys/kernel/debug/tracing")),
                "tracefs is mounted here");
        assertEnds("""
                loaded
                can't attach program 'on_exec' to tracepoint sched/sched_process_exec: EPERM (Operation not permitted)
                  tracefs is not mounted, and this process may not mount it (EPERM (Operation not permitted)): run mount -t tracefs tracefs /sys/kernel/tracing as root
                left open: []
                """, withCapabilities("-all,+bpf,+perfmon").run("attach", good()));
    }

    @RequiresBpf
    @Test
    void aKernelThatShowsNoTypeInformation() throws Exception {
        assumeTrue(works("unshare", "-m"), "unshare (util-linux) is missing, or not allowed");
        assumeTrue(noKernelImage(), "there is an image of the kernel, from which its BTF is read instead");
        ChildJvm child =
                new ChildJvm("unshare", "-m", "sh", "-c", "mount -t tmpfs none /sys/kernel/btf && exec \"$@\"", "sh");
        assertEnds("loaded\nattached 2\nleft open: []", child.run("attach", good()));
        String relocated =
                write("relocated", Sources.GOOD.replace("tp/sched/sched_process_exec", "tp_btf/sched_process_exec"));
        assertEnds("""
                program 'on_exec' (section 'tp_btf/sched_process_exec') needs the kernel's type information (BTF), and this kernel has none: run a kernel built with CONFIG_DEBUG_INFO_BTF=y
                left open: []
                """, child.run("attach", relocated));
    }

    @Test
    void anotherOperatingSystem() throws Exception {
        Path kernelTypes = Path.of("/sys/kernel/btf/vmlinux");
        assumeTrue(Files.isReadable(kernelTypes), "there is no kernel BTF to link against");
        String line = "eBPF programs are loaded by Linux, and this is Mac OS X;"
                + " reading, linking and planning them works here too\n";
        assertEnds(
                "Mac OS X\nplanned\n" + line + line + "left open: []",
                new ChildJvm().option("-Dos.name=Mac OS X").run("elsewhere", good(), kernelTypes.toString()));
    }

    @Test
    @RequiresBpf
    void aJvmWithoutNativeAccess() throws Exception {
        assertEnds("""
                this JVM lets ebpf4j make no system calls: start java with --enable-native-access=dev.ebpf4j.sys, or with =ALL-UNNAMED where ebpf4j is on the class path
                left open: []
                """, new ChildJvm().withoutNativeAccess().run("attach", good()));
    }

    @Test
    void noClang() throws Exception {
        assertEnds(
                """
                no clang of version 12 or newer with the BPF target; searched:
                  1. settings: neither the system property ebpf4j.clang nor the variable EBPF4J_CLANG is set
                  2. PATH : no clang there
                  3. class path and module path: no ebpf4j-clang-llvm there
                Install clang (package "clang" of your distribution), or add dev.ebpf4j:ebpf4j-clang-llvm, which carries one.
                left open: []
                """,
                new ChildJvm().withoutEnvironment().withoutClasses("clang-llvm").run("clang"));
    }

    @Test
    void aSettingThatNamesNoClang() throws Exception {
        assertEnds("""
                the system property ebpf4j.clang names a clang that will not do: /nowhere/clang does not exist
                left open: []
                """, new ChildJvm().option("-Debpf4j.clang=/nowhere/clang").run("clang"));
    }

    private static ChildJvm withCapabilities(String set) {
        String[] wrapper = {"setpriv", "--inh-caps=" + set, "--bounding-set=" + set};
        assumeTrue(
                works(wrapper),
                "setpriv (util-linux) is missing, or may not drop capabilities, or does not know these");
        return new ChildJvm(wrapper);
    }

    /** Whether a command can be run in this way. */
    private static boolean works(String... wrapper) {
        List<String> command = new ArrayList<>(List.of(wrapper));
        command.add("true");
        try {
            return new ProcessBuilder(command).start().waitFor() == 0;
        } catch (IOException | InterruptedException e) {
            return false;
        }
    }

    private static boolean noKernelImage() {
        String release = System.getProperty("os.version");
        return Stream.of(
                        "/boot/vmlinux-" + release,
                        "/lib/modules/" + release + "/build/vmlinux",
                        "/usr/lib/debug/boot/vmlinux-" + release)
                .noneMatch(image -> Files.exists(Path.of(image)));
    }

    /** Asserts the whole output. */
    private static void assertEnds(String expected, String output) {
        assertBegins(expected, output);
        assertEquals(expected.stripTrailing().lines().count(), output.lines().count(), output);
    }
}
