package dev.ebpf4j.errors;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ebpf4j.clang.Clang;
import dev.ebpf4j.clang.CompileRequest;
import dev.ebpf4j.elf.ElfReader;
import dev.ebpf4j.kernel.KernelInfo;
import dev.ebpf4j.link.LinkedObject;
import dev.ebpf4j.link.ObjectLinker;
import dev.ebpf4j.plan.Feature;
import dev.ebpf4j.plan.KernelFeatures;
import dev.ebpf4j.plan.LoadPlan;
import dev.ebpf4j.plan.Machine;
import dev.ebpf4j.spec.ObjectSpec;
import dev.ebpf4j.test.RequiresBpf;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** What docs/loading.md shows is what the code makes of the source shown there. */
@RequiresBpf
class LoadingDocTest {
    private static final Path PAGE = Path.of("..", "docs", "loading.md");
    private static final Machine MACHINE = new Machine(4096, 2);

    @Test
    void thePlanOnThePageIsThePlanOfTheSourceOnThePage() throws IOException {
        LoadPlan plan = LoadPlan.of(linked(), KernelFeatures.ALL, MACHINE);
        assertEquals(withoutCompiler(block("plan")), withoutCompiler(plan.toString()));
    }

    @Test
    void withoutBtfAndGlobalVariablesAsThePageSays() throws IOException {
        KernelFeatures old = KernelFeatures.ALL.without(Feature.BTF, Feature.GLOBAL_DATA);
        LoadPlan plan = LoadPlan.of(linked(), old, MACHINE);
        String text = plan.toString();
        assertFalse(text.contains("load BTF") || (text.contains("'.rodata'") && text.contains("fill map")), text);
        assertTrue(plan.notes().size() >= 2, text);
    }

    private static LinkedObject linked() throws IOException {
        byte[] elf = Clang.find()
                .compile(CompileRequest.of("loading.bpf.c", block("c")).build())
                .toBytes();
        ObjectSpec spec = ElfReader.read(elf, "loading").withVariable("min_pid", 1000);
        return ObjectLinker.link(spec, KernelInfo.detect().linkInputs());
    }

    /** The numbers that depend on the compiler and on the kernel's types. */
    private static String withoutCompiler(String plan) {
        return plan.replaceAll("\\d+ types", "N types")
                .replaceAll("types \\d+ and \\d+", "types N and N")
                .replaceAll("\\d+ instructions", "N instructions")
                .replaceAll("\\d+ lines", "N lines")
                .replaceAll("never reach \\d+", "never reach N")
                .replaceAll("\\[\\d+]", "[N]");
    }

    private static String block(String language) throws IOException {
        String page = Files.readString(PAGE);
        String fence = "```" + language + "\n";
        int start = page.indexOf(fence) + fence.length();
        return page.substring(start, page.indexOf("```", start));
    }
}
