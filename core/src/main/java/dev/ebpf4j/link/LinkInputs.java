package dev.ebpf4j.link;

import dev.ebpf4j.btf.Btf;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;
import java.util.function.IntFunction;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * All facts about a kernel that linking may use; each is asked for only when an object needs it. Made by
 * {@code KernelInfo} for the running kernel, or by hand for another one.
 */
public final class LinkInputs {
    private final Supplier<Optional<Btf>> kernelBtf;
    private final ByteOrder byteOrder;
    private @Nullable Btf customBtf;
    private int kernelVersion;
    private Function<String, Optional<String>> kconfig = name -> Optional.empty();
    private Function<String, List<Long>> symbols = name -> List.of();
    private Supplier<List<ModuleBtf>> modules = List::of;
    private Function<ModuleBtf, Optional<Btf>> moduleTypes = module -> Optional.empty();
    private IntFunction<Optional<Btf>> programTypes = id -> Optional.empty();

    private LinkInputs(Supplier<Optional<Btf>> kernelBtf, ByteOrder byteOrder) {
        this.kernelBtf = kernelBtf;
        this.byteOrder = byteOrder;
    }

    private LinkInputs copy() {
        LinkInputs copy = new LinkInputs(kernelBtf, byteOrder);
        copy.customBtf = customBtf;
        copy.kernelVersion = kernelVersion;
        copy.kconfig = kconfig;
        copy.symbols = symbols;
        copy.modules = modules;
        copy.moduleTypes = moduleTypes;
        copy.programTypes = programTypes;
        return copy;
    }

    /**
     * {@return the facts of a kernel of which nothing is known but its BTF, which also says its byte order}
     *
     * @param kernelBtf the BTF
     */
    public static LinkInputs of(Btf kernelBtf) {
        return new LinkInputs(() -> Optional.of(kernelBtf), kernelBtf.byteOrder());
    }

    /**
     * {@return the facts of a kernel on this machine, whose BTF is read when first asked for; empty if it has none}
     *
     * @param kernelBtf gives the BTF; asked for by every object that needs it, so it should remember
     */
    public static LinkInputs of(Supplier<Optional<Btf>> kernelBtf) {
        return new LinkInputs(kernelBtf, ByteOrder.nativeOrder());
    }

    /**
     * {@return a copy that resolves CO-RE against another BTF; all else still uses the kernel's own}
     *
     * @param btf the other BTF
     */
    public LinkInputs withCoReBtf(Btf btf) {
        LinkInputs copy = copy();
        copy.customBtf = btf;
        return copy;
    }

    /**
     * {@return a copy with the kernel's version, as {@code KERNEL_VERSION(a, b, c)} encodes it}
     *
     * @param version the version
     */
    public LinkInputs withKernelVersion(int version) {
        LinkInputs copy = copy();
        copy.kernelVersion = version;
        return copy;
    }

    /**
     * {@return a copy that answers for configuration values}
     *
     * @param lookup gives the text behind {@code =} for {@code CONFIG_…} options, empty for one that is not set; and
     *     {@code 1} or {@code 0} for {@code LINUX_HAS_BPF_COOKIE} and {@code LINUX_HAS_SYSCALL_WRAPPER}
     */
    public LinkInputs withKconfig(Function<String, Optional<String>> lookup) {
        LinkInputs copy = copy();
        copy.kconfig = lookup;
        return copy;
    }

    /**
     * {@return a copy that answers for the addresses of kernel symbols; several for an ambiguous name}
     *
     * @param lookup gives the addresses of the symbols of a name, none if there is no such symbol
     */
    public LinkInputs withSymbols(Function<String, List<Long>> lookup) {
        LinkInputs copy = copy();
        copy.symbols = lookup;
        return copy;
    }

    /**
     * {@return a copy that also looks into the kernel's modules for what the kernel proper has not}
     *
     * @param list gives the modules, in the order in which they are searched
     * @param types gives a module's types, split off the kernel's; empty for a module whose types can't be used, which then
     *     is passed over
     */
    public LinkInputs withModules(Supplier<List<ModuleBtf>> list, Function<ModuleBtf, Optional<Btf>> types) {
        LinkInputs copy = copy();
        copy.modules = list;
        copy.moduleTypes = types;
        return copy;
    }

    /**
     * {@return a copy that knows the types of programs that are loaded, for programs that replace or trace their functions}
     *
     * @param types gives the types of the program with an id; empty if there is no such program, or it has none
     */
    public LinkInputs withProgramTypes(IntFunction<Optional<Btf>> types) {
        LinkInputs copy = copy();
        copy.programTypes = types;
        return copy;
    }

    /** {@return the kernel's byte order} */
    public ByteOrder byteOrder() {
        return byteOrder;
    }

    /** {@return the kernel's own BTF} */
    public Optional<Btf> kernelBtf() {
        return kernelBtf.get();
    }

    /** {@return the BTF to resolve CO-RE against} */
    public Optional<Btf> coReBtf() {
        return customBtf != null ? Optional.of(customBtf) : kernelBtf();
    }

    /** {@return the kernel's modules that have type information} */
    public List<ModuleBtf> modules() {
        return modules.get();
    }

    /**
     * {@return the types of a module, split off the kernel's; empty if they can't be used}
     *
     * @param module one of {@link #modules}
     */
    public Optional<Btf> moduleTypes(ModuleBtf module) {
        return moduleTypes.apply(module);
    }

    /**
     * {@return the types of a loaded program; empty if there is no such program, or it has none}
     *
     * @param id the kernel's id of the program
     */
    public Optional<Btf> programTypes(int id) {
        return programTypes.apply(id);
    }

    /** {@return the types of all modules that CO-RE may use: none with a BTF of one's own} */
    List<Btf> coReModules() {
        return customBtf != null
                ? List.of()
                : modules().stream()
                        .flatMap(module -> moduleTypes(module).stream())
                        .toList();
    }

    /** {@return the kernel's version, 0 if not known} */
    public int kernelVersion() {
        return kernelVersion;
    }

    /**
     * {@return the value of a {@code CONFIG_…} option, or of one of the {@code LINUX_HAS_…}}
     *
     * @param name the name
     */
    public Optional<String> kconfig(String name) {
        return kconfig.apply(name);
    }

    /**
     * {@return the address of a kernel symbol, empty if there is none of this name}
     *
     * @param name the name
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
