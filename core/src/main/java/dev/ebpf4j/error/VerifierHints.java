package dev.ebpf4j.error;

import java.util.List;
import java.util.Optional;

/** What to do about a rejection, by what the verifier said. */
final class VerifierHints {
    /** The call that the linker puts where this kernel has no answer to a CO-RE question; no kernel has this helper. */
    static final String CO_RE_POISON = "unknown#195896080";

    /** Calls that the linker puts where a map was not made, or a kernel function is missing; a number follows. */
    private static final String MAP_POISON = "unknown#2001";

    private static final String KFUNC_POISON = "unknown#2002";

    private VerifierHints() {}

    /**
     * Lines of {@code part of the reason | what to do}. The first that fits is given, so the special stands before the
     * general.
     */
    private static final List<String[]> HINTS =
            """
            unknown#195896080|a CO-RE access that this kernel can't serve is reached here: guard it with bpf_core_field_exists() or bpf_core_type_exists()
            unknown#2001|the program reaches a map that was not made: guard the use with a constant, or have the map made
            unknown#2002|the program calls a kernel function that this kernel lacks: guard the call with bpf_ksym_exists()
            _or_null'|=null
            _or_null,|=null
            ossibly NULL pointer passed|=null
            R0 !read_ok|r0 was never set on this path: the function must return a value
            !read_ok|the register was never written on this path; calls destroy r1 to r5
            invalid mem access 'scalar'|=scalar
            invalid mem access 'inv'|=scalar
            type=scalar expected=|=argument
            type=inv expected=|=argument
            expected pointer to|=argument
            must be referenced or trusted|take the pointer from a tp_btf or fentry argument or from an acquire function; those read from memory are not trusted
            must be a rcu pointer|take the pointer between bpf_rcu_read_lock() and bpf_rcu_read_unlock()
            invalid zero-sized read|make sure that the size is never 0: compare it right before the call
            use 'var &= const'|=bounds
            unbounded memory access|=bounds
            min value is negative|=bounds
            outside of the allowed memory range|=bounds
            invalid access to map value|=bounds
            invalid access to memory|=bounds
            invalid access to packet|compare the pointer with data_end right before reading the packet
            pkt pointer|compare the pointer with data_end right before reading the packet
            misaligned|the offset must be a multiple of the size of the access: align the struct, or copy its fields with memcpy
            infinite loop detected|=loop
            back-edge|=loop
            loop detected|=loop
            BPF program is too large|=complex
            jumps is too complex|=complex
            too many states|=complex
            spin_lock-ed region|release the lock on every path: bpf_spin_unlock() before each call and each exit
            inside bpf_preempt_disable|leave the region on every path before this
            inside bpf_local_irq_save|leave the region on every path before this
            rcu_read_lock-ed region|call bpf_rcu_read_unlock() on every path before this
            Unreleased reference|=release
            reference leak|=release
            might sleep|=sleep
            is sleepable|=sleep
            sleepable helper|=sleep
            sleepable kfunc|=sleep
            only sleepable|=sleep
            invalid func unknown#|this kernel has no helper of that number
            program of this type cannot use helper|choose another helper, or another type of program
            unknown func|this type of program, on this kernel, has no such helper
            calling kernel function|this type of program may not call that kernel function
            cannot call GPL-restricted function|=gpl
            cannot call GPL only function|=gpl
            must be GPL compatible|=gpl
            GPL compatible program|=gpl
            too deep|=deep
            frames is too|=deep
            recursive call|BPF programs can't recurse: use a loop or bpf_loop()
            combined stack size|=stack
            stack depth|=stack
            invalid write to stack|=stack
            indirect read from stack|=unwritten
            read from stack|=unwritten
            At program exit the register|=exit
            At program exit the value|=exit
            invalid bpf_context access|this type of program has no such field in its context, or not for writing
            dereference of modified ctx|=offset
            ereference of modified|=offset
            not pointing to valid bpf_map|the instruction loads a map that was never created
            has to have BTF|=btf
            missing btf|=btf
            func_info|=btf
            write into map forbidden|constants (const volatile, .rodata) can't be written by the program
            leaks addr|kernel addresses may not be given away: store the value that it points to
            pointer arithmetic|=arithmetic
            pointer comparison|=arithmetic
            prohibited|=arithmetic
            math between|=arithmetic
            initialized dynptr|bpf_dynptr_from_…() or bpf_ringbuf_reserve_dynptr() must come first, on every path
            initialized iter|bpf_iter_…_new() must come first, and bpf_iter_…_destroy() last, on every path
            unreachable insn|remove code that no path gets to; older kernels refuse it
            last insn is not an exit|every path of every function must end with a return
            jump out of range|the instructions were changed after compiling: a jump leaves its function
            Caller passes invalid args|the global function is verified by itself: check its arguments in the caller, or make it static
            attach_btf_id|the kernel function to attach to can't be found or may not be traced
            """.lines().map(line -> line.split("\\|", 2)).toList();

    private static String words(String hint) {
        return switch (hint) {
            case "=null" -> "the pointer may be NULL here: compare it with NULL before using it";
            case "=scalar" ->
                "this is a plain number to the verifier, not a pointer it knows: "
                        + "read through it with bpf_probe_read_kernel(), bpf_probe_read_user() or BPF_CORE_READ()";
            case "=argument" -> "the function wants another kind of argument: see its declaration";
            case "=bounds" -> "compare the index or size with its limit right before it is used, as unsigned";
            case "=loop" -> "give the loop a bound the verifier can see: a constant, bpf_for() or bpf_loop()";
            case "=complex" ->
                "too many paths: use bpf_loop() or bpf_for(), fewer unrolled iterations, "
                        + "or global functions, which are verified once";
            case "=release" -> "release, submit or discard what was acquired on every path to the exit";
            case "=sleep" ->
                "only sleepable programs may do this, outside of locks: SEC(\"fentry.s/…\"), SEC(\"lsm.s/…\")";
            case "=gpl" ->
                "declare a licence that is compatible with the GPL, if that is what you want: "
                        + "char LICENSE[] SEC(\"license\") = \"GPL\";";
            case "=deep" -> "functions may call each other 8 deep: have the compiler inline some";
            case "=stack" -> "a call chain has 512 bytes of stack: keep large values in a per-CPU array map";
            case "=unwritten" -> "bytes of a stack variable were never written: clear it, padding included";
            case "=exit" -> "return one of the values that this type of program may return";
            case "=offset" -> "access the field through the pointer itself, with a constant offset";
            case "=btf" -> "compile with -g: the kernel needs the types of this object (BTF)";
            case "=arithmetic" -> "only add bounded numbers to pointers, and subtract or compare those of one object";
            default -> hint;
        };
    }

    /** Whether the program got to something that the linker found missing, of which the loader knows the reason. */
    static boolean isPoison(String reason) {
        return reason.contains(CO_RE_POISON) || reason.contains(MAP_POISON) || reason.contains(KFUNC_POISON);
    }

    /** Returns what to do about {@code reason}. */
    static Optional<String> hint(String reason) {
        return HINTS.stream()
                .filter(hint -> reason.contains(hint[0]))
                .map(hint -> words(hint[1]))
                .findFirst();
    }
}
