/**
 * Where programs can be attached, as values, and the links that hold them there.
 *
 * <p>Start reading at {@link dev.ebpf4j.attach.AttachTarget}; {@code Program.attach} takes one and gives a
 * {@link dev.ebpf4j.attach.Link}.
 *
 * <p>Not here: system calls. One attacher for each target, which is not exported, makes them.
 */
@NullMarked
package dev.ebpf4j.attach;

import org.jspecify.annotations.NullMarked;
