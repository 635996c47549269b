package dev.ebpf4j.link;

import dev.ebpf4j.btf.Btf;
import dev.ebpf4j.btf.BtfKind;
import dev.ebpf4j.btf.BtfType;
import dev.ebpf4j.spec.FunctionSpec;
import dev.ebpf4j.spec.ObjectSpec;
import dev.ebpf4j.spec.ProgramSpec;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Which function runs when a program throws ({@code bpf_throw}). The source says so by a declaration tag on the program's
 * entry function, {@code exception_callback:name}; nothing calls it, so it is appended for that tag alone.
 */
final class ExceptionCallbacks {
    private static final String TAG = "exception_callback:";

    /** The tag is about the whole function, not one of its parameters. */
    private static final int WHOLE = -1;

    private final ObjectSpec object;
    private final Map<Integer, List<String>> names = new HashMap<>();

    ExceptionCallbacks(ObjectSpec object) {
        this.object = object;
        Btf btf = object.btf();
        for (int id = 1; btf != null && id < btf.typeCount(); id++) {
            if (btf.kind(id) == BtfKind.DECL_TAG
                    && btf.type(id) instanceof BtfType.DeclTag tag
                    && tag.component() == WHOLE
                    && tag.name().startsWith(TAG)) {
                names.computeIfAbsent(tag.typeId(), function -> new ArrayList<>())
                        .add(tag.name().substring(TAG.length()));
            }
        }
    }

    /**
     * Returns the function; null if the program has none, or several, which the verifier refuses.
     *
     * @throws LinkException if there is no such function, or the verifier would take it for a part of another one
     */
    @Nullable
    FunctionSpec of(ProgramSpec program) {
        List<String> named = names.getOrDefault(program.entry().typeId(), List.of());
        return named.size() == 1 && program.entry().typeId() != 0 ? find(program, named.getFirst()) : null;
    }

    private FunctionSpec find(ProgramSpec program, String name) {
        FunctionSpec other = null;
        for (FunctionSpec function : object.subprograms()) {
            if (function.name().equals(name)) {
                if (function.linkage() != FunctionSpec.Linkage.STATIC) {
                    return function;
                }
                other = function;
            }
        }
        String who = "program '" + program.name() + "' names '" + name + "' as its exception callback, ";
        throw new LinkException(
                other != null
                        ? who + "which is static or hidden; it has to be a global function"
                        : who + "which the object has not"
                                + LinkException.hint(
                                        name,
                                        object.subprograms().stream()
                                                .map(FunctionSpec::name)
                                                .toList()));
    }
}
