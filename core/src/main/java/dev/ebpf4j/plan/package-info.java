/**
 * Turns a linked object into an ordered list of steps that an executor runs without deciding anything.
 *
 * <p>Start reading at {@link dev.ebpf4j.plan.LoadPlan}, then {@link dev.ebpf4j.plan.LoadStep}.
 *
 * <p>Not here: system calls. The kernel module runs a plan, and any other executor may.
 */
@NullMarked
package dev.ebpf4j.plan;

import org.jspecify.annotations.NullMarked;
