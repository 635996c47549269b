/**
 * The one door to native code: bpf(2), perf events, epoll and mmap through FFM, without policy.
 *
 * <p>Start reading at {@link dev.ebpf4j.sys.Sys}.
 *
 * <p>Not here: exceptions, names of objects, retries. A call answers with its result or {@code -errno}.
 */
@NullMarked
package dev.ebpf4j.sys;

import org.jspecify.annotations.NullMarked;
