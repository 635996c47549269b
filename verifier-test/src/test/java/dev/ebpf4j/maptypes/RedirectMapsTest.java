package dev.ebpf4j.maptypes;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ebpf4j.attach.Link;
import dev.ebpf4j.codec.Codecs;
import dev.ebpf4j.error.BpfException;
import dev.ebpf4j.error.Errno;
import dev.ebpf4j.kernel.LoadedObject;
import dev.ebpf4j.kernel.Program;
import dev.ebpf4j.kernel.TestRun;
import dev.ebpf4j.maps.BpfMap;
import dev.ebpf4j.maps.CpuMap;
import dev.ebpf4j.maps.DevMap;
import dev.ebpf4j.maps.FdArray;
import dev.ebpf4j.parity.Sources;
import dev.ebpf4j.sys.Fd;
import dev.ebpf4j.test.LeakCheck;
import dev.ebpf4j.test.RequiresBpf;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** T15, T16 and XSKMAP: frames that XDP programs send to devices, to CPUs and to sockets really arrive there. */
@RequiresBpf
@ExtendWith(LeakCheck.class)
@Timeout(60)
class RedirectMapsTest {
    private static final int BIG_KEY = 70_000;

    private static final String PROGRAMS = """
        struct target {
        	__u32 number;
        	int program;
        };

        #define MAP(name, kind, value_type)                                                                        \\
        	struct {                                                                                           \\
        		__uint(type, kind);                                                                        \\
        		__uint(max_entries, 4);                                                                    \\
        		__type(key, __u32);                                                                        \\
        		__type(value, value_type);                                                                 \\
        	} name SEC(".maps")

        MAP(devices, BPF_MAP_TYPE_DEVMAP, struct target);
        MAP(device_hash, BPF_MAP_TYPE_DEVMAP_HASH, __u32);
        MAP(cpus, BPF_MAP_TYPE_CPUMAP, struct target);
        MAP(sockets, BPF_MAP_TYPE_XSKMAP, __u32);

        SEC("xdp")
        int to_device(struct xdp_md *ctx)
        {
        	return bpf_redirect_map(&devices, 1, XDP_DROP);
        }

        SEC("xdp")
        int to_device_by_key(struct xdp_md *ctx)
        {
        	return bpf_redirect_map(&device_hash, 70000, XDP_DROP);
        }

        SEC("xdp/devmap")
        int on_the_way_out(struct xdp_md *ctx)
        {
        	__u8 *data = (void *)(long)ctx->data, *end = (void *)(long)ctx->data_end;

        	if (data + 64 > end)
        		return XDP_DROP;
        	data[63] = 42;
        	return XDP_PASS;
        }

        int on_cpu[8], processed;
        __u32 wanted_cpu, map_id;

        SEC("xdp")
        int to_cpu(struct xdp_md *ctx)
        {
        	return bpf_redirect_map(&cpus, wanted_cpu, XDP_DROP);
        }

        SEC("xdp/cpumap")
        int on_that_cpu(struct xdp_md *ctx)
        {
        	__sync_fetch_and_add(&on_cpu[bpf_get_smp_processor_id() & 7], 1);
        	return XDP_DROP;
        }

        SEC("raw_tp/xdp_cpumap_kthread")
        int taken_up(struct bpf_raw_tracepoint_args *ctx)
        {
        	if ((int)ctx->args[0] == map_id)
        		__sync_fetch_and_add(&processed, (int)ctx->args[1]);
        	return 0;
        }

        SEC("xdp")
        int to_socket(struct xdp_md *ctx)
        {
        	return bpf_redirect_map(&sockets, ctx->rx_queue_index, XDP_DROP);
        }
        """;

    private static LoadedObject object;

    @BeforeAll
    static void load() {
        object = Sources.load("redirect", PROGRAMS);
    }

    @AfterAll
    static void close() {
        if (object != null) {
            object.close();
        }
    }

    private static void send(String program, int frames) {
        object.program(program)
                .testRun(TestRun.onPacket(Tap.frame()).withRepeat(frames).withLiveFrames(8));
    }

    @Test
    void framesLeaveThroughADevice() {
        DevMap devices = DevMap.of(object.map("devices"));
        Program wayOut = object.program("on_the_way_out");
        try (Tap tap = Tap.open("ebpf4j-tap0")) {
            assertNull(devices.lookup(1));
            send("to_device", 8);
            assertEquals(0, tap.frames().size());
            devices.update(1, tap.ifindex());
            assertEquals(new DevMap.Device(tap.ifindex(), 0), devices.lookup(1));
            send("to_device", 24);
            List<byte[]> plain = tap.frames();
            assertEquals(24, plain.size());
            assertEquals(0, plain.get(23)[63]);

            devices.update(1, tap.ifindex(), wayOut.fd());
            assertEquals(new DevMap.Device(tap.ifindex(), wayOut.info().id()), devices.lookup(1));
            send("to_device", 16);
            List<byte[]> changed = tap.frames();
            assertEquals(16, changed.size());
            changed.forEach(frame -> assertEquals(42, frame[63]));

            Map<Integer, DevMap.Device> all = new HashMap<>();
            devices.forEach(all::put);
            assertEquals(
                    Map.of(1, new DevMap.Device(tap.ifindex(), wayOut.info().id())), all);
            assertTrue(devices.delete(1));
            send("to_device", 8);
            assertEquals(0, tap.frames().size());
            devices.update(2, tap.ifindex());
        }
        assertNull(devices.lookup(2), "the device is gone");
        BpfException e = assertThrows(BpfException.class, () -> devices.update(0, Integer.MAX_VALUE));
        assertTrue(e.errno().is(Errno.EINVAL), e::getMessage);
    }

    @Test
    void devicesByAnyNumber() {
        DevMap devices = DevMap.of(object.map("device_hash"));
        try (Tap tap = Tap.open("ebpf4j-tap1")) {
            devices.update(BIG_KEY, tap.ifindex());
            assertEquals(new DevMap.Device(tap.ifindex(), 0), devices.lookup(BIG_KEY));
            send("to_device_by_key", 24);
            assertEquals(24, tap.frames().size());
            int program = object.program("on_the_way_out").fd();
            assertThrows(IllegalArgumentException.class, () -> devices.update(BIG_KEY, tap.ifindex(), program));
            assertTrue(devices.delete(BIG_KEY));
            assertFalse(devices.delete(BIG_KEY));
        }
    }

    @Test
    void framesAreTakenUpByAnotherCpu() {
        CpuMap cpus = CpuMap.of(object.map("cpus"));
        int cpu = Math.min(Runtime.getRuntime().availableProcessors(), cpus.length()) - 1;
        Program there = object.program("on_that_cpu");
        assertNull(cpus.lookup(cpu));
        cpus.update(cpu, 512, there.fd());
        assertEquals(new CpuMap.Queue(512, there.info().id()), cpus.lookup(cpu));
        object.variable("wanted_cpu", Codecs.INT).set(cpu);
        object.variable("map_id", Codecs.INT).set(object.map("cpus").info().id());
        try (Link _ = object.program("taken_up").attach()) {
            send("to_cpu", 100);
            long deadline = System.nanoTime() + 20_000_000_000L;
            while (processed() < 100 && System.nanoTime() < deadline) {
                Thread.onSpinWait();
            }
            assertEquals(100, processed(), "the thread of the queue tells");
        }
        byte[] counts = object.variable("on_cpu", Codecs.bytes(32)).get();
        for (int i = 0; i < 8; i++) {
            assertEquals(i == cpu ? 100 : 0, counts[4 * i], "CPU " + i);
        }
        cpus.update(cpu, 64);
        assertEquals(new CpuMap.Queue(64, 0), cpus.lookup(cpu));
        cpus.delete(cpu);
        assertNull(cpus.lookup(cpu));
        assertThrows(IllegalArgumentException.class, () -> cpus.update(cpu, 0));
        assertThrows(IndexOutOfBoundsException.class, () -> cpus.lookup(cpus.length()));
    }

    private static int processed() {
        return object.variable("processed", Codecs.INT).get();
    }

    @Test
    void framesReachASocketOfThisProcess() throws SocketException {
        FdArray sockets = FdArray.of(object.map("sockets"));
        NetworkInterface loopback = NetworkInterface.getByName("lo");
        assumeTrue(loopback != null, "there is no lo");
        try (XdpSocket socket = XdpSocket.open(loopback.getIndex())) {
            sockets.update(0, socket.fd());
            send("to_socket", 24);
            List<byte[]> received = socket.received();
            assertEquals(24, received.size());
            assertEquals(64, received.get(0).length);
            assertEquals((byte) Tap.ETHERTYPE, received.get(23)[13]);
            assertTrue(sockets.delete(0));
            send("to_socket", 8);
            assertEquals(24, socket.received().size());
            sockets.update(0, socket.fd());
        }
        try (Fd other = XdpSocket.unbound();
                Arena arena = Arena.ofConfined()) {
            MemorySegment value = arena.allocateFrom(JAVA_INT, other.fd());
            assertFalse(sockets.map().update(arena.allocate(JAVA_INT), value, BpfMap.EXIST), "closed ones are out");
        }
    }
}
