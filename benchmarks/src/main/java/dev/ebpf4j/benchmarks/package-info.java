/**
 * JMH benchmarks of the hot and the heavy paths.
 *
 * <p>Start reading at {@link dev.ebpf4j.benchmarks.VmlinuxBtfBenchmark}.
 *
 * <p>Not here: correctness; a benchmark assumes what the tests have shown.
 */
@NullMarked
package dev.ebpf4j.benchmarks;

import org.jspecify.annotations.NullMarked;
