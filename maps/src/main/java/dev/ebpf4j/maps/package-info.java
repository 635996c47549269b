/**
 * Maps that the kernel holds: bytes, typed elements, global variables.
 *
 * <p>Start reading at {@link dev.ebpf4j.maps.BpfMap}.
 *
 * <p>Not here: what a map shall look like (that is {@link dev.ebpf4j.spec.MapSpec}), loading of programs.
 */
@NullMarked
package dev.ebpf4j.maps;

import org.jspecify.annotations.NullMarked;
