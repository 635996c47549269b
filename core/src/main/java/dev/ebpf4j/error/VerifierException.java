package dev.ebpf4j.error;

import dev.ebpf4j.error.VerifierLog.Source;

/**
 * The verifier rejected a program. The message begins with the program, its source line, the verifier's reason and a hint
 * where one is known, followed by the end of the log; {@link #log()} has all of it.
 */
public final class VerifierException extends BpfException {
    private static final long serialVersionUID = 1L;
    private static final int LINES_SHOWN = 15;

    /** The program's name. */
    private final String program;

    /** Why the last instruction could not work. */
    private final String knownCause;

    /** What the verifier wrote; not part of the serial form. */
    @SuppressWarnings("serial")
    private final transient VerifierLog log;

    /**
     * Creates the exception.
     *
     * @param program the program's name
     * @param errno the kernel's answer
     * @param log what the verifier wrote
     * @param knownCause why the last instruction could not work, if the loader knows better than the verifier: what a
     *     poisoned instruction is missing; else empty
     */
    public VerifierException(String program, Errno errno, VerifierLog log, String knownCause) {
        super("load program '" + program + "'", errno, message(program, errno, log, knownCause), null);
        this.program = program;
        this.log = log;
        this.knownCause = knownCause;
    }

    /** {@return the program's name} */
    public String program() {
        return program;
    }

    /** {@return why the last instruction could not work, where the loader knows better than the verifier; else empty} */
    public String knownCause() {
        return knownCause;
    }

    /** {@return what the verifier wrote} */
    public VerifierLog log() {
        return log;
    }

    private static String message(String program, Errno errno, VerifierLog log, String knownCause) {
        StringBuilder message = new StringBuilder();
        message.append("the verifier rejected program '")
                .append(program)
                .append("': ")
                .append(errno);
        log.lastSource()
                .map(Source::toString)
                .ifPresent(source -> message.append("\n  at ").append(source));
        if (!knownCause.isEmpty()) {
            message.append("\n  because ").append(knownCause);
        }
        message.append("\n  verifier: ").append(log.reason().isEmpty() ? "gave no reason" : log.reason());
        log.last().ifPresent(last -> message.append("\n  instruction ").append(last));
        if (knownCause.isEmpty() || VerifierHints.isPoison(log.reason())) {
            VerifierHints.hint(log.reason())
                    .ifPresent(hint -> message.append("\n  hint: ").append(hint));
        }
        if (!log.explanation().isEmpty()) {
            message.append('\n').append(log.explanation().indent(2).stripTrailing());
        }
        message.append("\n  end of the log:\n")
                .append(log.tail(LINES_SHOWN).indent(4).stripTrailing());
        return message.toString();
    }
}
