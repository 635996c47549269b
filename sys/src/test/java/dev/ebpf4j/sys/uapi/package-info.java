/**
 * The build tool that writes {@code BpfAttr}, {@code UapiStruct} and {@code Uapi} from a kernel's BTF.
 *
 * <p>Start reading at {@link dev.ebpf4j.sys.uapi.UapiGenerator}.
 *
 * <p>Not here: what is made of the numbers.
 */
@NullMarked
package dev.ebpf4j.sys.uapi;

import org.jspecify.annotations.NullMarked;
