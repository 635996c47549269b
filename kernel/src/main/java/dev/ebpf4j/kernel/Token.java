package dev.ebpf4j.kernel;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import dev.ebpf4j.error.BpfException;
import dev.ebpf4j.error.Errno;
import dev.ebpf4j.plan.PlanOptions;
import dev.ebpf4j.sys.BpfAttr;
import dev.ebpf4j.sys.Fd;
import dev.ebpf4j.sys.Sys;
import dev.ebpf4j.sys.Uapi;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * The right to use bpf(2) in a user namespace, which a file system of type bpf conveys that was mounted so by somebody with
 * the right ({@code delegate_cmds} and its like); or none, where the rights of the process count.
 */
record Token(@Nullable Fd descriptor) implements AutoCloseable {
    static final Token NONE = new Token(null);

    private static final int O_DIRECTORY_X86 = 0x10000;
    private static final int O_DIRECTORY_ARM = 0x4000;

    /**
     * Asks for a token.
     *
     * @param path where the file system is mounted; empty for no token; null to try the usual place, where no token is no
     *     failure
     * @param userNamespace whether the process lives in a user namespace of its own: elsewhere no one can have a token
     */
    static Token open(Sys sys, @Nullable String path, boolean userNamespace) {
        if (path == null) {
            return userNamespace ? attempt(sys, PlanOptions.DEFAULT_PIN_ROOT) : NONE;
        }
        if (path.isEmpty()) {
            return NONE;
        }
        long token = create(sys, path);
        if (token < 0) {
            throw new BpfException("get a BPF token from " + path, Errno.of(token), advice(Errno.of(token)));
        }
        return new Token(new Fd(sys, token));
    }

    private static Token attempt(Sys sys, String path) {
        long token = create(sys, path);
        return token < 0 ? NONE : new Token(new Fd(sys, token));
    }

    private static long create(Sys sys, String path) {
        int directory = switch (sys.arch()) {
            case X86_64 -> O_DIRECTORY_X86;
            case AARCH64 -> O_DIRECTORY_ARM;
        };
        long mount = sys.openat(Sys.AT_FDCWD, path, directory, 0);
        if (mount < 0) {
            return mount;
        }
        try (Fd root = new Fd(sys, mount);
                Arena arena = Arena.ofConfined()) {
            MemorySegment attr = arena.allocate(BpfAttr.TokenCreate.BYTES, Long.BYTES);
            attr.set(JAVA_INT, BpfAttr.TokenCreate.BPFFS_FD, root.fd());
            return sys.bpf(Uapi.Cmd.BPF_TOKEN_CREATE, attr, BpfAttr.TokenCreate.BYTES);
        }
    }

    private static String advice(Errno errno) {
        return switch (errno.number()) {
            case Errno.EINVAL ->
                "it is not the root of a file system of type bpf, or the kernel is older than Linux 6.9";
            case Errno.ENOENT -> "nothing is there, or it was mounted without a delegate_… option";
            case Errno.EOPNOTSUPP -> "tokens are for user namespaces other than the machine's own";
            default -> "";
        };
    }

    /** The descriptor, 0 for none. */
    int fd() {
        return descriptor == null ? 0 : descriptor.fd();
    }

    @Override
    public void close() {
        if (descriptor != null) {
            descriptor.close();
        }
    }
}
