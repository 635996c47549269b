/**
 * The clang of last resort: taken from the jar {@code org.bytedeco:llvm} and unpacked once per user.
 *
 * <p>Start reading at {@link dev.ebpf4j.clang.llvm.BytedecoClang}.
 *
 * <p>Not here: how a clang is run, and which one is preferred ({@code dev.ebpf4j.clang}).
 */
@NullMarked
package dev.ebpf4j.clang.llvm;

import org.jspecify.annotations.NullMarked;
