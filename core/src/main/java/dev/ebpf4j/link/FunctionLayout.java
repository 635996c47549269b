package dev.ebpf4j.link;

import dev.ebpf4j.link.LinkedProgram.FunctionStart;
import dev.ebpf4j.spec.FunctionId;
import dev.ebpf4j.spec.FunctionSpec;
import dev.ebpf4j.spec.ProgramSpec;
import dev.ebpf4j.spec.Reloc;
import dev.ebpf4j.spec.SourceLine;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Where each function of one program stands. A depth-first walk in call order places a function when it first meets a
 * call of it, so {@code main} calling {@code b} (which calls {@code c}) and then {@code a} gives
 *
 * <pre>
 *   | main | b | c | a |
 * </pre>
 */
final class FunctionLayout {
    /** A function and its first slot in the program. */
    record Placed(FunctionSpec function, int start) {}

    private final ProgramSpec program;
    private final Map<FunctionId, FunctionSpec> functions;
    private final List<Placed> placed = new ArrayList<>();
    private final Map<FunctionId, Integer> starts = new HashMap<>();
    private int size;

    private FunctionLayout(ProgramSpec program, Map<FunctionId, FunctionSpec> functions) {
        this.program = program;
        this.functions = functions;
    }

    /**
     * Lays out a program.
     *
     * @param functions all functions of the object
     * @param callback what runs when the program throws, and nothing calls; it comes last
     * @throws LinkException if a call leads nowhere, or the program outgrows every kernel
     */
    static FunctionLayout of(
            ProgramSpec program, Map<FunctionId, FunctionSpec> functions, @Nullable FunctionSpec callback) {
        FunctionLayout layout = new FunctionLayout(program, functions);
        layout.walk(program.entry());
        if (callback != null) {
            layout.walk(callback);
        }
        return layout;
    }

    /** The functions by ascending slot. */
    List<Placed> placed() {
        return placed;
    }

    /** The first slot of a function that the program uses. */
    int startOf(FunctionId function) {
        return Objects.requireNonNull(starts.get(function));
    }

    /** A stack of its own, because the depth of the calls is the file's choice. */
    private void walk(FunctionSpec root) {
        Deque<Iterator<FunctionSpec>> stack = new ArrayDeque<>();
        if (!starts.containsKey(root.id())) {
            place(root);
            stack.push(callees(root));
        }
        while (!stack.isEmpty()) {
            if (!stack.peek().hasNext()) {
                stack.pop();
                continue;
            }
            FunctionSpec callee = stack.peek().next();
            if (!starts.containsKey(callee.id())) {
                place(callee);
                stack.push(callees(callee));
            }
        }
    }

    private void place(FunctionSpec function) {
        placed.add(new Placed(function, size));
        starts.put(function.id(), size);
        size += function.code().size();
        CheckNothingLeft.checkSize(program.name(), size);
    }

    private Iterator<FunctionSpec> callees(FunctionSpec caller) {
        List<FunctionSpec> callees = new ArrayList<>();
        for (Reloc reloc : caller.relocs()) {
            FunctionId id = callee(reloc);
            if (id != null) {
                callees.add(function(caller, reloc, id));
            }
        }
        return callees.iterator();
    }

    private static @Nullable FunctionId callee(Reloc reloc) {
        return switch (reloc) {
            case Reloc.SubprogCall call -> call.callee();
            case Reloc.SubprogAddress address -> address.callee();
            default -> null;
        };
    }

    private FunctionSpec function(FunctionSpec caller, Reloc reloc, FunctionId id) {
        FunctionSpec function = functions.get(id);
        if (function == null) {
            throw new LinkException("program '" + program.name() + "': function '" + caller.name() + "', instruction "
                    + reloc.slot() + ", calls " + id + ", where no function begins");
        }
        return function;
    }

    /** All relocations, in slots of the program. */
    List<Reloc> relocs() {
        List<Reloc> relocs = new ArrayList<>();
        for (Placed each : placed) {
            each.function.relocs().forEach(reloc -> relocs.add(reloc.at(each.start + reloc.slot())));
        }
        return relocs;
    }

    /** The kernel wants function information for all functions of a program, or for none. */
    List<FunctionStart> functionStarts() {
        if (placed.stream().anyMatch(each -> each.function.typeId() == 0)) {
            return List.of();
        }
        return placed.stream()
                .map(each -> new FunctionStart(each.start, each.function.typeId()))
                .toList();
    }

    /** The kernel wants a line for the first instruction of every function, or no lines. */
    List<SourceLine> lines() {
        List<SourceLine> all = new ArrayList<>();
        for (Placed each : placed) {
            List<SourceLine> lines = each.function.lines();
            if (lines.isEmpty() || lines.getFirst().slot() != 0) {
                return List.of();
            }
            lines.forEach(line -> all.add(line.at(each.start + line.slot())));
        }
        return all;
    }
}
