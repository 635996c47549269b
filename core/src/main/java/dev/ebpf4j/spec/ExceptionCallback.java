package dev.ebpf4j.spec;

import dev.ebpf4j.btf.Btf;
import dev.ebpf4j.btf.BtfKind;
import dev.ebpf4j.btf.BtfType;
import java.util.Optional;

/** Finds what the source writes as {@code __exception_cb(name)}: a declaration tag on the function of a program. */
final class ExceptionCallback {
    private static final String TAG = "exception_callback:";

    /** A tag that is about the whole declaration, not one of its parameters. */
    private static final int WHOLE = -1;

    private ExceptionCallback() {}

    static Optional<FunctionSpec> of(ObjectSpec object, FunctionSpec entry) {
        Btf btf = object.btf();
        if (btf == null || entry.typeId() == 0) {
            return Optional.empty();
        }
        for (int id = btf.firstOwnId(); id < btf.typeCount(); id++) {
            if (btf.kind(id) == BtfKind.DECL_TAG
                    && btf.type(id) instanceof BtfType.DeclTag tag
                    && tag.typeId() == entry.typeId()
                    && tag.component() == WHOLE
                    && tag.name().startsWith(TAG)) {
                return named(object, tag.name().substring(TAG.length()));
            }
        }
        return Optional.empty();
    }

    private static Optional<FunctionSpec> named(ObjectSpec object, String name) {
        return object.subprograms().stream()
                .filter(function -> function.name().equals(name) && function.linkage() != FunctionSpec.Linkage.STATIC)
                .findFirst();
    }
}
