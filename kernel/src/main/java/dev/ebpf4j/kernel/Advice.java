package dev.ebpf4j.kernel;

import dev.ebpf4j.error.BpfException;
import dev.ebpf4j.error.Errno;
import dev.ebpf4j.error.UnsupportedFeatureException;
import dev.ebpf4j.kernel.Privileges.Capability;
import dev.ebpf4j.spec.ProgramType;
import dev.ebpf4j.sys.Sys;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Turns the kernel's refusals into exceptions that say what to do, but only where the cause was made sure of after the
 * failure.
 */
final class Advice {
    private static final int NO_SUCH_COMMAND = 0x7fff;
    private static final int BYTES = 16;

    private final Sys sys;
    private final Supplier<Privileges> privileges;
    private final Supplier<String> memory;
    private volatile @Nullable Boolean inUserNamespace;

    Advice(Sys sys, Supplier<Privileges> privileges) {
        this(sys, privileges, () -> "");
    }

    /**
     * @param memory says whether locked memory is what was lacking, in words; empty if not
     */
    Advice(Sys sys, Supplier<Privileges> privileges, Supplier<String> memory) {
        this.sys = sys;
        this.privileges = privileges;
        this.memory = memory;
    }

    /** Advice for the machine that this process runs on. */
    static Advice of(Sys sys) {
        return new Advice(sys, () -> Privileges.read(Path.of("/")));
    }

    /** The same, which also knows of locked memory. */
    static Advice of(Sys sys, Memlock memlock) {
        return new Advice(sys, () -> Privileges.read(Path.of("/")), memlock::advice);
    }

    /** Whether this process lives in a user namespace of its own. Never changes: only a process of one thread can enter one. */
    boolean userNamespace() {
        Boolean known = inUserNamespace;
        if (known == null) {
            known = privileges.get().userNamespace();
            inUserNamespace = known;
        }
        return known;
    }

    /** The failure to load a program, of which the verifier has nothing to say. */
    BpfException program(String name, ProgramType type, long result) {
        String operation = "load program '" + name + "' of type " + type;
        Errno errno = Errno.of(result);
        if (errno.is(Errno.EPERM) || errno.is(Errno.ENOSYS)) {
            return new BpfException(operation, errno, denied(Set.of(type)));
        }
        if (errno.is(Errno.EINVAL) && ProgramTypes.isLacking(sys, type)) {
            return new UnsupportedFeatureException(operation, errno, "program type " + type, ProgramTypes.since(type));
        }
        return new BpfException(operation, errno);
    }

    /**
     * A failure of something else than a program, with advice if there is some and it has none yet.
     *
     * @param types the types of all programs that are to be loaded, so that all that they need is told at once
     */
    BpfException other(BpfException failure, Set<ProgramType> types) {
        boolean plain =
                failure.getClass() == BpfException.class && failure.getMessage().indexOf('\n') < 0;
        boolean denied = failure.errno().is(Errno.EPERM)
                || failure.errno().is(Errno.EACCES)
                || failure.errno().is(Errno.ENOSYS);
        if (!plain || !denied) {
            return failure;
        }
        String advice = denied(types);
        return advice.isEmpty() ? failure : withAdvice(failure, advice);
    }

    /** The failure to attach a tracing program. */
    BpfException attach(BpfException failure) {
        List<Capability> missing = privileges.get().missingForTracing();
        boolean denied = failure.errno().is(Errno.EPERM) || failure.errno().is(Errno.EACCES);
        if (!denied || missing.isEmpty() || failure.getMessage().indexOf('\n') >= 0) {
            return other(failure, Set.of());
        }
        return withAdvice(failure, lacks(missing));
    }

    private static BpfException withAdvice(BpfException failure, String advice) {
        BpfException advised = new BpfException(failure.operation(), failure.errno(), advice);
        advised.initCause(failure);
        return advised;
    }

    /** Why bpf(2) was denied; empty if that can't be told. */
    private String denied(Set<ProgramType> types) {
        Privileges now = privileges.get();
        List<Capability> missing = now.missingFor(types);
        if (!missing.isEmpty()) {
            String sysctl = now.unprivilegedDisabled() > 0
                    ? "; kernel.unprivileged_bpf_disabled is " + now.unprivilegedDisabled()
                    : "";
            return lacks(missing) + sysctl;
        }
        if (now.userNamespace()) {
            return "this process lives in a user namespace, as in a rootless container; its capabilities don't count"
                    + " for bpf(2) there: run it in the machine's own";
        }
        if (now.seccomp() && isFiltered()) {
            return "a seccomp filter denies bpf(2) to this process: containers need a profile that allows it";
        }
        if (now.lockdown().equals("confidentiality")) {
            return "the kernel is locked down (mode confidentiality), so programs may not read its memory";
        }
        return memory.get();
    }

    private static String lacks(List<Capability> missing) {
        String names = missing.stream().map(Capability::name).collect(Collectors.joining(" and "));
        return "this process lacks " + names + ": run it as root, or grant " + (missing.size() == 1 ? "it" : "them")
                + " (a container: --cap-add; kernels before 5.8: CAP_SYS_ADMIN)";
    }

    /** A command that does not exist gets EINVAL from the kernel itself, and something else only from a filter. */
    private boolean isFiltered() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment attr = arena.allocate(BYTES, Long.BYTES);
            return sys.bpf(NO_SUCH_COMMAND, attr, BYTES) != -Errno.EINVAL;
        }
    }
}
