package dev.ebpf4j.kernel;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ebpf4j.error.Errno;
import dev.ebpf4j.link.LinkException;
import dev.ebpf4j.link.LinkInputs;
import dev.ebpf4j.plan.Feature;
import dev.ebpf4j.sys.Uapi.Cmd;
import dev.ebpf4j.sys.testing.ScriptedSys;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Facts about a machine, from faked files. */
class KernelInfoTest {
    @TempDir
    private Path root;

    private void write(String path, byte[] content) throws IOException {
        Path file = root.resolve(path);
        Files.createDirectories(file.resolve("..").normalize());
        Files.write(file, content);
    }

    private void write(String path, String text) throws IOException {
        write(path, text.getBytes(UTF_8));
    }

    private KernelInfo kernel() {
        return new KernelInfo(new ScriptedSys(), root);
    }

    /** The encodings are those of {@code KERNEL_VERSION} in {@code linux/version.h}. */
    @ParameterizedTest(name = "trap 36: the version of {0} {1} {2}")
    @CsvSource({
        "'', '#1 SMP', 6.18.44-fc, 0x06122c",
        "'', '#1 SMP Debian 4.19.304-1 (2024-01-09)', 4.19.0-26-amd64, 0x0413ff",
        "Ubuntu 5.4.0-12.15-generic 5.4.8, '#15', 5.4.0-12-generic, 0x050408",
        "'', '', 6.1-rc3, 0x060100",
        "'', '', 5.10.0, 0x050a00",
        "'', '', strange, 0",
        "'', '', '', 0",
        "'', '', 6., 0",
        "'', '', 99999999999.1, 0",
    })
    void encodesTheVersion(String signature, String version, String release, String expected) {
        assertEquals(Integer.decode(expected), KernelVersion.of(signature, version, release));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {"0;1", "0-1;2", "0,2-3;3", "0-127;128", "1,3,5;3"})
    void countsPossibleCpus(String list, int count) throws IOException {
        write("sys/devices/system/cpu/possible", list + "\n");
        assertEquals(count, kernel().possibleCpus());
    }

    @Test
    void readsTheConfiguration() throws IOException {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (GZIPOutputStream out = new GZIPOutputStream(packed)) {
            out.write("# CONFIG_A is not set\nCONFIG_HZ=250\nCONFIG_S=\"x=y\"\nCONFIG_HZ=1\n".getBytes(UTF_8));
        }
        write("proc/config.gz", packed.toByteArray());
        LinkInputs inputs = kernel().linkInputs();
        assertEquals(Optional.of("250"), inputs.kconfig("CONFIG_HZ"));
        assertEquals(Optional.of("\"x=y\""), inputs.kconfig("CONFIG_S"));
        assertEquals(Optional.empty(), inputs.kconfig("CONFIG_A"));
    }

    /** The two names are libbpf's; a wrapper is known by its symbol, whose address may be hidden. */
    @Test
    void answersForWhatIsNoOption() throws IOException {
        write("proc/kallsyms", "0000000000000000 T _stext\n");
        assertEquals(Optional.of("0"), kernel().linkInputs().kconfig("LINUX_HAS_SYSCALL_WRAPPER"));
        write("proc/kallsyms", "0000000000000000 T __arm64_sys_bpf\n");
        assertEquals(Optional.of("1"), kernel().linkInputs().kconfig("LINUX_HAS_SYSCALL_WRAPPER"));
        assertEquals(Optional.of("1"), kernel().linkInputs().kconfig("LINUX_HAS_BPF_COOKIE"));
        ScriptedSys old = new ScriptedSys();
        old.onBpf(Cmd.BPF_PROG_LOAD, attr -> -Errno.EINVAL);
        assertEquals(Optional.of("0"), new KernelInfo(old, root).linkInputs().kconfig("LINUX_HAS_BPF_COOKIE"));
    }

    @Test
    @DisplayName("trap 36: what LINUX_HAS_… says follows the probes, and what can't be found out counts as missing")
    void whatTheKernelCanDoIsForcedOffForLinkingToo() throws IOException {
        write("proc/kallsyms", "0000000000000000 T __x64_sys_bpf\n");
        KernelInfo kernel = kernel();
        LinkInputs old = kernel.linkInputs(
                kernel.features().without(Feature.BPF_COOKIE, Feature.SYSCALL_WRAPPER, Feature.MODULE_BTF));
        assertEquals(Optional.of("0"), old.kconfig("LINUX_HAS_BPF_COOKIE"));
        assertEquals(Optional.of("0"), old.kconfig("LINUX_HAS_SYSCALL_WRAPPER"));
        assertEquals(Optional.of("1"), kernel.linkInputs().kconfig("LINUX_HAS_SYSCALL_WRAPPER"));
        assertEquals(Optional.empty(), old.kconfig("LINUX_FOO"));
        ScriptedSys denied = new ScriptedSys();
        denied.onBpf(Cmd.BPF_PROG_LOAD, attr -> -Errno.EPERM);
        assertEquals(Optional.of("0"), new KernelInfo(denied, root).linkInputs().kconfig("LINUX_HAS_BPF_COOKIE"));
    }

    @Test
    void readsTheConfigurationBesideTheKernel() throws IOException {
        write("boot/config-6.18.0-scripted", "CONFIG_X=m\n");
        assertEquals(Optional.of("m"), kernel().kconfig("CONFIG_X"));
        assertEquals(Optional.empty(), kernel().kconfig("CONFIG_Y"));
    }

    @Test
    @DisplayName("trap 28: a symbol at two addresses is refused, and names that clang made unique are found")
    void findsSymbols() throws IOException {
        write("proc/kallsyms", """
            ffffffff81000000 T _stext
            ffffffff81000010 t twice
            ffffffff81000020 t twice
            ffffffff81000030 t same
            ffffffff81000030 t same
            ffffffff81000040 d made.llvm.1234
            ffffffffc0000000 t in_module\t[veth]
            """);
        LinkInputs inputs = kernel().linkInputs();
        assertEquals(OptionalLong.of(0xffffffff81000000L), inputs.symbol("_stext"));
        assertEquals(OptionalLong.of(0xffffffff81000030L), inputs.symbol("same"));
        assertEquals(OptionalLong.of(0xffffffff81000040L), inputs.symbol("made"));
        assertEquals(OptionalLong.of(0xffffffffc0000000L), inputs.symbol("in_module"));
        assertEquals(OptionalLong.empty(), inputs.symbol("stext"));
        assertEquals(OptionalLong.empty(), inputs.symbol("absent"));
        assertThrows(LinkException.class, () -> inputs.symbol("twice"));
    }

    @Test
    @DisplayName("trap cilium l: symbols are read anew when other modules are loaded")
    void readsSymbolsAnewWhenOtherModulesAreLoaded() throws IOException {
        write("proc/modules", "veth 36864 0 - Live 0xffffffffc0000000\n");
        write("proc/kallsyms", "ffffffff81000000 T _stext\n");
        KernelInfo kernel = kernel();
        assertEquals(OptionalLong.empty(), kernel.linkInputs().symbol("late"));
        write("proc/kallsyms", "ffffffff81000000 T _stext\nffffffffc0100000 t late\t[xfs]\n");
        write("proc/modules", "veth 36864 2 - Live 0xffffffffc0000000\n");
        assertEquals(OptionalLong.empty(), kernel.linkInputs().symbol("late"), "more users are no other module");
        write("proc/modules", "xfs 1 0 - Live 0xffffffffc0100000\nveth 36864 2 - Live 0xffffffffc0000000\n");
        assertEquals(OptionalLong.of(0xffffffffc0100000L), kernel.linkInputs().symbol("late"));
    }

    @Test
    void saysThatSymbolsAreHidden() throws IOException {
        write("proc/kallsyms", "0000000000000000 T _stext\n0000000000000000 T other\n");
        LinkException e =
                assertThrows(LinkException.class, () -> kernel().linkInputs().symbol("_stext"));
        assertTrue(String.valueOf(e.getMessage()).contains("kptr_restrict"), e::toString);
    }

    @Test
    void readsTheBtfOfTheRunningKernelOnce() throws IOException {
        write("sys/kernel/btf/vmlinux", ProbeBtf.of(Feature.BTF_FUNC));
        KernelInfo kernel = kernel();
        assertEquals(4, kernel.btf().orElseThrow().typeCount());
        assertSame(kernel.btf().orElseThrow(), kernel.linkInputs().kernelBtf().orElseThrow());
    }

    @Test
    void readsTheBtfOfAnImageAndLivesWithoutOne() throws IOException {
        assertEquals(Optional.empty(), kernel().btf());
        write("boot/vmlinux-6.18.0-scripted", image(ProbeBtf.of(Feature.BTF)));
        assertEquals(2, kernel().btf().orElseThrow().typeCount());
    }

    @Test
    void anImageThatIsDamagedIsPassedOver() throws IOException {
        byte[] image = image(ProbeBtf.of(Feature.BTF));
        Random random = new Random(1);
        for (int round = 0; round < 500; round++) {
            byte[] damaged = image.clone();
            int keep = round % 2 == 0 ? damaged.length : random.nextInt(damaged.length);
            damaged[40 + random.nextInt(24)] = (byte) random.nextInt();
            write("boot/vmlinux-6.18.0-scripted", Arrays.copyOf(damaged, keep));
            kernel().btf();
        }
    }

    /** An ELF of a header, three section headers, names and BTF; offsets as in {@code elf.h}. */
    private static byte[] image(byte[] btf) {
        byte[] names = "\0.shstrtab\0.BTF\0".getBytes(UTF_8);
        int table = 64;
        int nameStart = table + 3 * 64;
        int btfStart = nameStart + names.length;
        ByteBuffer out = ByteBuffer.allocate(btfStart + btf.length).order(ByteOrder.nativeOrder());
        out.put(0, new byte[] {0x7f, 'E', 'L', 'F', 2, 1, 1}).putLong(40, table);
        out.putShort(58, (short) 64).putShort(60, (short) 3).putShort(62, (short) 1);
        section(out, table + 64, 1, nameStart, names.length);
        section(out, table + 128, 11, btfStart, btf.length);
        return out.put(nameStart, names).put(btfStart, btf).array();
    }

    private static void section(ByteBuffer out, int at, int name, int offset, int size) {
        out.putInt(at, name).putLong(at + 24, offset).putLong(at + 32, size);
    }

    @Test
    void pagesAndCpusMakeTheMachine() throws IOException {
        write("sys/devices/system/cpu/possible", "0-3\n");
        assertEquals(
                List.of(4096, 4),
                List.of(kernel().machine().pageSize(), kernel().machine().possibleCpus()));
    }
}
