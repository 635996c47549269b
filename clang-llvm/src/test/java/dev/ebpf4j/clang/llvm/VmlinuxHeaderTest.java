package dev.ebpf4j.clang.llvm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ebpf4j.btf.Btf;
import dev.ebpf4j.btf.BtfKind;
import dev.ebpf4j.btf.BtfType;
import dev.ebpf4j.btf.BtfType.Composite;
import dev.ebpf4j.btf.BtfType.Member;
import dev.ebpf4j.clang.Clang;
import dev.ebpf4j.clang.CompileRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The printed vmlinux.h against clang: static asserts on the size of every struct of the kernel and the offsets of its
 * members, as its BTF has them; and as C has no offset of a bit-field, the BTF that clang makes of structs with some.
 */
class VmlinuxHeaderTest {

    private static final Path RUNNING = Path.of("/sys/kernel/btf/vmlinux");

    private static Clang clang;
    private static Btf kernel;

    /** Printed name, with the keyword, to id. */
    private static final Map<String, Integer> COMPOSITES = new LinkedHashMap<>();

    @BeforeAll
    static void readKernel() throws IOException {
        Assumptions.assumeTrue(Files.isReadable(RUNNING), "this kernel has no " + RUNNING);
        clang = Clang20.find();
        kernel = Btf.parse(Files.readAllBytes(RUNNING));
        Map<String, Integer> tags = new HashMap<>();
        for (int id = 1; id < kernel.typeCount(); id++) {
            boolean composite = kernel.kind(id) == BtfKind.STRUCT || kernel.kind(id) == BtfKind.UNION;
            boolean tag = composite || kernel.kind(id) == BtfKind.ENUM || kernel.kind(id) == BtfKind.ENUM64;
            if (tag && !kernel.name(id).isEmpty()) {
                int nth = tags.merge(kernel.name(id), 1, Integer::sum);
                if (composite && !hasVaList(id)) {
                    String keyword = kernel.kind(id) == BtfKind.STRUCT ? "struct " : "union ";
                    COMPOSITES.put(keyword + kernel.name(id) + (nth == 1 ? "" : "___" + nth), id);
                }
            }
        }
    }

    /** clang's own type has another size on BPF than on the machine of the kernel. */
    private static boolean hasVaList(int id) {
        return ((Composite) kernel.type(id))
                .members().stream()
                        .anyMatch(member -> kernel.name(member.typeId()).equals("va_list"));
    }

    @Test
    void clangLaysOutEveryStructAsTheKernelDoes() {
        assertTrue(COMPOSITES.size() > 1000, "a kernel has thousands of structs, not " + COMPOSITES.size());
        StringBuilder source = new StringBuilder("#include \"vmlinux.h\"\n");
        COMPOSITES.forEach((name, id) -> addAsserts(name, id, source));
        clang.compile(CompileRequest.of("asserts.bpf.c", source.toString()).build());
    }

    @Test
    void clangPutsEveryBitFieldWhereTheKernelDoes() {
        Map<String, Integer> withBits = new LinkedHashMap<>(COMPOSITES);
        withBits.values().removeIf(id -> layout(kernel, id).stream().allMatch(line -> line.endsWith("bits 0")));
        StringBuilder source = new StringBuilder("#include \"vmlinux.h\"\n");
        withBits.forEach(
                (name, id) -> source.append(name).append(" *v").append(id).append(";\n"));
        byte[] object = clang.compile(
                        CompileRequest.of("all.bpf.c", source.toString()).build())
                .toBytes();
        Btf compiled =
                Btf.parse(Objects.requireNonNull(ObjectSections.of(object).get(".BTF")));
        List<String> wrong = new ArrayList<>();
        withBits.forEach((name, id) -> {
            Class<? extends BtfType> kind = name.startsWith("struct") ? BtfType.Struct.class : BtfType.Union.class;
            int found =
                    compiled.find(name.substring(name.indexOf(' ') + 1), kind).orElse(0);
            if (found == 0 || !layout(kernel, id).equals(layout(compiled, found))) {
                wrong.add(name);
            }
        });
        assertEquals(List.of(), wrong);
        assertTrue(withBits.size() > 100, "a kernel has hundreds of structs with bit-fields, not " + withBits.size());
    }

    /** Named members with those of anonymous members in their place. */
    private static List<String> layout(Btf btf, int id) {
        List<String> lines = new ArrayList<>();
        addMembers(btf, id, 0, lines);
        return lines;
    }

    private static void addMembers(Btf btf, int id, int base, List<String> lines) {
        for (Member member : ((Composite) btf.type(id)).members()) {
            int offset = base + member.bitOffset();
            if (member.name().isEmpty()) {
                addMembers(btf, btf.resolve(member.typeId()), offset, lines);
            } else {
                lines.add(member.name() + " at " + offset + " bits " + member.bitfieldSize());
            }
        }
    }

    @Test
    void bpftoolsHeaderHasTheSameOffsets(@TempDir Path directory) throws Exception {
        Path header = directory.resolve("vmlinux.h");
        printWithBpftool(header);
        StringBuilder source = new StringBuilder("#include \"vmlinux.h\"\n");
        COMPOSITES.forEach((name, id) -> {
            // bpftool numbers types of one name in another order.
            if (kernel.findAll(kernel.name(id)).length == 1) {
                addAsserts(name, id, source);
            }
        });
        String asserts = source.toString();
        clang.compile(CompileRequest.of("ours.bpf.c", asserts).build());
        clang.compile(
                CompileRequest.of("bpftool.bpf.c", asserts).include(directory).build());
    }

    private static void addAsserts(String name, int id, StringBuilder source) {
        source.append("_Static_assert(sizeof(")
                .append(name)
                .append(")==")
                .append(kernel.sizeOf(id))
                .append(",\"\");\n");
        for (Member member : ((Composite) kernel.type(id)).members()) {
            if (!member.name().isEmpty() && member.bitfieldSize() == 0) {
                source.append("_Static_assert(__builtin_offsetof(")
                        .append(name)
                        .append(',')
                        .append(member.name());
                source.append(")==").append(member.bitOffset() / 8).append(",\"\");\n");
            }
        }
    }

    /** bpftool 7.1 gives enums of one byte four of them, and so misplaces what follows; 7.8 does not. */
    private static void assumeBpftoolKnowsSmallEnums() throws IOException, InterruptedException {
        Process process = new ProcessBuilder("bpftool", "version").start();
        String version = process.inputReader().readLine();
        process.waitFor();
        Matcher number = Pattern.compile("bpftool v(\\d+)\\.(\\d+)").matcher(version == null ? "" : version);
        Assumptions.assumeTrue(
                number.find() && Integer.parseInt(number.group(1)) * 100 + Integer.parseInt(number.group(2)) >= 708,
                "bpftool before 7.8 misplaces what follows a small enum; this is " + version);
    }

    private static void printWithBpftool(Path header) throws IOException, InterruptedException {
        ProcessBuilder bpftool = new ProcessBuilder("bpftool", "btf", "dump", "file", RUNNING.toString(), "format", "c")
                .redirectOutput(header.toFile())
                .redirectError(ProcessBuilder.Redirect.DISCARD);
        try {
            assumeBpftoolKnowsSmallEnums();
            Process process = bpftool.start();
            Assumptions.assumeTrue(process.waitFor(60, TimeUnit.SECONDS) && process.exitValue() == 0, "bpftool fails");
        } catch (IOException e) {
            Assumptions.abort("no bpftool on the PATH: " + e.getMessage());
        }
    }
}
