/**
 * A test for each row of the parity table in {@code docs/parity.md}: what libbpf can do, done by ebpf4j on this kernel.
 *
 * <p>Start reading at {@link dev.ebpf4j.parity.RunRowsTest}; methods are named after their row.
 *
 * <p>Not here: how single classes behave; the tests of their modules show that.
 */
@NullMarked
package dev.ebpf4j.parity;

import org.jspecify.annotations.NullMarked;
