package dev.ebpf4j.hot;

/**
 * Marks codecs that touch only the bytes they are pointed at, and keep nothing: they may be given all memory, which the
 * compiler takes as a constant. Whatever users write gets a segment of its own.
 */
public interface StaysInside {
    /**
     * Whether an object may be given all memory. Hidden classes are the codecs that are made at run time: nobody else can
     * make one that is a codec by accident, since codecs are no functional interface.
     *
     * @param codec what is to read or write
     * @return true for codecs of this module
     */
    static boolean is(Object codec) {
        return codec instanceof StaysInside || codec.getClass().isHidden();
    }
}
