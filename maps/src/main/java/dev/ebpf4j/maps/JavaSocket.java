package dev.ebpf4j.maps;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.DatagramChannel;
import java.nio.channels.NetworkChannel;
import java.nio.channels.SocketChannel;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/**
 * What the JDK tells of a socket, by which the kernel's descriptor of it is found.
 *
 * @param local its own address
 * @param remote the address that it is connected to, or null
 * @param reuseAddress reads its option SO_REUSEADDR, where it has that
 */
record JavaSocket(SocketAddress local, @Nullable SocketAddress remote, Callable<Boolean> reuseAddress) {
    static JavaSocket of(NetworkChannel channel) {
        try {
            SocketAddress remote = switch (channel) {
                case SocketChannel stream -> stream.getRemoteAddress();
                case DatagramChannel datagrams -> datagrams.getRemoteAddress();
                default -> null;
            };
            Callable<Boolean> option = () -> channel.getOption(StandardSocketOptions.SO_REUSEADDR);
            return new JavaSocket(bound(channel.getLocalAddress(), channel), remote, option);
        } catch (IOException e) {
            throw new IllegalArgumentException(channel + " has no address: " + e, e);
        }
    }

    static JavaSocket of(Socket socket) {
        return new JavaSocket(
                bound(socket.isClosed() ? null : socket.getLocalSocketAddress(), socket),
                socket.getRemoteSocketAddress(),
                () -> socket.getOption(StandardSocketOptions.SO_REUSEADDR));
    }

    static JavaSocket of(ServerSocket socket) {
        return new JavaSocket(
                bound(socket.isClosed() ? null : socket.getLocalSocketAddress(), socket),
                null,
                () -> socket.getOption(StandardSocketOptions.SO_REUSEADDR));
    }

    private static SocketAddress bound(@Nullable SocketAddress address, Object socket) {
        if (address == null) {
            throw new IllegalArgumentException(socket + " is closed, or neither bound nor connected");
        }
        return address;
    }

    /** Whether SO_REUSEADDR is set; null for kinds of sockets that have no such option. */
    @Nullable
    Boolean reusesAddress() {
        try {
            return reuseAddress.call();
        } catch (UnsupportedOperationException e) {
            return null;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (Exception e) {
            throw new IllegalStateException("SO_REUSEADDR of " + this, e);
        }
    }

    @Override
    public String toString() {
        return "socket " + local + (remote == null ? "" : " to " + remote);
    }
}
