package dev.ebpf4j.benchmarks.peer;

import dev.ebpf4j.benchmarks.peer.Consumers.Summing;
import dev.ebpf4j.benchmarks.peer.Peer.Job;
import dev.ebpf4j.benchmarks.peer.Peer.Result;
import dev.ebpf4j.codec.TypeRef;
import dev.ebpf4j.elf.ElfReader;
import dev.ebpf4j.kernel.BpfLoader;
import dev.ebpf4j.kernel.LoadedObject;
import dev.ebpf4j.kernel.Program;
import dev.ebpf4j.kernel.TestRun;
import dev.ebpf4j.rings.PerfBuffer;
import dev.ebpf4j.rings.PerfOptions;
import dev.ebpf4j.rings.Reservation;
import dev.ebpf4j.rings.ReserveResult;
import dev.ebpf4j.rings.RingBuffer;
import dev.ebpf4j.rings.UserRingBuffer;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Ring buffers: a full one drained, and one that a producer on another CPU fills meanwhile. */
final class RingJobs {
    private static final long MILLI = 1_000_000;
    private static final int PERF_PAGES = 64;

    private record OpenRing(long bytes, LoadedObject object, Program program, RingBuffer buffer) {}

    private final Map<String, OpenRing> rings = new HashMap<>();
    private final Map<String, PerfBuffer> perfs = new HashMap<>();
    private final Map<String, Summing> adders = new HashMap<>();

    static void addTo(Map<String, Job> jobs) {
        RingJobs rings = new RingJobs();
        jobs.put("drain", rings::drain);
        jobs.put("perf", rings::perf);
        jobs.put("send", rings::send);
        jobs.put("live", rings::live);
        jobs.put("producer", rings::producer);
    }

    private OpenRing ring(List<String> arguments) throws IOException {
        String key = arguments.get(0) + " " + arguments.get(1);
        OpenRing known = rings.get(key);
        if (known == null) {
            Path file = Path.of(arguments.get(0));
            int bytes = Integer.parseInt(arguments.get(1));
            LoadedObject object = BpfLoader.load(ElfReader.read(Files.readAllBytes(file), "produce")
                    .withMap("ring", map -> map.withMaxEntries(bytes)));
            known = new OpenRing(bytes, object, object.program("produce"), RingBuffer.open(object.map("ring")));
            rings.put(key, known);
        }
        return known;
    }

    private Summing adder(OpenRing ring, String name) {
        return adders.computeIfAbsent(
                name, _ -> Consumers.of(name, TypeRef.named(ring.object.spec().btf(), "peer_sample")));
    }

    /** OBJECT RING-BYTES RECORD-BYTES TIMES [CONSUMER]: fills the ring to the brim, then times one drain; so many times. */
    private Result drain(List<String> arguments) throws IOException {
        OpenRing ring = ring(arguments);
        TestRun run = job(ring.bytes / 16, arguments.get(2));
        Summing adder = adder(ring, arguments.size() > 4 ? arguments.get(4) : "sum");
        long operations = 0;
        long nanos = 0;
        for (int times = Integer.parseInt(arguments.get(3)); times > 0; times--) {
            long written = ring.program.testRun(run).returnValue();
            adder.sum = 0;
            long start = System.nanoTime();
            int count = ring.buffer.consume(adder.consumer());
            nanos += System.nanoTime() - start;
            if (count != written || adder.sum != adder.expected(written)) {
                throw new IllegalStateException("wrong records");
            }
            operations += written;
        }
        return new Result(operations, nanos);
    }

    /** OBJECT RING-BYTES MILLISECONDS: consumes busily, with the default pauses. */
    private Result live(List<String> arguments) throws IOException {
        OpenRing ring = ring(arguments);
        Summing adder = adder(ring, "sum");
        ring.buffer.consume(adder.consumer());
        long start = System.nanoTime();
        long end = start + Long.parseLong(arguments.get(2)) * MILLI;
        long operations = 0;
        for (long now = start; now < end; now = System.nanoTime()) {
            operations += ring.buffer.spin(Duration.ofNanos(end - now), adder.consumer());
        }
        return new Result(operations, System.nanoTime() - start);
    }

    /** OBJECT RING-BYTES RECORD-BYTES TIMES: as drain, of this CPU's perf buffer, filled by three quarters. */
    private Result perf(List<String> arguments) throws IOException {
        OpenRing ring = ring(arguments);
        long size = Long.parseLong(arguments.get(2));
        long count = PERF_PAGES * 4096L * 3 / 4 / (size + 16);
        ByteBuffer context = ByteBuffer.allocate(2 * Long.BYTES).order(ByteOrder.nativeOrder());
        TestRun run = TestRun.onContext(context.putLong(count).putLong(size).array());
        Summing adder = adder(ring, "sum");
        PerfBuffer buffer = perfs.computeIfAbsent(
                arguments.get(1),
                _ -> PerfBuffer.open(PerfOptions.DEFAULT.withPages(PERF_PAGES), ring.object.map("perf")));
        long nanos = 0;
        int times = Integer.parseInt(arguments.get(3));
        for (int i = 0; i < times; i++) {
            ring.object.program("produce_perf").testRun(run);
            adder.sum = 0;
            long start = System.nanoTime();
            int read = buffer.consume(adder.consumer());
            nanos += System.nanoTime() - start;
            if (read != count || adder.sum != adder.expected(count)) {
                throw new IllegalStateException("wrong records");
            }
        }
        return new Result(times * count, nanos);
    }

    /** OBJECT RING-BYTES MESSAGE-BYTES TIMES: fills the user ring with messages, then has them taken; so many times. */
    private Result send(List<String> arguments) throws IOException {
        OpenRing ring = ring(arguments);
        int size = Integer.parseInt(arguments.get(2));
        long operations = 0;
        long nanos = 0;
        try (UserRingBuffer requests = UserRingBuffer.open(ring.object.map("requests"));
                Reservation message = requests.reservation()) {
            for (int times = Integer.parseInt(arguments.get(3)); times > 0; times--) {
                long start = System.nanoTime();
                long count = 0;
                while (message.reserve(size) == ReserveResult.RESERVED) {
                    message.setLong(0, count++);
                    message.submit();
                }
                nanos += System.nanoTime() - start;
                int sum = ring.object.program("take").testRun(TestRun.empty()).returnValue();
                if (sum != (int) (count * (count - 1) / 2)) {
                    throw new IllegalStateException("wrong messages");
                }
                operations += count;
            }
        }
        return new Result(operations, nanos);
    }

    /** OBJECT RING-BYTES: the id of the program that fills the ring, as the number of operations. */
    private Result producer(List<String> arguments) throws IOException {
        return new Result(ring(arguments).program.info().id(), 0);
    }

    static TestRun job(long count, String recordBytes) {
        ByteBuffer context = ByteBuffer.allocate(2 * Integer.BYTES).order(ByteOrder.nativeOrder());
        context.putInt((int) count).putInt(Integer.parseInt(recordBytes));
        return TestRun.onContext(context.array());
    }
}
