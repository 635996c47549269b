package dev.ebpf4j.kernel;

import dev.ebpf4j.insn.Code;
import dev.ebpf4j.insn.Disassembler;
import dev.ebpf4j.spec.Bytes;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The code of a loaded program: as the kernel rewrote it, and as the processor runs it. What the kernel does not show to
 * this process is empty.
 *
 * @param xlated the instructions as the kernel translated them; slots count from here
 * @param functions the functions, each with its first slot; none for a program without type information
 * @param lines the source lines; none for a program without type information
 * @param calls names of the helpers, kfuncs and other kernel functions that instructions call, by slot
 * @param machineCode the machine code, a part for each function; none where programs are interpreted
 * @see Program#dump
 */
public record ProgramDump(
        Code xlated,
        List<Function> functions,
        List<Line> lines,
        Map<Integer, String> calls,
        List<MachineCode> machineCode) {
    private static final Pattern CALL = Pattern.compile(" *(\\d+): call ");

    /**
     * Copies the lists.
     *
     * @param xlated the instructions as the kernel translated them
     * @param functions the functions
     * @param lines the source lines
     * @param calls names of called kernel functions
     * @param machineCode the machine code
     */
    public ProgramDump {
        functions = List.copyOf(functions);
        lines = List.copyOf(lines);
        calls = Map.copyOf(calls);
        machineCode = List.copyOf(machineCode);
    }

    /**
     * A function.
     *
     * @param slot its first slot
     * @param typeId its type in the program's type information
     * @param name its name in the source, in full
     */
    public record Function(int slot, int typeId, String name) {}

    /**
     * Where some instructions come from.
     *
     * @param slot the first slot of them
     * @param file the source file
     * @param text the line, without blanks around
     * @param line number of the line, from 1
     * @param column number of the column, from 1
     */
    public record Line(int slot, String file, String text, int line, int column) {}

    /**
     * The machine code of a function.
     *
     * @param address where it stands in the kernel; 0 if the kernel does not show addresses to this process
     * @param code the processor's instructions
     */
    public record MachineCode(long address, Bytes code) {}

    /** {@return the translated instructions as text, with the names of functions and the source lines between} */
    public String text() {
        Map<Integer, String> names = new HashMap<>();
        functions.forEach(function -> names.put(function.slot(), function.name()));
        Map<Integer, String> sources = new HashMap<>();
        lines.forEach(line -> sources.merge(line.slot(), line.text(), (one, other) -> one + "\n" + other));
        String text = Disassembler.plain()
                .withLabels(names)
                .withNotes(slot -> Optional.ofNullable(sources.get(slot)))
                .text(XlatedCode.withDistances(xlated))
                .replace("map[fd:", "map[id:");
        return text.lines().map(this::withName).collect(Collectors.joining("\n", "", "\n"));
    }

    private String withName(String line) {
        Matcher call = CALL.matcher(line);
        String name = call.lookingAt() ? calls.get(Integer.parseInt(call.group(1))) : null;
        return name == null ? line : call.group() + name;
    }
}
