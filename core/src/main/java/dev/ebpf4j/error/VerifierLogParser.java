package dev.ebpf4j.error;

import dev.ebpf4j.error.VerifierLog.Instruction;
import dev.ebpf4j.error.VerifierLog.Source;
import dev.ebpf4j.error.VerifierLog.State;
import dev.ebpf4j.error.VerifierLog.Stats;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Sorts the lines of a log by how they begin. Without regular expressions, since some of those overflow the stack or take
 * quadratic time on a log that is damaged.
 */
final class VerifierLogParser {
    private static final String EXPLANATION = "Verification failed:";
    private static final String NO_SOURCE_FILE = "";
    private static final int MOST_MESSAGES = 8;

    /** Beginnings of lines that tell about the verifier's work, never why it gave up. */
    private static final List<String> CHATTER = List.of(
            "func#",
            "Func#",
            "Validating ",
            "Live regs before insn",
            "mark_precise:",
            "last_idx ",
            "first_idx ",
            "regs=",
            "parent ",
            "propagating ",
            "cur state:",
            "old state:",
            "caller:",
            "callee:",
            "from ",
            "safe",
            "returning from callee:",
            "to caller at ",
            "(");

    private final String text;
    private final List<Instruction> instructions = new ArrayList<>();
    private final List<String> messages = new ArrayList<>();
    private final StringBuilder explanation = new StringBuilder();
    private Optional<Source> source = Optional.empty();
    private State before = State.NONE;
    private boolean explaining;
    private boolean messagesOver;
    private final Map<String, Long> figures = new LinkedHashMap<>();

    VerifierLogParser(String text) {
        this.text = text;
    }

    VerifierLog parse() {
        text.lines().forEach(this::line);
        String reason = String.join("; ", messages);
        if (reason.isEmpty() && explanation.toString().startsWith(EXPLANATION)) {
            reason = explanation
                    .substring(EXPLANATION.length(), explanation.indexOf("\n"))
                    .strip();
        }
        return new VerifierLog(
                text, instructions, reason, explanation.toString().strip(), stats());
    }

    private void line(String line) {
        if (line.startsWith("processed ")) {
            explaining = false;
            figures(line);
        } else if (line.startsWith("verification time ")) {
            figures.put("micros", numberIn(line, "verification time ".length()));
        } else if (line.startsWith("stack depth ")) {
            figures.put("stack", sum(line.substring("stack depth ".length())));
        } else if (explaining || line.startsWith(EXPLANATION)) {
            explaining = true;
            explanation.append(line).append('\n');
        } else if (line.startsWith(";")) {
            source = Optional.of(source(line.substring(1).strip()));
        } else if (line.isBlank()) {
            messagesOver = !messages.isEmpty();
        } else if (!instruction(line) && !state(line)) {
            message(line.strip());
        }
    }

    /** {@code 7: (79) r1 = *(u64 *)(r0 +0)   ; R0=...}. */
    private boolean instruction(String line) {
        int colon = digits(line, 0);
        if (colon == 0 || !line.startsWith(": (", colon)) {
            return false;
        }
        int code = line.indexOf(") ", colon);
        int slot = (int) numberIn(line, 0);
        if (code < 0 || slot < 0) {
            return false;
        }
        String rest = line.substring(code + 2);
        int split = stateInside(rest);
        State after = split < 0 ? State.NONE : new State(rest.substring(stateStart(rest, split)), false);
        String shown = (split < 0 ? rest : rest.substring(0, split)).strip();
        instructions.add(new Instruction(slot, shown, source, before, after));
        before = State.NONE;
        messages.clear();
        messagesOver = false;
        return true;
    }

    /** Where code ends and a state begins: at {@code "; R1="}, or at {@code " 17: R0="} behind a jump; -1 if nowhere. */
    private static int stateInside(String rest) {
        for (int i = rest.indexOf(' '); i >= 0; i = rest.indexOf(' ', i + 1)) {
            int start = stateStart(rest, i);
            if (start > 0 && isState(rest, start)) {
                return i;
            }
        }
        return -1;
    }

    private static int stateStart(String rest, int space) {
        if (rest.startsWith(" ; ", space)) {
            return space + 3;
        }
        int colon = digits(rest, space + 1);
        return colon > space + 1 && rest.startsWith(": ", colon) ? colon + 2 : -1;
    }

    /** {@code 0: R1=ctx() R10=fp0}, {@code from 5 to 7: R0=...}, and the indented lines of old kernels. */
    private boolean state(String line) {
        boolean branch = line.startsWith("from ");
        int start = branch ? line.indexOf(": ") + 2 : 0;
        int colon = digits(line, 0);
        if (colon > 0 && line.startsWith(": ", colon)) {
            start = colon + 2;
        } else if (line.startsWith(" ")) {
            start = 1;
        }
        if ((start == 0 && !line.startsWith("R")) || !isState(line, start)) {
            return false;
        }
        before = new State(line.substring(start).strip(), branch);
        return true;
    }

    /** Whether {@code R1=}, {@code R1_w=}, {@code fp-8=}, {@code refs=} or {@code frame1: } stands here. */
    private static boolean isState(String line, int at) {
        if (line.startsWith("frame", at)) {
            int end = digits(line, at + 5);
            return line.startsWith(": ", end) && isStateWord(line, end + 2);
        }
        return isStateWord(line, at);
    }

    private static boolean isStateWord(String line, int at) {
        int end;
        if (line.startsWith("R", at)) {
            end = digits(line, at + 1);
            if (end == at + 1) {
                return false;
            }
        } else if (line.startsWith("fp-", at)) {
            end = digits(line, at + 3);
        } else {
            return line.startsWith("refs=", at);
        }
        while (end < line.length() && (line.charAt(end) == '_' || Character.isLetter(line.charAt(end)))) {
            end++;
        }
        return line.startsWith("=", end);
    }

    /** Some beginnings are those of reasons too: {@code frame pointer is read only}, {@code arg#0 expected pointer to …}. */
    private static boolean isChatter(String line) {
        return CHATTER.stream().anyMatch(line::startsWith)
                || (line.startsWith("frame ") && digits(line, 6) > 6)
                || (line.startsWith("arg#") && line.contains(" reference type("));
    }

    private void message(String line) {
        if (messagesOver || isChatter(line)) {
            return;
        }
        if (digits(line, 0) > 0 && line.startsWith(": ", digits(line, 0))) {
            return; // a table of live registers
        }
        if (messages.size() < MOST_MESSAGES) {
            messages.add(line);
        }
    }

    /** {@code *count += 1; @ fix.c:12}. */
    private static Source source(String line) {
        int at = line.lastIndexOf("@ ");
        int colon = line.lastIndexOf(':');
        if (at < 0 || colon < at || digits(line, colon + 1) != line.length() || colon + 1 == line.length()) {
            return new Source(line, NO_SOURCE_FILE, 0);
        }
        int number = (int) numberIn(line, colon + 1);
        return new Source(line.substring(0, at).strip(), line.substring(at + 2, colon), Math.max(number, 0));
    }

    /** {@code processed 7 insns (limit 1000000) max_states_per_insn 0 total_states 0 peak_states 0 mark_read 0}. */
    private void figures(String line) {
        String[] words = line.replace("(", "").replace(")", "").split(" ", -1);
        for (int i = 0; i + 1 < words.length; i++) {
            long number = numberIn(words[i + 1], 0);
            if (number >= 0) {
                figures.put(words[i], number);
            }
        }
    }

    private Optional<Stats> stats() {
        if (!figures.containsKey("processed")) {
            return Optional.empty();
        }
        return Optional.of(new Stats(
                figure("processed"),
                figure("limit"),
                figure("max_states_per_insn"),
                figure("total_states"),
                figure("peak_states"),
                figure("mark_read"),
                figure("micros"),
                figure("stack")));
    }

    private long figure(String name) {
        return figures.getOrDefault(name, -1L);
    }

    /** {@code R0=scalar(smin=0,smax=255) fp-8=mmmm????}: values end at a blank outside of brackets. */
    static Map<String, String> values(String state) {
        Map<String, String> values = new LinkedHashMap<>();
        int at = 0;
        while (at < state.length()) {
            int end = wordEnd(state, at);
            int equals = state.indexOf('=', at, end);
            if (equals > at) {
                String name = state.substring(at, equals);
                int mark = name.indexOf('_');
                values.put(mark < 0 ? name : name.substring(0, mark), state.substring(equals + 1, end));
            }
            at = end + 1;
        }
        return values;
    }

    private static int wordEnd(String state, int from) {
        int depth = 0;
        for (int i = from; i < state.length(); i++) {
            switch (state.charAt(i)) {
                case '(' -> depth++;
                case ')' -> depth--;
                case ' ' -> {
                    if (depth <= 0) {
                        return i;
                    }
                }
                default -> {}
            }
        }
        return state.length();
    }

    /** {@code 8+16}. */
    private static long sum(String depths) {
        long sum = 0;
        for (String part : depths.split("\\+", -1)) {
            sum += Math.max(0, numberIn(part, 0));
        }
        return sum;
    }

    private static int digits(String line, int from) {
        int end = from;
        while (end < line.length() && line.charAt(end) >= '0' && line.charAt(end) <= '9') {
            end++;
        }
        return end;
    }

    /** The number that starts here; -1 if there is none that an int can hold. */
    private static long numberIn(String line, int from) {
        int end = digits(line, from);
        if (end == from || end - from > 9) {
            return -1;
        }
        return Integer.parseInt(line.substring(from, end));
    }
}
