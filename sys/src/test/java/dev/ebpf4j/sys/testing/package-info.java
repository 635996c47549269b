/**
 * A kernel made of a script, for tests that must not need a kernel.
 *
 * <p>Start reading at {@link dev.ebpf4j.sys.testing.ScriptedSys}.
 *
 * <p>Not here: the real system calls and their tests.
 */
@NullMarked
package dev.ebpf4j.sys.testing;

import org.jspecify.annotations.NullMarked;
