package dev.ebpf4j.clang;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.ebpf4j.insn.Helper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Generates {@code bpf/bpf_helper_defs.h} from {@link Helper}, and checks that the committed one is that. */
class HelperDefsTest {

    private static final Path COMMITTED = Path.of("src/main/resources/dev/ebpf4j/clang/include/bpf/bpf_helper_defs.h");

    private static final Pattern STRUCT = Pattern.compile("struct (\\w+)");

    /** Helpers that the kernel may inline without clobbering the caller's registers (UAPI bpf.h, "__bpf_fastcall"). */
    private static final Set<Helper> FASTCALL = Set.of(Helper.GET_SMP_PROCESSOR_ID);

    private static final String HEAD = """
            /* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
            /*
             * The helpers of the kernel, as functions that are called by number. Generated from ebpf4j's table of helpers by
             * HelperDefsTest: edit that table, then run the test with -Dregenerate=true.
             */
            #ifndef __EBPF4J_BPF_HELPER_DEFS_H__
            #define __EBPF4J_BPF_HELPER_DEFS_H__

            /* The kernel spares the caller's registers around these, and compilers that know it need not save them. */
            #ifndef __bpf_fastcall
            #if __has_attribute(bpf_fastcall)
            #define __bpf_fastcall __attribute__((bpf_fastcall))
            #else
            #define __bpf_fastcall
            #endif
            #endif

            """;

    @Test
    void theCommittedHeaderIsTheGeneratedOne() throws IOException {
        if (Boolean.getBoolean("regenerate")) {
            Files.writeString(COMMITTED, generate());
        }
        assertEquals(generate(), Files.readString(COMMITTED));
    }

    private static String generate() {
        List<Helper> helpers = Stream.of(Helper.values())
                .sorted(Comparator.comparingInt(Helper::id))
                .toList();
        String structs =
                structs(helpers).stream().map(name -> "struct " + name + ";\n").collect(Collectors.joining());
        String functions = helpers.stream().map(HelperDefsTest::declaration).collect(Collectors.joining());
        return HEAD + structs + "\n" + functions + "\n#endif /* __EBPF4J_BPF_HELPER_DEFS_H__ */\n";
    }

    private static Set<String> structs(List<Helper> helpers) {
        Set<String> names = new TreeSet<>();
        for (Helper helper : helpers) {
            Matcher struct = STRUCT.matcher(helper.returnType() + " " + parameters(helper));
            while (struct.find()) {
                names.add(struct.group(1));
            }
        }
        return names;
    }

    private static String declaration(Helper helper) {
        String fastcall = FASTCALL.contains(helper) ? "__bpf_fastcall " : "";
        String star = helper.returnType().endsWith("*") ? "" : " ";
        return "static " + fastcall + helper.returnType() + star + "(*const " + helper.functionName() + ")("
                + parameters(helper) + ") = (void *)" + helper.id() + ";\n";
    }

    /** A program names a map by the address of its definition, which has a type of its own; nothing declares size_t. */
    private static String parameters(Helper helper) {
        return helper.parameters().isEmpty()
                ? "void"
                : String.join(", ", helper.parameters())
                        .replace("struct bpf_map *", "void *")
                        .replace("size_t ", "unsigned long ");
    }
}
