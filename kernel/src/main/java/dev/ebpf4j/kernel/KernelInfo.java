package dev.ebpf4j.kernel;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.ebpf4j.btf.Btf;
import dev.ebpf4j.cpu.CpuList;
import dev.ebpf4j.error.BpfException;
import dev.ebpf4j.error.Errno;
import dev.ebpf4j.link.LinkException;
import dev.ebpf4j.link.LinkInputs;
import dev.ebpf4j.link.ModuleBtf;
import dev.ebpf4j.plan.Feature;
import dev.ebpf4j.plan.KernelFeatures;
import dev.ebpf4j.plan.KernelFeatures.Support;
import dev.ebpf4j.plan.Machine;
import dev.ebpf4j.sys.Fd;
import dev.ebpf4j.sys.Sys;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What the running kernel is like. The one place that questions the machine; each fact is asked for when first needed, and
 * what can't change while the kernel runs is kept for the life of the process. Safe for many threads.
 */
public final class KernelInfo {
    private static final int UTSNAME_FIELD = 65;
    private static final int RELEASE = 2;
    private static final int VERSION = 3;

    /** Prefixes of the functions that system calls enter, where these are wrappers. */
    private static final List<String> WRAPPERS = List.of("__x64_sys_", "__arm64_sys_");

    private static @Nullable KernelInfo host;

    private final Sys sys;
    private final Path root;
    private final Identity identity;
    private final Memlock memlock;
    private final KernelFeatures features;
    private final ModuleBtfs modules;
    private final Kallsyms symbols;
    private @Nullable Btf btf;
    private boolean btfRead;
    private @Nullable Map<String, String> kconfig;

    /** A kernel whose files stand below {@code root}. */
    KernelInfo(Sys sys, Path root) {
        this.sys = sys;
        this.root = root;
        this.memlock = new Memlock(sys);
        this.modules = new ModuleBtfs(sys, this::btf);
        this.symbols = new Kallsyms(root.resolve("proc/kallsyms"));
        this.features = features(0);
        this.identity = identity(sys);
    }

    /** What tells a kernel from another. */
    private record Identity(String release, String version) {}

    private static Identity identity(Sys sys) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment names = arena.allocate(6 * UTSNAME_FIELD);
            return sys.uname(names) < 0
                    ? new Identity("", "")
                    : new Identity(
                            names.getString(RELEASE * UTSNAME_FIELD, UTF_8),
                            names.getString(VERSION * UTSNAME_FIELD, UTF_8));
        }
    }

    /**
     * {@return the kernel that this process runs on; the same object as long as it is the same kernel}
     *
     * @throws UnsupportedOperationException if this is not Linux, a processor without tables in ebpf4j, or native access is denied
     */
    public static synchronized KernelInfo detect() {
        KernelInfo known = host;
        // a process that was frozen may thaw on another kernel, of which nothing known is true
        if (known == null || !known.identity.equals(identity(known.sys))) {
            known = new KernelInfo(Sys.host(), Path.of("/"));
            host = known;
        }
        return known;
    }

    /** {@return the release as uname(1) prints it, such as {@code 6.18.44-cloud}} */
    public String release() {
        return identity.release;
    }

    /**
     * {@return the version as {@code KERNEL_VERSION(a, b, c)} encodes it, 0 if it can't be told; that of the sources where
     * Debian's and Ubuntu's releases hide it}
     */
    public int version() {
        String signature = read("proc/version_signature").orElse("");
        return KernelVersion.of(signature, identity.version, identity.release);
    }

    /** {@return the kernel's own BTF; empty if it has none} */
    public synchronized Optional<Btf> btf() {
        if (!btfRead) {
            btf = new VmlinuxBtf(sys, root, identity.release).read().orElse(null);
            btfRead = true;
        }
        return Optional.ofNullable(btf);
    }

    /** {@return the size of a page in bytes} */
    public int pageSize() {
        return (int) sys.pageSize();
    }

    /** {@return the number of CPUs that may ever be online: what per-CPU maps are sized for} */
    public int possibleCpus() {
        return CpuList.parse(read("sys/devices/system/cpu/possible").orElse("0"))
                .cardinality();
    }

    /** {@return the sizes that shapes of maps depend on} */
    public Machine machine() {
        return new Machine(pageSize(), possibleCpus());
    }

    /**
     * {@return the value of a configuration option, the text behind {@code =}; empty if it is not set, or the kernel shows
     * its configuration nowhere}
     *
     * @param name such as {@code CONFIG_HZ}
     */
    public Optional<String> kconfig(String name) {
        return Optional.ofNullable(kconfig().get(name));
    }

    private synchronized Map<String, String> kconfig() {
        Map<String, String> known = kconfig;
        if (known == null) {
            known = Kconfig.read(root, identity.release);
            kconfig = known;
        }
        return known;
    }

    /** {@return what linking an object for this kernel may ask} */
    public LinkInputs linkInputs() {
        return linkInputs(features);
    }

    /**
     * {@return what linking an object may ask of this kernel if it could only do so much}
     *
     * @param able what it can do, such as {@link #features} without some
     */
    public LinkInputs linkInputs(KernelFeatures able) {
        return LinkInputs.of(this::btf)
                .withKernelVersion(version())
                .withKconfig(name -> kernelValue(name, able))
                .withSymbols(symbols::addresses)
                .withModules(
                        new OnceList(() -> able.lacks(Feature.MODULE_BTF) ? List.of() : modules.list()), modules::types)
                .withProgramTypes(this::programTypes);
    }

    /** What the object that a program was loaded from told of its types; empty if there is no such program. */
    private Optional<Btf> programTypes(int id) {
        try (Fd fd = ProgramCalls.byId(sys, id)) {
            String what = "program " + id;
            int types = ProgramInfo.of(sys, fd.fd(), what).btfId();
            return types == 0 ? Optional.empty() : Optional.of(BtfById.read(sys, types, what));
        } catch (BpfException e) {
            if (e.errno().is(Errno.ENOENT)) {
                return Optional.empty();
            }
            throw e;
        }
    }

    /** Which modules there are, as one object sees them: they may come and go while it is linked. */
    private static final class OnceList implements Supplier<List<ModuleBtf>> {
        private final Supplier<List<ModuleBtf>> source;
        private @Nullable List<ModuleBtf> list;

        OnceList(Supplier<List<ModuleBtf>> source) {
            this.source = source;
        }

        @Override
        public synchronized List<ModuleBtf> get() {
            List<ModuleBtf> once = list;
            if (once == null) {
                once = source.get();
                list = once;
            }
            return once;
        }
    }

    /** An option, or one of the two facts that programs ask for like options. */
    private Optional<String> kernelValue(String name, KernelFeatures able) {
        return switch (name) {
            case "LINUX_HAS_SYSCALL_WRAPPER" -> flag(able, Feature.SYSCALL_WRAPPER);
            case "LINUX_HAS_BPF_COOKIE" -> flag(able, Feature.BPF_COOKIE);
            default -> kconfig(name);
        };
    }

    /** What can't be found out counts as missing, so that programs take the way that works everywhere. */
    private static Optional<String> flag(KernelFeatures able, Feature feature) {
        return Optional.of(able.support(feature) == Support.SUPPORTED ? "1" : "0");
    }

    /** Attaching a kprobe would tell too, but not on kernels without kprobes. */
    private Support syscallWrapper() {
        try {
            boolean wrapped = WRAPPERS.stream().anyMatch(prefix -> symbols.contains(prefix + "bpf"));
            return wrapped ? Support.SUPPORTED : Support.UNSUPPORTED;
        } catch (LinkException e) {
            return Support.UNKNOWN;
        }
    }

    /** The limit of locked memory of this process. */
    Memlock memlock() {
        return memlock;
    }

    /**
     * What the kernel can do for the holder of a BPF token.
     *
     * @param token descriptor of the token, 0 for none
     */
    KernelFeatures features(int token) {
        return new FeatureProbes(sys, token, memlock, this::syscallWrapper);
    }

    /** {@return what the kernel can do, found by trying when asked; answers are kept, unless nothing was found out} */
    public KernelFeatures features() {
        return features;
    }

    private Optional<String> read(String path) {
        Path file = root.resolve(path);
        try {
            return Files.isReadable(file) ? Optional.of(Files.readString(file)) : Optional.empty();
        } catch (IOException e) {
            throw new UncheckedIOException("can't read " + file, e);
        }
    }

    @Override
    public String toString() {
        return "Linux " + identity.release;
    }
}
