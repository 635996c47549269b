/**
 * What programs send and receive as a stream: ring buffers, perf buffers, user ring buffers.
 *
 * <p>Start reading at {@link dev.ebpf4j.rings.Events}.
 *
 * <p>Not here: the maps behind them ({@link dev.ebpf4j.maps.BpfMap}), how the bytes become values ({@link dev.ebpf4j.codec}).
 */
@NullMarked
package dev.ebpf4j.rings;

import org.jspecify.annotations.NullMarked;
