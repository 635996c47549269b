package dev.ebpf4j.error;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What the verifier wrote while it walked through a program, taken apart. Any text can be parsed; what is not understood
 * is only found in {@link #text()}.
 *
 * <p>Known layouts: source lines with and without file and line number, register states on lines of their own (before
 * Linux 5.18) and behind the instruction, and the explanations that Linux 7.3 writes below the reason.
 *
 * @param text the whole log
 * @param instructions the instructions in the order in which the verifier came along; one may come several times
 * @param reason why the program was rejected, in the verifier's words; empty if it was not, or the log was cut off
 * @param explanation what newer kernels add to the reason; empty if nothing
 * @param stats the closing figures, if the log got so far
 */
public record VerifierLog(
        String text, List<Instruction> instructions, String reason, String explanation, Optional<Stats> stats) {

    /** A log without any text. */
    public static final VerifierLog EMPTY = new VerifierLog("", List.of(), "", "", Optional.empty());

    /**
     * A line of source code.
     *
     * @param text the line
     * @param file name of the file, empty if the log has none
     * @param line line number, 0 if unknown
     */
    public record Source(String text, String file, int line) {
        @Override
        public String toString() {
            return file.isEmpty() ? text : file + ":" + line + ": " + text;
        }
    }

    /**
     * An instruction that the verifier looked at.
     *
     * @param slot its slot in the program
     * @param code the instruction as the kernel prints it
     * @param source the source line it was made from, if the log has it
     * @param before state that the log shows ahead of it: all registers at a branch, else only changed ones
     * @param after state that the log shows behind it
     */
    public record Instruction(int slot, String code, Optional<Source> source, State before, State after) {
        @Override
        public String toString() {
            return slot + ": " + code;
        }
    }

    /**
     * What the verifier knows of registers and stack slots at one point.
     *
     * @param text as in the log, such as {@code R1=ctx() R10=fp0}
     * @param whole whether everything that is known is listed, not only what changed
     */
    public record State(String text, boolean whole) {
        /** No state. */
        static final State NONE = new State("", false);

        /** {@return the value of each register ({@code R1}), stack slot ({@code fp-8}) and of {@code refs}, in order} */
        public Map<String, String> values() {
            return VerifierLogParser.values(text);
        }

        /** {@return the same, each value taken apart} */
        public Map<String, VerifierValue> registers() {
            return parsed(values());
        }
    }

    /**
     * The figures at the end of a log; -1 for those that a kernel does not tell.
     *
     * @param instructions instructions that were looked at
     * @param limit how many may be
     * @param maxStates most states kept for one instruction
     * @param totalStates states kept in all
     * @param peakStates most states kept at a time
     * @param markRead longest chain of states that had to be told that a register is read
     * @param micros duration of the verification in microseconds
     * @param stackDepth deepest use of the stack in bytes, over all functions
     */
    public record Stats(
            long instructions,
            long limit,
            long maxStates,
            long totalStates,
            long peakStates,
            long markRead,
            long micros,
            long stackDepth) {}

    /** Copies the list. */
    public VerifierLog {
        instructions = List.copyOf(instructions);
    }

    /**
     * Takes a log apart. Never fails.
     *
     * @param text what the kernel wrote
     * @return the log
     */
    public static VerifierLog parse(String text) {
        return text.isBlank() ? EMPTY : new VerifierLogParser(text).parse();
    }

    /** {@return the instruction that the verifier looked at last: the one it rejected, if it rejected one} */
    public Optional<Instruction> last() {
        return instructions.isEmpty() ? Optional.empty() : Optional.of(instructions.getLast());
    }

    /** {@return the source line of the last instruction; of the nearest one ahead of it, if it has none of its own} */
    public Optional<Source> lastSource() {
        for (Instruction instruction : instructions.reversed()) {
            Optional<Source> source = instruction.source();
            if (source.isPresent() && !source.get().text().isEmpty()) {
                return source;
            }
        }
        return Optional.empty();
    }

    /** {@return the explanation that kernels from 7.3 on give, taken apart} */
    public Optional<VerifierDiagnosis> diagnosis() {
        return VerifierDiagnosis.parse(explanation);
    }

    /** {@return what was known of registers and stack when the last instruction was reached, each value taken apart} */
    public Map<String, VerifierValue> lastValues() {
        return parsed(lastRegisters());
    }

    private static Map<String, VerifierValue> parsed(Map<String, String> values) {
        Map<String, VerifierValue> parsed = new LinkedHashMap<>();
        values.forEach((name, value) -> parsed.put(name, VerifierValue.parse(value)));
        return parsed;
    }

    /** {@return what was known of registers and stack when the last instruction was reached} */
    public Map<String, String> lastRegisters() {
        int last = instructions.size() - 1;
        int first = last;
        while (first > 0 && !instructions.get(first).before().whole()) {
            first--;
        }
        Map<String, String> registers = new LinkedHashMap<>();
        for (int i = Math.max(first, 0); i <= last; i++) {
            merge(registers, instructions.get(i).before());
            if (i < last) {
                merge(registers, instructions.get(i).after());
            }
        }
        return registers;
    }

    private static void merge(Map<String, String> registers, State state) {
        if (state.whole()) {
            registers.clear();
        }
        registers.putAll(state.values());
    }

    /**
     * {@return the last lines}
     *
     * @param count how many at most
     */
    public String tail(int count) {
        List<String> lines = text.strip().lines().toList();
        return String.join("\n", lines.subList(Math.max(0, lines.size() - count), lines.size()));
    }

    /** {@return the whole log} */
    @Override
    public String toString() {
        return text;
    }
}
