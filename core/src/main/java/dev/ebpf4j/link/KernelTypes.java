package dev.ebpf4j.link;

import static dev.ebpf4j.btf.CoReResolver.compatible;

import dev.ebpf4j.btf.Btf;
import dev.ebpf4j.btf.BtfCPrinter;
import dev.ebpf4j.btf.BtfType;
import dev.ebpf4j.spec.ExternSpec;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** Looks for names in the types of the kernel proper, then of its modules, and explains what to do where there is none. */
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

    /** Returns a type of this name and kind: that of the kernel proper, else that of the first module which has one. */
    Optional<KernelType> find(String name, Class<? extends BtfType> kind) {
        return all(name, kind).findFirst();
    }

    /** Returns a type of this name and kind of one module; empty also if there is no such module. */
    Optional<KernelType> findIn(String module, String name, Class<? extends BtfType> kind) {
        return inputs.modules().stream()
                .filter(each -> each.name().equals(module))
                .flatMap(each -> inModule(each, name, kind))
                .findFirst();
    }

    /** Returns a type of this name and kind of the kernel proper. */
    Optional<KernelType> findInKernel(String name, Class<? extends BtfType> kind) {
        return inKernel(name, kind).findFirst();
    }

    /** The modules are looked into only if what the kernel proper has is not enough. */
    private Stream<KernelType> all(String name, Class<? extends BtfType> kind) {
        Supplier<Stream<KernelType>> kernel = () -> inKernel(name, kind);
        Supplier<Stream<KernelType>> modules = () -> inputs.modules().stream().flatMap(m -> inModule(m, name, kind));
        return Stream.of(kernel, modules).flatMap(Supplier::get);
    }

    private Stream<KernelType> inKernel(String name, Class<? extends BtfType> kind) {
        return inputs.kernelBtf().stream()
                .flatMap(btf -> btf.find(name, kind).stream().mapToObj(id -> new KernelType(btf, id, null)));
    }

    private Stream<KernelType> inModule(ModuleBtf module, String name, Class<? extends BtfType> kind) {
        return inputs.moduleTypes(module).stream()
                .flatMap(btf -> btf.findOwn(name, kind).stream().mapToObj(id -> new KernelType(btf, id, module)));
    }

    /**
     * Returns the kernel's variable that an extern means; empty if it is weak and missing.
     *
     * @throws LinkException if it is missing, or of another type
     */
    Optional<KernelType> variable(ProgramPatcher patcher, int slot, ExternSpec extern, Btf local) {
        requireUnlessWeak(extern);
        KernelType other = null;
        for (Iterator<KernelType> all = all(extern.name(), BtfType.Var.class).iterator(); all.hasNext(); ) {
            KernelType found = all.next();
            int type = found.btf().type(found.id()) instanceof BtfType.Var variable ? variable.typeId() : 0;
            if (compatible(
                    local,
                    local.resolve(extern.typeId()),
                    found.btf(),
                    found.btf().resolve(type))) {
                return Optional.of(found);
            }
            other = found;
        }
        if (other != null) {
            throw patcher.bad(
                    slot,
                    "declares '" + extern.name() + "' with a type that is not that of " + other.owner() + ": "
                            + spell(local, extern.typeId(), extern.name()) + ", "
                            + spell(other.btf(), variableType(other), "there"));
        }
        return missing(patcher, slot, extern, "variable", BtfType.Var.class);
    }

    /**
     * Returns the kernel's function that an extern means; empty if it is weak and missing or another one.
     *
     * @throws LinkException if it is missing, or has another prototype
     */
    Optional<KernelType> function(ProgramPatcher patcher, int slot, ExternSpec extern, Btf local) {
        requireUnlessWeak(extern);
        KernelType other = null;
        for (Iterator<KernelType> all = all(Btf.essentialName(extern.name()), BtfType.Func.class)
                        .iterator();
                all.hasNext(); ) {
            KernelType found = all.next();
            if (compatible(local, prototype(local, extern.typeId()), found.btf(), prototype(found.btf(), found.id()))) {
                return Optional.of(found);
            }
            other = found;
        }
        if (other != null && !extern.weak()) {
            throw patcher.bad(
                    slot,
                    "declares '" + extern.name() + "' with a prototype that is not that of " + other.owner() + ": "
                            + spell(local, prototype(local, extern.typeId()), extern.name()) + ", "
                            + spell(other.btf(), prototype(other.btf(), other.id()), "there") + "; declare it __weak to"
                            + " do without");
        }
        return missing(patcher, slot, extern, "function", BtfType.Func.class);
    }

    private static String spell(Btf btf, int typeId, String name) {
        return "'" + BtfCPrinter.declaration(btf, typeId, name) + "'";
    }

    private static int variableType(KernelType found) {
        return found.btf().type(found.id()) instanceof BtfType.Var variable ? variable.typeId() : 0;
    }

    private static int prototype(Btf btf, int function) {
        return btf.type(function) instanceof BtfType.Func type ? type.typeId() : function;
    }

    private void requireUnlessWeak(ExternSpec extern) {
        if (!extern.weak()) {
            require("'" + extern.name() + "'");
        }
    }

    private Optional<KernelType> missing(
            ProgramPatcher patcher, int slot, ExternSpec extern, String words, Class<? extends BtfType> kind) {
        if (extern.weak()) {
            return Optional.empty();
        }
        String name = kind == BtfType.Func.class ? Btf.essentialName(extern.name()) : extern.name();
        throw patcher.bad(
                slot,
                lacks() + " no " + words + " '" + name + "'" + hint(name, "", kind)
                        + "; declare it __weak to do without");
    }

    /** Who was looked into: words to go before "no function 'f'". */
    String lacks() {
        return inputs.modules().isEmpty() ? "this kernel has" : "this kernel, its modules included, has";
    }

    /** Returns a hint with the kernel's names that are close, without the prefix that all of them share. */
    String hint(String wanted, String prefix, Class<? extends BtfType> kind) {
        return inputs.kernelBtf()
                .map(btf -> LinkException.hint(wanted, names(btf, prefix, kind)))
                .orElse("");
    }

    /** Returns the names of all types of a kind that begin with a prefix, without it. */
    static Set<String> names(Btf btf, String prefix, Class<? extends BtfType> kind) {
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
