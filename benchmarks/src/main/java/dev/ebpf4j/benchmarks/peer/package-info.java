/**
 * The ebpf4j half of the paired runner: a process that reads commands and answers each with its time, on the public API.
 * Start reading at {@link Peer}. Not here: what is asked in which order, and what the answers mean.
 */
@NullMarked
package dev.ebpf4j.benchmarks.peer;

import org.jspecify.annotations.NullMarked;
