package dev.ebpf4j.maptypes;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ebpf4j.codec.Codecs;
import dev.ebpf4j.error.BpfException;
import dev.ebpf4j.kernel.LoadedObject;
import dev.ebpf4j.maps.KernelFd;
import dev.ebpf4j.maps.SockMap;
import dev.ebpf4j.parity.Sources;
import dev.ebpf4j.spec.AttachType;
import dev.ebpf4j.sys.Sys;
import dev.ebpf4j.test.LeakCheck;
import dev.ebpf4j.test.RequiresBpf;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.NetworkChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.OptionalLong;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** T17: maps of sockets of this JVM, between which programs move data. */
@RequiresBpf
@ExtendWith(LeakCheck.class)
@Timeout(60)
class SocketMapsTest {
    private static final int SOL_SOCKET = 1;
    private static final int SO_ATTACH_REUSEPORT_EBPF = 52;
    private static final int SO_COOKIE = 57;

    private static final String PROGRAMS = """
        struct sk_reuseport_md;

        struct name {
        	char letters[6];
        };

        struct {
        	__uint(type, BPF_MAP_TYPE_SOCKMAP);
        	__uint(max_entries, 4);
        	__type(key, __u32);
        	__type(value, __u64);
        } by_index SEC(".maps");

        struct {
        	__uint(type, BPF_MAP_TYPE_SOCKHASH);
        	__uint(max_entries, 4);
        	__type(key, struct name);
        	__type(value, __u32);
        } by_name SEC(".maps");

        struct {
        	__uint(type, BPF_MAP_TYPE_REUSEPORT_SOCKARRAY);
        	__uint(max_entries, 4);
        	__type(key, __u32);
        	__type(value, __u64);
        } group SEC(".maps");

        __u32 chosen;

        SEC("sk_skb/verdict")
        int to_first(struct __sk_buff *skb)
        {
        	return bpf_sk_redirect_map(skb, &by_index, 1, 0);
        }

        SEC("sk_msg")
        int to_right(struct sk_msg_md *message)
        {
        	struct name right = { "right" };

        	return bpf_msg_redirect_hash(message, &by_name, &right, 1 /* BPF_F_INGRESS */);
        }

        SEC("sk_reuseport")
        int choose(struct sk_reuseport_md *context)
        {
        	__u32 index = chosen;

        	return bpf_sk_select_reuseport(context, &group, &index, 0) ? 0 : 1;
        }
        """;

    private static LoadedObject object;

    /** Both ends of a connection. */
    private record Pair(SocketChannel client, SocketChannel server) implements AutoCloseable {
        static Pair connect() throws IOException {
            try (ServerSocketChannel listener = ServerSocketChannel.open()) {
                listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
                SocketChannel client = SocketChannel.open(listener.getLocalAddress());
                return new Pair(client, listener.accept());
            }
        }

        @Override
        public void close() throws IOException {
            client.close();
            server.close();
        }
    }

    @BeforeAll
    static void load() {
        object = Sources.load("sockets", PROGRAMS);
    }

    @AfterAll
    static void close() {
        if (object != null) {
            object.close();
        }
    }

    private static void write(SocketChannel channel, String text) throws IOException {
        channel.write(ByteBuffer.wrap(text.getBytes(UTF_8)));
    }

    private static String read(SocketChannel channel, int bytes) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(bytes);
        while (buffer.hasRemaining() && channel.read(buffer) >= 0) {
            // until all is there
        }
        return new String(buffer.array(), 0, buffer.position(), UTF_8);
    }

    private static long cookie(NetworkChannel channel) {
        try (KernelFd fd = KernelFd.socket(channel);
                Arena arena = Arena.ofConfined()) {
            MemorySegment cookie = arena.allocate(JAVA_LONG);
            BpfException.checked(
                    Sys.host().getsockopt(fd.fd(), SOL_SOCKET, SO_COOKIE, cookie, arena.allocateFrom(JAVA_INT, 8)),
                    "get the cookie");
            return cookie.get(JAVA_LONG, 0);
        }
    }

    @Test
    void whatOneSocketReceivesAnotherSends() throws IOException {
        SockMap<Integer> sockets = SockMap.of(object.map("by_index"), Codecs.INT);
        try (Pair in = Pair.connect();
                Pair out = Pair.connect();
                Attached _ = Attached.to(sockets.map().fd(), object.program("to_first"), AttachType.SK_SKB_VERDICT)) {
            assertEquals(OptionalLong.empty(), sockets.cookie(0));
            sockets.update(0, in.server());
            sockets.update(1, out.server());
            assertEquals(OptionalLong.of(cookie(in.server())), sockets.cookie(0));
            assertEquals(OptionalLong.of(cookie(out.server())), sockets.cookie(1));
            write(in.client(), "through the kernel");
            assertEquals("through the kernel", read(out.client(), 18));
            assertTrue(sockets.delete(0));
            write(in.client(), "to the server");
            assertEquals("to the server", read(in.server(), 13));
            assertFalse(sockets.delete(0));
            BpfException e = assertThrows(BpfException.class, () -> sockets.update(5, in.client()));
            assertTrue(e.getMessage().contains("by_index"), e::getMessage);
        }
        assertEquals(OptionalLong.empty(), sockets.cookie(1), "closed sockets leave the map");
    }

    @Test
    void whatOneSocketSendsAnotherReceives() throws IOException {
        SockMap<String> sockets = SockMap.of(object.map("by_name"), Codecs.string(6));
        try (Pair left = Pair.connect();
                Pair right = Pair.connect();
                Attached _ = Attached.to(sockets.map().fd(), object.program("to_right"), AttachType.SK_MSG_VERDICT)) {
            sockets.update("left", left.client());
            sockets.update("right", right.client());
            write(left.client(), "never on the wire");
            assertEquals("never on the wire", read(right.client(), 17));
            assertThrows(UnsupportedOperationException.class, () -> sockets.cookie("left"));
            assertTrue(sockets.delete("left"));
            write(left.client(), "on the wire");
            assertEquals("on the wire", read(left.server(), 11));
        }
    }

    private static DatagramChannel bound(SocketAddress address) throws IOException {
        DatagramChannel channel = DatagramChannel.open();
        channel.setOption(StandardSocketOptions.SO_REUSEPORT, true);
        return channel.bind(address);
    }

    @Test
    void aProgramChoosesAmongSocketsOfOnePort() throws IOException {
        SockMap<Integer> group = SockMap.of(object.map("group"), Codecs.INT);
        try (DatagramChannel one = bound(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
                DatagramChannel two = bound(one.getLocalAddress());
                DatagramChannel three = bound(one.getLocalAddress());
                DatagramChannel sender = DatagramChannel.open()) {
            DatagramChannel[] all = {one, two, three};
            attachToGroup(one);
            for (int i = 0; i < all.length; i++) {
                group.update(i, all[i]);
            }
            for (int i = 0; i < 30; i++) {
                object.variable("chosen", Codecs.INT).set(i % 3);
                sender.send(ByteBuffer.wrap(new byte[] {(byte) i}), one.getLocalAddress());
                ByteBuffer received = ByteBuffer.allocate(10);
                all[i % 3].receive(received);
                assertEquals(i, received.get(0));
            }
        }
        assertEquals(OptionalLong.empty(), group.cookie(0), "closed sockets leave the map");
    }

    private static void attachToGroup(NetworkChannel channel) {
        try (KernelFd socket = KernelFd.socket(channel);
                Arena arena = Arena.ofConfined()) {
            MemorySegment program =
                    arena.allocateFrom(JAVA_INT, object.program("choose").fd());
            BpfException.checked(
                    Sys.host().setsockopt(socket.fd(), SOL_SOCKET, SO_ATTACH_REUSEPORT_EBPF, program),
                    "attach to a group of sockets");
        }
    }

    /** Which descriptor is meant says the cookie, which belongs to one socket alone. */
    @Test
    void theDescriptorOfEverySocketIsFound() throws IOException {
        SocketAddress any = new InetSocketAddress(0);
        try (ServerSocketChannel wildcard = ServerSocketChannel.open().bind(any);
                ServerSocket old = new ServerSocket(0);
                Socket client = new Socket(InetAddress.getLoopbackAddress(), old.getLocalPort());
                Socket accepted = old.accept();
                DatagramChannel datagrams = DatagramChannel.open().bind(any);
                SocketChannel unbound = SocketChannel.open();
                KernelFd clientFd = KernelFd.socket(client);
                KernelFd acceptedFd = KernelFd.socket(accepted);
                KernelFd oldFd = KernelFd.socket(old)) {
            assertEquals(cookie(wildcard), cookie(wildcard));
            assertTrue(cookie(datagrams) != cookie(wildcard));
            assertEquals(3, Set.of(clientFd.fd(), acceptedFd.fd(), oldFd.fd()).size());
            assertTrue(clientFd.toString().contains(Integer.toString(client.getLocalPort())), clientFd::toString);
            IllegalArgumentException e = assertThrows(IllegalArgumentException.class, () -> KernelFd.socket(unbound));
            assertTrue(e.toString().contains("neither bound nor connected"), e::toString);
            ServerSocketChannel closed = ServerSocketChannel.open().bind(any);
            closed.close();
            assertThrows(IllegalArgumentException.class, () -> KernelFd.socket(closed));
        }
    }
}
