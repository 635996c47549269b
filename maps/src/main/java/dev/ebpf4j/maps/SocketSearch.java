package dev.ebpf4j.maps;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;

import dev.ebpf4j.sys.Fd;
import dev.ebpf4j.sys.Sys;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Finds the descriptor of a socket of the JDK, which tells nobody: looks through the descriptors of this process for the
 * addresses that the JDK knows. Every candidate is duplicated before it is looked at, so that it can't become another
 * socket in between.
 */
final class SocketSearch {
    private static final Path DESCRIPTORS = Path.of("/proc/self/fd");
    private static final int SOL_SOCKET = 1;
    private static final int SO_REUSEADDR = 2;
    private static final int AF_UNIX = 1;
    private static final int AF_INET = 2;
    private static final int AF_INET6 = 10;

    /** {@code struct sockaddr_storage}. */
    private static final int ADDRESS_BYTES = 128;

    private static final ValueLayout.OfShort PORT = JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);

    private final Sys sys;

    SocketSearch(Sys sys) {
        this.sys = sys;
    }

    /** A duplicate of the socket's descriptor, the caller's to close. */
    Fd find(JavaSocket socket) {
        List<Fd> same = new ArrayList<>();
        try {
            for (int candidate : sockets()) {
                addIfSame(candidate, socket, same);
            }
            Fd found = same.size() == 1 ? same.get(0) : tellApart(same, socket);
            same.remove(found);
            return found;
        } finally {
            same.forEach(Fd::close);
        }
    }

    private static List<Integer> sockets() {
        try (Stream<Path> all = Files.list(DESCRIPTORS)) {
            return all.filter(SocketSearch::isSocket)
                    .map(path -> Integer.valueOf(String.valueOf(path.getFileName())))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException("can't list the descriptors of this process", e);
        }
    }

    private static boolean isSocket(Path descriptor) {
        try {
            return Files.readSymbolicLink(descriptor).toString().startsWith("socket:");
        } catch (IOException e) {
            return false; // closed meanwhile
        }
    }

    private void addIfSame(int candidate, JavaSocket socket, List<Fd> same) {
        long copy = sys.dup(candidate);
        if (copy < 0) {
            return; // closed meanwhile
        }
        Fd fd = new Fd(sys, copy);
        if (equal(address(fd.fd(), false), socket.local()) && equal(address(fd.fd(), true), socket.remote())) {
            same.add(fd);
        } else {
            fd.close();
        }
    }

    private static boolean equal(@Nullable SocketAddress kernels, @Nullable SocketAddress jdks) {
        if (kernels instanceof InetSocketAddress one && jdks instanceof InetSocketAddress other) {
            boolean any = one.getAddress().isAnyLocalAddress()
                    && other.getAddress() != null
                    && other.getAddress().isAnyLocalAddress(); // :: and 0.0.0.0 are the same to the JDK
            return one.getPort() == other.getPort() && (any || one.getAddress().equals(other.getAddress()));
        }
        return Objects.equals(kernels, jdks);
    }

    /** The address, or null for none, as of a socket that is not connected. */
    private @Nullable SocketAddress address(int fd, boolean peer) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment address = arena.allocate(ADDRESS_BYTES, 8);
            MemorySegment length = arena.allocateFrom(JAVA_INT, ADDRESS_BYTES);
            long result = peer ? sys.getpeername(fd, address, length) : sys.getsockname(fd, address, length);
            return result < 0 ? null : parse(address, Math.min(length.get(JAVA_INT, 0), ADDRESS_BYTES));
        }
    }

    /** Source of the formats: {@code ip(7)}, {@code ipv6(7)}, {@code unix(7)}. */
    private static @Nullable SocketAddress parse(MemorySegment address, int length) {
        return switch (address.get(JAVA_SHORT, 0)) {
            case AF_INET -> inet(address, 4, 4);
            case AF_INET6 -> inet(address, 8, 16);
            case AF_UNIX -> UnixDomainSocketAddress.of(length <= 2 ? "" : address.getString(2, StandardCharsets.UTF_8));
            default -> null;
        };
    }

    private static SocketAddress inet(MemorySegment address, int offset, int size) {
        byte[] bytes = address.asSlice(offset, size).toArray(JAVA_BYTE);
        try {
            return new InetSocketAddress(InetAddress.getByAddress(bytes), Short.toUnsignedInt(address.get(PORT, 2)));
        } catch (UnknownHostException e) {
            throw new IllegalStateException(e); // 4 and 16 bytes are addresses
        }
    }

    /** Several sockets with the same addresses, as those that share a port: the JDK's is the one that changes with ours. */
    private Fd tellApart(List<Fd> same, JavaSocket socket) {
        Boolean known = same.isEmpty() ? null : socket.reusesAddress();
        if (known != null) {
            for (Fd fd : same) {
                if (reusesAddress(fd) == known && follows(socket, fd, known)) {
                    return fd;
                }
            }
        }
        throw new IllegalStateException(
                same.isEmpty()
                        ? "no descriptor of this process is " + socket
                        : same.size() + " descriptors of this process are " + socket
                                + ", and nothing tells them apart");
    }

    private boolean follows(JavaSocket socket, Fd fd, boolean before) {
        setReuseAddress(fd, !before);
        try {
            return Objects.equals(socket.reusesAddress(), !before);
        } finally {
            setReuseAddress(fd, before);
        }
    }

    private boolean reusesAddress(Fd fd) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment value = arena.allocate(JAVA_INT);
            sys.getsockopt(fd.fd(), SOL_SOCKET, SO_REUSEADDR, value, arena.allocateFrom(JAVA_INT, Integer.BYTES));
            return value.get(JAVA_INT, 0) != 0;
        }
    }

    private void setReuseAddress(Fd fd, boolean reuse) {
        try (Arena arena = Arena.ofConfined()) {
            sys.setsockopt(fd.fd(), SOL_SOCKET, SO_REUSEADDR, arena.allocateFrom(JAVA_INT, reuse ? 1 : 0));
        }
    }
}
