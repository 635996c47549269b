/**
 * What went wrong when the bytes were good: the kernel's answers, and names that do not exist.
 *
 * <p>Start reading at {@link dev.ebpf4j.error.BpfException}.
 *
 * <p>Not here: bad bytes. Each format has an exception of its own beside its reader; linking has LinkException.
 */
@NullMarked
package dev.ebpf4j.error;

import org.jspecify.annotations.NullMarked;
