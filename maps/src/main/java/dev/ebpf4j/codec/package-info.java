/**
 * How Java values stand in memory that programs share: numbers, text, records, checked against the C type's BTF.
 *
 * <p>Start reading at {@link dev.ebpf4j.codec.Codec}.
 *
 * <p>Not here: where the memory comes from; maps, rings and global variables bring it.
 */
@NullMarked
package dev.ebpf4j.codec;

import org.jspecify.annotations.NullMarked;
