/**
 * How each target is reached: one small attacher for each record of {@link dev.ebpf4j.attach.AttachTarget}.
 *
 * <p>Start reading at {@link dev.ebpf4j.attacher.Attachers}.
 *
 * <p>Not here: who may attach what and how long it lives. {@code Program} and {@code LoadedObject} know.
 */
@NullMarked
package dev.ebpf4j.attacher;

import org.jspecify.annotations.NullMarked;
