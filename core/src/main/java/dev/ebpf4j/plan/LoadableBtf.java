package dev.ebpf4j.plan;

import dev.ebpf4j.btf.Btf;
import dev.ebpf4j.link.LinkedObject;
import org.jspecify.annotations.Nullable;

/** Makes an object's type information acceptable to one kernel. */
final class LoadableBtf {
    private LoadableBtf() {}

    /** Returns what the kernel gets; null if the object has no type information, or the kernel takes none. */
    static @Nullable Btf of(LinkedObject object, Degradations features) {
        Btf btf = object.spec().btf();
        if (btf == null || features.lacks(Feature.BTF, "the object's type information is not loaded")) {
            return null;
        }
        btf = BtfSections.placeVariables(btf, object);
        btf = BtfSections.declareKsyms(btf);
        btf = BtfSections.defineVariables(btf);
        return BtfForOldKernels.degrade(btf, features);
    }
}
