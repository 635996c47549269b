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
import dev.ebpf4j.rings.Reservation;
import dev.ebpf4j.rings.ReserveResult;
import dev.ebpf4j.rings.RingBuffer;
import dev.ebpf4j.rings.UserRingBuffer;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Ring buffers: a full one drained, and one that a producer on another CPU fills meanwhile. */
final class RingJobs {
    private static final long MILLI = 1_000_000;

    private record OpenRing(long bytes, LoadedObject object, Program program, RingBuffer buffer) {}

    private final Map<String, OpenRing> rings = new HashMap<>();
    private final Map<String, Summing> consumers = new HashMap<>();

    static void addTo(Map<String, Job> jobs) {
        RingJobs rings = new RingJobs();
        jobs.put("drain", rings::drain);
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

    private Summing consumer(OpenRing ring, String name) {
        return consumers.computeIfAbsent(
                name, _ -> Consumers.of(name, TypeRef.named(ring.object.spec().btf(), "peer_sample")));
    }

    /** OBJECT RING-BYTES RECORD-BYTES TIMES [CONSUMER]: fills the ring to the brim, then times one drain; so many times. */
    private Result drain(List<String> arguments) throws IOException {
        OpenRing ring = ring(arguments);
        TestRun run = job(ring.bytes / 16, arguments.get(2));
        Summing consumer = consumer(ring, arguments.size() > 4 ? arguments.get(4) : "sum");
        long operations = 0;
        long nanos = 0;
        for (int times = Integer.parseInt(arguments.get(3)); times > 0; times--) {
            long written = ring.program.testRun(run).returnValue();
            consumer.sum = 0;
            long start = System.nanoTime();
            int count = ring.buffer.consume(consumer);
            nanos += System.nanoTime() - start;
            if (count != written || consumer.sum != consumer.expected(written)) {
                throw new IllegalStateException("wrong records");
            }
            operations += written;
        }
        return new Result(operations, nanos);
    }

    /** OBJECT RING-BYTES MILLISECONDS BACK-OFF: consumes, and after an empty pass spins for BACK-OFF nanoseconds. */
    private Result live(List<String> arguments) throws IOException {
        OpenRing ring = ring(arguments);
        Summing consumer = consumer(ring, "sum");
        long backOff = Long.parseLong(arguments.get(3));
        ring.buffer.consume(consumer);
        long start = System.nanoTime();
        long window = Long.parseLong(arguments.get(2)) * MILLI;
        long operations = 0;
        while (System.nanoTime() - start < window) {
            int count = ring.buffer.consume(consumer);
            operations += count;
            if (count == 0 && backOff > 0) {
                pause(backOff);
            }
        }
        return new Result(operations, System.nanoTime() - start);
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

    private static void pause(long nanos) {
        long start = System.nanoTime();
        while (System.nanoTime() - start < nanos) {
            Thread.onSpinWait();
        }
    }

    /** OBJECT RING-BYTES: the id of the program that fills the ring, as the number of operations. */
    private Result producer(List<String> arguments) throws IOException {
        return new Result(ring(arguments).program.info().id(), 0);
    }

    private static TestRun job(long count, String recordBytes) {
        ByteBuffer context = ByteBuffer.allocate(2 * Integer.BYTES).order(ByteOrder.nativeOrder());
        context.putInt((int) count).putInt(Integer.parseInt(recordBytes));
        return TestRun.onContext(context.array());
    }
}
