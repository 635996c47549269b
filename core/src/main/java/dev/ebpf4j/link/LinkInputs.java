package dev.ebpf4j.link;

import dev.ebpf4j.btf.Btf;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * All facts about a kernel that linking may use; each is asked for only when an object needs it. Made by
 * {@code KernelInfo} for the running kernel, or by hand for another one.
 */
public final class LinkInputs {
    private final Supplier<Optional<Btf>> kernelBtf;
    private @Nullable Btf customBtf;
    private int kernelVersion;
    private Function<String, Optional<String>> kconfig = name -> Optional.empty();
    private Function<String, List<Long>> symbols = name -> List.of();

    private LinkInputs(Supplier<Optional<Btf>> kernelBtf) {
        this.kernelBtf = kernelBtf;
    }

    private LinkInputs copy() {
        LinkInputs copy = new LinkInputs(kernelBtf);
        copy.customBtf = customBtf;
        copy.kernelVersion = kernelVersion;
        copy.kconfig = kconfig;
        copy.symbols = symbols;
        return copy;
    }

    /** {@return the facts of a kernel of which nothing is known but its BTF} */
    public static LinkInputs of(Btf kernelBtf) {
        return new LinkInputs(() -> Optional.of(kernelBtf));
    }

    /** {@return the facts of a kernel whose BTF is read when first asked for; empty if it has none} */
    public static LinkInputs of(Supplier<Optional<Btf>> kernelBtf) {
        return new LinkInputs(kernelBtf);
    }

    /** {@return a copy that resolves CO-RE against another BTF; all else still uses the kernel's own} */
    public LinkInputs withCoReBtf(Btf btf) {
        LinkInputs copy = copy();
        copy.customBtf = btf;
        return copy;
    }

    /** {@return a copy with the kernel's version, as {@code KERNEL_VERSION(a, b, c)} encodes it} */
    public LinkInputs withKernelVersion(int version) {
        LinkInputs copy = copy();
        copy.kernelVersion = version;
        return copy;
    }

    /** {@return a copy that answers for values of {@code CONFIG_…} options: the text behind {@code =}} */
    public LinkInputs withKconfig(Function<String, Optional<String>> lookup) {
        LinkInputs copy = copy();
        copy.kconfig = lookup;
        return copy;
    }

    /** {@return a copy that answers for the addresses of kernel symbols; several for an ambiguous name} */
    public LinkInputs withSymbols(Function<String, List<Long>> lookup) {
        LinkInputs copy = copy();
        copy.symbols = lookup;
        return copy;
    }

    /** {@return the kernel's own BTF} */
    public Optional<Btf> kernelBtf() {
        return kernelBtf.get();
    }

    /** {@return the BTF to resolve CO-RE against} */
    public Optional<Btf> coReBtf() {
        return customBtf != null ? Optional.of(customBtf) : kernelBtf();
    }

    /** {@return the kernel's version, 0 if not known} */
    public int kernelVersion() {
        return kernelVersion;
    }

    /** {@return the value of a {@code CONFIG_…} option} */
    public Optional<String> kconfig(String name) {
        return kconfig.apply(name);
    }

    /**
     * {@return the address of a kernel symbol}
     *
     * @throws LinkException if several symbols have the name
     */
    public OptionalLong symbol(String name) {
        List<Long> found = symbols.apply(name);
        if (found.size() > 1) {
            throw new LinkException("kernel symbol '" + name + "' stands at " + found.size() + " addresses");
        }
        return found.isEmpty() ? OptionalLong.empty() : OptionalLong.of(found.getFirst());
    }
}
