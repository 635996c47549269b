package dev.ebpf4j.kernel;

import dev.ebpf4j.error.BpfException;
import dev.ebpf4j.insn.Code;
import dev.ebpf4j.spec.ProgramType;
import dev.ebpf4j.sys.Sys;
import java.util.List;

/**
 * The kernel's view of a program at one time. Figures that a kernel does not tell are 0.
 *
 * @param id the kernel's number of the program
 * @param type the type
 * @param name name in the kernel, at most 15 characters
 * @param tag hash of the instructions as they were loaded, 16 hexadecimal digits
 * @param gplCompatible whether its licence lets it call GPL-only helpers
 * @param uid number of the user who loaded it
 * @param loadTime when it was loaded, in nanoseconds after the machine was booted
 * @param xlatedLength length of the instructions as the kernel translated them, in bytes
 * @param jitedLength length of the machine code, in bytes
 * @param verifiedInstructions how many instructions the verifier looked at
 * @param mapIds the kernel's numbers of the maps it uses
 * @param btfId the kernel's number of its type information
 * @param attachTo the function or type that it was loaded for
 * @param runs what {@link RunStatistics} and the kernel's guard against recursion counted
 * @param xlated the instructions as the kernel translated them; none without the right to see them
 */
public record ProgramInfo(
        int id,
        ProgramType type,
        String name,
        String tag,
        boolean gplCompatible,
        int uid,
        long loadTime,
        int xlatedLength,
        int jitedLength,
        int verifiedInstructions,
        List<Integer> mapIds,
        int btfId,
        AttachType attachTo,
        Runs runs,
        Code xlated) {

    /**
     * The kernel type that a tracing program, LSM program or extension was loaded for.
     *
     * @param btfId the kernel's number of the type information that it is in, 0 where there is none
     * @param typeId the type in there
     */
    public record AttachType(int btfId, int typeId) {}

    /**
     * How often a program ran.
     *
     * @param count how often, while statistics were on
     * @param nanos how long in all, in nanoseconds, while statistics were on
     * @param missed how often it did not run because it was running on that CPU already
     */
    public record Runs(long count, long nanos, long missed) {}

    /** Asks for sizes first, then for the arrays. */
    static ProgramInfo of(Sys sys, int fd, String program) throws BpfException {
        return ProgramInfoReader.info(sys, fd, program);
    }

    /** {@return how often it ran, while statistics were on} */
    public long runCount() {
        return runs.count();
    }

    /** {@return how long it ran in all, in nanoseconds, while statistics were on} */
    public long runTime() {
        return runs.nanos();
    }
}
