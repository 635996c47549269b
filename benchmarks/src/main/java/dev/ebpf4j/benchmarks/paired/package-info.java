/**
 * Runs libbpf and ebpf4j in turn and compares them round by round, since only figures of the same moment are comparable.
 * Start reading at {@link Paired}. Not here: what is timed, which is in {@code peers/} for libbpf and in the package
 * {@code peer} for ebpf4j.
 */
@NullMarked
package dev.ebpf4j.benchmarks.paired;

import org.jspecify.annotations.NullMarked;
