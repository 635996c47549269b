package dev.ebpf4j.link;

import dev.ebpf4j.btf.Btf;
import dev.ebpf4j.btf.BtfType;
import dev.ebpf4j.btf.CoReResolver;
import dev.ebpf4j.spec.ExternSpec;
import java.util.LinkedHashSet;
import java.util.OptionalInt;
import java.util.Set;

/** Looks for names in the kernel's own BTF, and explains what to do where there is none. */
final class KernelTypes {
    private static final String CURE = "run a kernel built with CONFIG_DEBUG_INFO_BTF=y";

    private final LinkInputs inputs;

    KernelTypes(LinkInputs inputs) {
        this.inputs = inputs;
    }

    /** Returns the kernel's BTF for something that can't do without. */
    Btf require(String who) {
        return inputs.kernelBtf()
                .orElseThrow(() -> new LinkException(
                        who + " needs the kernel's type information (BTF), and this kernel has none: " + CURE));
    }

    /** Returns the BTF for CO-RE, which may be another than the kernel's. */
    Btf requireForCoRe(String who) {
        return inputs.coReBtf()
                .orElseThrow(() -> new LinkException(who + " is relocated by type information (CO-RE), and this kernel"
                        + " has none: " + CURE + ", or give a BTF by LinkInputs.withCoReBtf"));
    }

    /** Returns the id of a type of this name and kind; empty also if the kernel has no BTF. */
    OptionalInt find(String name, Class<? extends BtfType> kind) {
        return inputs.kernelBtf().map(btf -> btf.find(name, kind)).orElse(OptionalInt.empty());
    }

    /**
     * Returns the id of the kernel's variable that an extern means; empty if it is weak and missing.
     *
     * @throws LinkException if it is missing, or of another type
     */
    OptionalInt variable(ProgramPatcher patcher, int slot, ExternSpec extern, Btf local) {
        OptionalInt id = find(patcher, slot, extern, "variable", BtfType.Var.class);
        if (id.isEmpty()) {
            return id;
        }
        Btf btf = require(extern.name());
        int type = btf.type(id.getAsInt()) instanceof BtfType.Var variable ? variable.typeId() : 0;
        if (!CoReResolver.compatible(local, local.resolve(extern.typeId()), btf, btf.resolve(type))) {
            throw patcher.bad(slot, "declares '" + extern.name() + "' with a type that is not the kernel's");
        }
        return id;
    }

    /**
     * Returns the id of the kernel's function that an extern means; empty if it is weak and missing or another one.
     *
     * @throws LinkException if it is missing, or has another prototype
     */
    OptionalInt function(ProgramPatcher patcher, int slot, ExternSpec extern, Btf local) {
        OptionalInt id = find(patcher, slot, extern, "function", BtfType.Func.class);
        if (id.isEmpty()) {
            return id;
        }
        Btf btf = require(extern.name());
        if (CoReResolver.compatible(local, prototype(local, extern.typeId()), btf, prototype(btf, id.getAsInt()))) {
            return id;
        }
        if (extern.weak()) {
            return OptionalInt.empty();
        }
        throw patcher.bad(slot, "declares '" + extern.name() + "' with a prototype that is not the kernel's");
    }

    private static int prototype(Btf btf, int function) {
        return btf.type(function) instanceof BtfType.Func type ? type.typeId() : function;
    }

    private OptionalInt find(
            ProgramPatcher patcher, int slot, ExternSpec extern, String words, Class<? extends BtfType> kind) {
        String name = kind == BtfType.Func.class ? Btf.essentialName(extern.name()) : extern.name();
        if (!extern.weak()) {
            require("'" + extern.name() + "'");
        }
        OptionalInt id = find(name, kind);
        if (id.isEmpty() && !extern.weak()) {
            throw patcher.bad(
                    slot,
                    "this kernel has no " + words + " '" + name + "' (kernel modules are not searched)"
                            + hint(name, "", kind) + "; declare it __weak to do without");
        }
        return id;
    }

    /** Returns a hint with the kernel's names that are close, without the prefix that all of them share. */
    String hint(String wanted, String prefix, Class<? extends BtfType> kind) {
        return inputs.kernelBtf()
                .map(btf -> LinkException.hint(wanted, names(btf, prefix, kind)))
                .orElse("");
    }

    private static Set<String> names(Btf btf, String prefix, Class<? extends BtfType> kind) {
        Set<String> names = new LinkedHashSet<>();
        for (int id = 1; id < btf.typeCount(); id++) {
            if (btf.kind(id).type() == kind) {
                String name = btf.name(id);
                if (name.startsWith(prefix)) {
                    names.add(name.substring(prefix.length()));
                }
            }
        }
        return names;
    }
}
