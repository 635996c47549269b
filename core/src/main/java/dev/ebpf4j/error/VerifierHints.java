package dev.ebpf4j.error;

import java.util.List;
import java.util.Optional;

/** What to do about a rejection, by what the verifier said. */
final class VerifierHints {
    /** The call that the linker puts where this kernel has no answer to a CO-RE question; no kernel has this helper. */
    static final String CO_RE_POISON = "unknown#195896080";

    private VerifierHints() {}

    /**
     * A hint and what it is for.
     *
     * @param part what the verifier's reason contains
     * @param hint what to do about it
     */
    private record Hint(String part, String hint) {}

    /** The first that fits is given, so the special stands before the general. */
    private static final List<Hint> HINTS = List.of(
            new Hint("_or_null'", "the pointer may be NULL here: compare it with NULL before using it"),
            new Hint("_or_null,", "the pointer may be NULL here: compare it with NULL before using it"),
            new Hint("invalid mem access 'scalar'", Texts.SCALAR),
            new Hint("invalid mem access 'inv'", Texts.SCALAR),
            new Hint("unbounded memory access", Texts.BOUNDS),
            new Hint("min value is negative", Texts.BOUNDS),
            new Hint("outside of the allowed memory range", Texts.BOUNDS),
            new Hint("invalid access to map value", Texts.BOUNDS),
            new Hint("invalid access to packet", "compare the pointer with data_end before reading the packet"),
            new Hint("infinite loop detected", Texts.LOOP),
            new Hint("back-edge", Texts.LOOP),
            new Hint("BPF program is too large", Texts.COMPLEX),
            new Hint("jumps is too complex", Texts.COMPLEX),
            new Hint("Unreleased reference", "release, submit or discard what was acquired on every path to the exit"),
            new Hint("reference leak", "release, submit or discard what was acquired on every path to the exit"),
            new Hint(
                    CO_RE_POISON,
                    "a CO-RE access that this kernel can't serve is reached here: "
                            + "guard it with bpf_core_field_exists() or bpf_core_type_exists()"),
            new Hint("invalid func unknown#", "this kernel has no helper of that number"),
            new Hint("program of this type cannot use helper", "choose another helper, or another type of program"),
            new Hint("unknown func", "this type of program, on this kernel, has no such helper"),
            new Hint("cannot call GPL-restricted function", Texts.GPL),
            new Hint("cannot call GPL only function", Texts.GPL),
            new Hint("read from stack", "bytes of a stack variable were never written: clear it, padding included"),
            new Hint("invalid write to stack", Texts.STACK),
            new Hint("combined stack size", Texts.STACK),
            new Hint("!read_ok", "the register was never written on this path; calls destroy r1 to r5"),
            new Hint(
                    "At program exit the register R0", "return one of the values that this type of program may return"),
            new Hint("At program exit the value", "return one of the values that this type of program may return"),
            new Hint("invalid bpf_context access", "this type of program has no such field in its context"),
            new Hint("not pointing to valid bpf_map", "the instruction loads a map that was never created"));

    private static final class Texts {
        static final String SCALAR = "this is a plain number to the verifier, not a pointer it knows: "
                + "read through it with bpf_probe_read_kernel(), bpf_probe_read_user() or BPF_CORE_READ()";
        static final String BOUNDS = "compare the index or size with its limit right before it is used, as unsigned";
        static final String LOOP = "give the loop a bound the verifier can see: a constant, bpf_for() or bpf_loop()";
        static final String COMPLEX = "too many paths: use bpf_loop() or bpf_for(), fewer unrolled iterations, "
                + "or global functions, which are verified once";
        static final String GPL = "declare a licence that is compatible with the GPL, if that is what you want: "
                + "char LICENSE[] SEC(\"license\") = \"GPL\";";
        static final String STACK = "a call chain has 512 bytes of stack: keep large values in a per-CPU array map";
    }

    /** Returns what to do about {@code reason}. */
    static Optional<String> hint(String reason) {
        return HINTS.stream()
                .filter(hint -> reason.contains(hint.part()))
                .map(Hint::hint)
                .findFirst();
    }
}
