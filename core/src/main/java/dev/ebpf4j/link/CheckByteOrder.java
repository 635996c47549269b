package dev.ebpf4j.link;

import java.nio.ByteOrder;

/** Refuses an object for machines of the other byte order before any of its numbers is taken for something else. */
final class CheckByteOrder implements Pass {
    private final ByteOrder kernelOrder;

    CheckByteOrder(LinkInputs inputs) {
        this.kernelOrder = inputs.byteOrder();
    }

    @Override
    public LinkedObject apply(LinkedObject object) {
        ByteOrder order = object.spec().byteOrder();
        if (!order.equals(kernelOrder)) {
            throw new LinkException("object '" + object.spec().name() + "' is " + words(order)
                    + ", this kernel is " + words(kernelOrder) + "; compile it for this machine (clang -target bpf"
                    + (kernelOrder == ByteOrder.LITTLE_ENDIAN ? "el" : "eb") + ")");
        }
        return object;
    }

    private static String words(ByteOrder order) {
        return order == ByteOrder.LITTLE_ENDIAN ? "little-endian" : "big-endian";
    }
}
