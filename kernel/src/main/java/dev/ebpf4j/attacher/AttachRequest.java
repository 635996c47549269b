package dev.ebpf4j.attacher;

import dev.ebpf4j.attach.AttachTarget;
import dev.ebpf4j.error.BpfException;
import dev.ebpf4j.error.Errno;
import dev.ebpf4j.sys.Sys;

/**
 * A program to be attached.
 *
 * @param sys the kernel
 * @param programFd the program's descriptor, which the caller keeps open and owns
 * @param program the program's name, for messages
 * @param target where to attach it
 */
public record AttachRequest(Sys sys, int programFd, String program, AttachTarget target) {
    /** Returns the failure that the kernel's answer {@code result} means. */
    BpfException failure(long result, String advice) {
        return new BpfException("attach program '" + program + "' to " + target, Errno.of(result), advice);
    }

    /** Returns {@code result}, or throws the failure it means. */
    long check(long result) {
        if (result < 0) {
            throw failure(result, "");
        }
        return result;
    }
}
