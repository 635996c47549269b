/**
 * Copies of a class, each with a profile and constants of its own, for code whose speed depends on who calls it.
 *
 * <p>Start reading at {@link dev.ebpf4j.hot.HotCopies}.
 *
 * <p>Not here: what is copied; that stays in the package that runs it. Not exported.
 */
@NullMarked
package dev.ebpf4j.hot;

import org.jspecify.annotations.NullMarked;
