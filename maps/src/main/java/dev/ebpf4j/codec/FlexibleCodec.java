package dev.ebpf4j.codec;

/** A codec of something that may be as long as the memory. */
interface FlexibleCodec {
    /** Whether it is; its size is then 0. */
    boolean flexible();
}
