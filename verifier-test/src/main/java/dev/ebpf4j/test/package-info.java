/**
 * What tests of BPF programs need: verdicts of the verifier, a check that nothing was left open, a condition for tests that
 * need a kernel.
 *
 * <p>Start reading at {@link dev.ebpf4j.test.Verdicts} and {@link dev.ebpf4j.test.LeakCheck}.
 *
 * <p>Not here: kernels that have no hardware (scripted ones belong to the tests of sys).
 */
@NullMarked
package dev.ebpf4j.test;

import org.jspecify.annotations.NullMarked;
