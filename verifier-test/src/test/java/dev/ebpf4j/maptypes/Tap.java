package dev.ebpf4j.maptypes;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;
import static org.junit.jupiter.api.Assumptions.abort;

import dev.ebpf4j.error.BpfException;
import dev.ebpf4j.sys.Fd;
import dev.ebpf4j.sys.Sys;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/**
 * A network device whose packets come out of a descriptor; gone when that is closed.
 *
 * <p>Source: {@code Documentation/networking/tuntap.rst}, {@code netdevice(7)}.
 *
 * @param device the descriptor of /dev/net/tun
 * @param ifindex index of the network device
 */
record Tap(Fd device, int ifindex) implements AutoCloseable {
    private static final int O_RDWR_NONBLOCK = 2 | 0x800;
    private static final long TUNSETIFF = 0x400454ca;
    private static final long SIOCGIFINDEX = 0x8933;
    private static final long SIOCGIFFLAGS = 0x8913;
    private static final long SIOCSIFFLAGS = 0x8914;
    private static final int IFF_TAP_NO_PI = 0x1002;
    private static final int IFF_UP = 1;
    private static final int AF_INET = 2;
    private static final int SOCK_DGRAM = 2;

    /** {@code struct ifreq}: the name, then what the request is about. */
    private static final int REQUEST_BYTES = 40;

    private static final int VALUE = 16;

    /** An ethertype for experiments: what the kernel itself sends has others. */
    static final int ETHERTYPE = 0x88b5;

    /** Makes a device and starts it, or aborts the test where that is not allowed. */
    static Tap open(String name) {
        Sys sys = Sys.host();
        long result = sys.openat(Sys.AT_FDCWD, "/dev/net/tun", O_RDWR_NONBLOCK, 0);
        if (result < 0) {
            return abort("no /dev/net/tun: errno " + -result);
        }
        Fd device = new Fd(sys, result);
        try (Arena arena = Arena.ofConfined();
                Fd socket = new Fd(sys, BpfException.checked(sys.socket(AF_INET, SOCK_DGRAM, 0), "open a socket"))) {
            MemorySegment request = arena.allocate(REQUEST_BYTES, 8);
            request.setString(0, name);
            request.set(JAVA_SHORT, VALUE, (short) IFF_TAP_NO_PI);
            control(device, TUNSETIFF, request);
            control(socket, SIOCGIFINDEX, request);
            int ifindex = request.get(JAVA_INT, VALUE);
            control(socket, SIOCGIFFLAGS, request);
            request.set(JAVA_SHORT, VALUE, (short) (request.get(JAVA_SHORT, VALUE) | IFF_UP));
            control(socket, SIOCSIFFLAGS, request);
            return new Tap(device, ifindex);
        } catch (BpfException e) {
            device.close();
            return abort("no device for frames: " + e.getMessage());
        }
    }

    private static void control(Fd fd, long request, MemorySegment argument) {
        BpfException.checked(
                Sys.host().ioctl(fd.fd(), request, argument.address()), "ioctl " + Long.toHexString(request));
    }

    /** A frame of 64 bytes of that ethertype. */
    static byte[] frame() {
        byte[] frame = new byte[64];
        frame[12] = (byte) (ETHERTYPE >> 8);
        frame[13] = (byte) ETHERTYPE;
        return frame;
    }

    /** The frames of that ethertype that were sent to the device and not read yet. */
    List<byte[]> frames() {
        List<byte[]> frames = new ArrayList<>();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment buffer = arena.allocate(2048);
            long size = Sys.host().read(device.fd(), buffer);
            while (size > 0) {
                byte[] frame = buffer.asSlice(0, size).toArray(JAVA_BYTE);
                if (frame[12] == (byte) (ETHERTYPE >> 8) && frame[13] == (byte) ETHERTYPE) {
                    frames.add(frame);
                }
                size = Sys.host().read(device.fd(), buffer);
            }
        }
        return frames;
    }

    @Override
    public void close() {
        device.close();
    }
}
