package dev.ebpf4j.benchmarks.paired;

import dev.ebpf4j.benchmarks.paired.PeerProcess.Answer;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Runs one area: starts its peers, warms the JVMs up, and takes each variant's time in each round. */
final class Rounds implements AutoCloseable {
    private static final int CPU = 1;
    private static final int PRODUCER_CPU = 0;

    /** Part of the time in which a peer runs with real-time priority; the rest is for everybody else. */
    private static final double REST = 0.6;

    private static final int MORE_WARM_UP = 25;

    /** Less than this much compiling, in nanoseconds, while everything is done once means that a JVM is warm. */
    private static final long STILL = 5_000_000;

    private static final long LEAST_REST = 5_000_000;

    private final Setup setup;
    private final Area area;
    private final Map<String, PeerProcess> peers = new HashMap<>();
    private final Map<String, Long> producers = new HashMap<>();
    private @Nullable PeerProcess producer;

    Rounds(Setup setup, Area area) {
        this.setup = setup;
        this.area = area;
    }

    /** Nanoseconds per operation of each variant, by its label, one for each round. */
    Map<String, double[]> run(int rounds) throws IOException, InterruptedException {
        warmUp();
        Map<String, double[]> times = new LinkedHashMap<>();
        area.variants().forEach(variant -> times.put(variant.label(), new double[rounds]));
        for (int round = 0; round < rounds; round++) {
            List<Variant> order = new ArrayList<>(area.variants());
            for (Variant variant : round % 2 == 0 ? order : order.reversed()) {
                double[] all = times.get(variant.label());
                if (all != null) {
                    all[round] = time(variant);
                }
            }
        }
        return times;
    }

    /** Does everything that JVMs do, until they no longer compile anything meanwhile. */
    private void warmUp() throws IOException, InterruptedException {
        long compiled = 0;
        for (int i = 0; i < area.warmUp() + MORE_WARM_UP; i++) {
            for (Variant variant : area.variants()) {
                if (variant.isJava()) {
                    time(variant);
                }
            }
            long now = 0;
            for (PeerProcess jvm : peers.values()) {
                now += ask(jvm, "compiled").nanos();
            }
            if (i >= area.warmUp() && now - compiled < STILL) {
                return;
            }
            compiled = now;
        }
    }

    private double time(Variant variant) throws IOException, InterruptedException {
        long start = System.nanoTime();
        PeerProcess peer = peer(variant.peer());
        Answer answer = variant.produced() == null
                ? ask(peer, setup.resolve(variant.command()))
                : askLive(peer, variant, variant.produced());
        rest(System.nanoTime() - start);
        return (double) answer.nanos() / answer.operations();
    }

    private static Answer ask(PeerProcess peer, String command) throws IOException {
        peer.send(command);
        return peer.answer();
    }

    /** While the peer consumes, the producer runs the peer's own program; somewhat longer than the peer looks at it. */
    private Answer askLive(PeerProcess peer, Variant variant, String recordBytes) throws IOException {
        String[] words = setup.resolve(variant.command()).split(" ");
        String ring = words[1] + " " + words[2];
        Long program = producers.get(variant.peer() + ring);
        if (program == null) {
            program = ask(peer, "producer " + ring).operations();
            producers.put(variant.peer() + ring, program);
        }
        if (producer == null) {
            producer = new PeerProcess(setup.libbpf(), PRODUCER_CPU);
        }
        producer.send("run " + program + " " + recordBytes + " " + (Integer.parseInt(words[3]) + 40));
        Answer answer = ask(peer, String.join(" ", words));
        producer.answer();
        return answer;
    }

    private PeerProcess peer(String name) throws IOException {
        PeerProcess known = peers.get(name);
        if (known == null) {
            known = new PeerProcess(name.equals(Variant.LIBBPF) ? setup.libbpf() : setup.jvm(), CPU);
            peers.put(name, known);
        }
        return known;
    }

    private static void rest(long nanos) throws InterruptedException {
        Thread.sleep(java.time.Duration.ofNanos(Math.max(LEAST_REST, (long) (nanos * REST))));
    }

    @Override
    public void close() throws IOException {
        for (PeerProcess peer : peers.values()) {
            peer.close();
        }
        if (producer != null) {
            producer.close();
        }
    }
}
