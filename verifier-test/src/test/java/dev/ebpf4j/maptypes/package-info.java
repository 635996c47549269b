/**
 * Maps of every type: what programs and this process see of the same contents.
 *
 * <p>Start reading at {@link dev.ebpf4j.maptypes.HashTypesTest}; {@code docs/maps.md} lists which test has which type.
 *
 * <p>Not here: ring buffers and perf buffers, memory that is mapped, batches.
 */
@NullMarked
package dev.ebpf4j.maptypes;

import org.jspecify.annotations.NullMarked;
