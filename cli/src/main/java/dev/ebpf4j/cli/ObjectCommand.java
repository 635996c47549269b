package dev.ebpf4j.cli;

import dev.ebpf4j.kernel.KernelInfo;
import dev.ebpf4j.link.LinkException;
import dev.ebpf4j.link.ObjectLinker;
import dev.ebpf4j.plan.LoadPlan;
import dev.ebpf4j.spec.ObjectSpec;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Shows what object files hold, without asking a kernel. */
@Command(
        name = "object",
        mixinStandardHelpOptions = true,
        description =
                "Shows the programs, maps, variables, externs and relocations of object files. Needs no privileges"
                        + " and no Linux, but for --plan.",
        exitCodeListHeading = "Exit codes:%n",
        exitCodeList = {
            "0:all files were shown",
            "1:--plan: an object can't be loaded here",
            "2:wrong usage, or a file that is no BPF object"
        })
final class ObjectCommand extends FileCommand {
    @Parameters(paramLabel = "FILE", arity = "1..*", description = "Object files, of either byte order.")
    private List<Path> files = new ArrayList<>();

    @ArgGroup
    private View view = new View();

    /** What to show instead of the tables. */
    private static final class View {
        @Option(names = "--json", description = "Show it as JSON: an array with an element for each file.")
        private boolean json;

        @Option(
                names = "--disasm",
                paramLabel = "PROG",
                description = "Show the instructions of one program or function.")
        private String disasm = "";

        @Option(names = "--plan", description = "Show what loading would ask of this machine's kernel, step by step.")
        private boolean plan;
    }

    private final List<Map<String, @Nullable Object>> trees = new ArrayList<>();

    @Override
    public Integer call() {
        for (Path file : files) {
            ObjectSpec spec = read(file);
            if (spec != null) {
                show(file, spec);
            }
        }
        if (view.json) {
            Json.write(out(), trees);
        }
        return exitCode();
    }

    @Override
    void unreadable(Path file, String words) {
        Map<String, @Nullable Object> tree = new LinkedHashMap<>();
        tree.put("file", file.toString());
        tree.put("error", words);
        trees.add(tree);
    }

    private void show(Path file, ObjectSpec spec) {
        if (view.json) {
            trees.add(new ObjectReport(file.toString(), spec).tree());
        } else if (view.plan) {
            plan(spec);
        } else if (!view.disasm.isEmpty()) {
            out().print(new Disassembly(spec).of(view.disasm));
        } else {
            new ObjectText(out()).print(new ObjectReport(file.toString(), spec));
        }
    }

    private void plan(ObjectSpec spec) {
        KernelInfo kernel = KernelInfo.detect();
        try {
            out().print(LoadPlan.of(ObjectLinker.link(spec, kernel.linkInputs()), kernel.features(), kernel.machine()));
        } catch (LinkException e) {
            complain(e.getMessage(), Main.FAILED);
        }
    }
}
