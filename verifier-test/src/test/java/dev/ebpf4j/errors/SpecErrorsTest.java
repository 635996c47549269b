package dev.ebpf4j.errors;

import static dev.ebpf4j.errors.Messages.assertFails;

import dev.ebpf4j.btf.Btf;
import dev.ebpf4j.codec.TypeRef;
import dev.ebpf4j.error.MissingObjectException;
import dev.ebpf4j.kernel.KernelInfo;
import dev.ebpf4j.link.LinkException;
import dev.ebpf4j.link.LinkInputs;
import dev.ebpf4j.link.ObjectLinker;
import dev.ebpf4j.spec.ObjectSpec;
import dev.ebpf4j.test.RequiresBpf;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What a user reads whose object is whole, and who asks for something that it is not, or that this kernel has not. */
class SpecErrorsTest {
    private static final LinkInputs NO_BTF = LinkInputs.of(Optional::empty);

    @Test
    void missingNames() {
        ObjectSpec good = Sources.good();
        assertFails(
                MissingObjectException.class,
                "object 'good' has no map 'stat'; it has stats, events, .rodata, .bss",
                () -> good.map("stat"));
        assertFails(
                MissingObjectException.class,
                "object 'good' has no program 'exec'; it has on_exec, on_exit",
                () -> good.program("exec"));
        assertFails(
                MissingObjectException.class,
                "object 'good' has no variable 'target_pd'; it has target_pid, prefix, seen",
                () -> good.withVariable("target_pd", 1));
    }

    @Test
    void valuesThatDoNotFitTheirVariables() {
        ObjectSpec good = Sources.good();
        assertFails(
                IllegalArgumentException.class,
                "variable 'target_pid' (4 bytes in .rodata) can't hold 1099511627776",
                () -> good.withVariable("target_pid", 1L << 40));
        assertFails(
                IllegalArgumentException.class,
                "variable 'target_pid' is a number; \"42\" is a string",
                () -> good.withVariable("target_pid", "42"));
        assertFails(
                IllegalArgumentException.class,
                "variable 'target_pid' (4 bytes in .rodata) can't hold a floating-point number of 8 bytes",
                () -> good.withVariable("target_pid", 3.5));
        assertFails(
                IllegalArgumentException.class,
                "variable 'prefix' (8 bytes in .rodata) can't hold a string of 8 bytes and its terminator",
                () -> good.withVariable("prefix", "12345678"));
        assertFails(
                IllegalArgumentException.class,
                "variable 'prefix' (8 bytes in .rodata) can't hold a java.util.…;"
                        + " give a number, boolean, character, string or Bytes",
                () -> good.withVariable("prefix", List.of()));
    }

    @Test
    void aTypeThatTheObjectDoesNotDescribe() {
        Btf btf = Sources.good().btf();
        assertFails(MissingObjectException.class, """
            the BTF has no type 'stats'; close names: stat; clang keeps a type only if a program, map or global variable uses it, as does
              const struct stats *unused_stats __attribute__((unused));
            """, () -> TypeRef.named(btf, "stats"));
        assertFails(
                MissingObjectException.class,
                "no type 'stat': the object has no BTF; compile it with -g, and link it without strip",
                () -> TypeRef.named(null, "stat"));
    }

    @Test
    void anUnknownSection() {
        assertFails(
                LinkException.class,
                "program 'f' is in section 'kprob/do_exit', which names no known program type; close names: kprobe;"
                        + " rename the section, or use withType(…) or withAutoload(false)",
                () -> ObjectLinker.link(inSection("kprob/do_exit"), NO_BTF));
        assertFails(
                LinkException.class,
                "program 'f' is in section 'my_section', which names no known program type;"
                        + " rename the section, or use withType(…) or withAutoload(false)",
                () -> ObjectLinker.link(inSection("my_section"), NO_BTF));
    }

    private static ObjectSpec inSection(String section) {
        return Sources.object("sections", """
            #include "types.h"
            SEC("%s")
            int f(void *ctx)
            {
            	return 0;
            }
            """.formatted(section) + Sources.LICENSE);
    }

    @Test
    void anObjectOfTheOtherByteOrder() {
        boolean little = ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN;
        byte[] elf = Sources.compile("other", Sources.GOOD, little ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN);
        assertFails(
                LinkException.class,
                little
                        ? "object 'other' is big-endian, this kernel is little-endian;"
                                + " compile it for this machine (clang -target bpfel)"
                        : "object 'other' is little-endian, this kernel is big-endian;"
                                + " compile it for this machine (clang -target bpfeb)",
                () -> ObjectLinker.link(dev.ebpf4j.elf.ElfReader.read(elf, "other"), NO_BTF));
    }

    @Test
    void aKernelWithoutTypeInformation() {
        ObjectSpec relocated = Sources.object("relocated", """
            #include "types.h"
            struct task_struct {
            	int exit_code;
            } __attribute__((preserve_access_index));

            SEC("raw_tp/sched_process_exit")
            int on_exit(__u64 *ctx)
            {
            	return BPF_CORE_READ((struct task_struct *)ctx[0], exit_code);
            }
            """ + Sources.LICENSE);
        assertFails(
                LinkException.class,
                "object 'relocated' is relocated by type information (CO-RE), and this kernel has none:"
                        + " run a kernel built with CONFIG_DEBUG_INFO_BTF=y, or give a BTF by LinkInputs.withCoReBtf",
                () -> ObjectLinker.link(relocated, NO_BTF));
    }

    @Test
    @RequiresBpf
    void aTracepointOfTheKernelsTypesThatDoesNotExist() {
        assertFails(
                LinkException.class,
                "program 'f': this kernel has no tracepoint 'sched_process_exce'; close names: …sched_process_exec…",
                () -> ObjectLinker.link(
                        inSection("tp_btf/sched_process_exce"),
                        KernelInfo.detect().linkInputs()));
    }
}
