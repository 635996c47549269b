package dev.ebpf4j.kernel;

import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;

/**
 * How long a program takes, measured by the kernel itself over many runs: what it costs to call the kernel is not in it.
 *
 * @param runs how often it ran in all
 * @param fastest nanoseconds of one run, in the fastest round
 * @param median nanoseconds of one run, in the round in the middle
 * @param slowest nanoseconds of one run, in the slowest round
 * @see Program#benchmark
 */
public record Benchmark(long runs, long fastest, long median, long slowest) {
    private static final int ROUNDS = 11;
    private static final int FIRST_REPEAT = 1000;
    private static final int MOST_REPEATS = 100_000_000;

    /** Rounds of equal length that together take {@code length}; the first of all warms the caches and counts for nothing. */
    static Benchmark of(Program program, TestRun run, Duration length) {
        long probe = nanos(program, run.withRepeat(FIRST_REPEAT));
        long perRound = length.toNanos() / ROUNDS / Math.max(1, probe);
        int repeat = Math.clamp(perRound, 1, MOST_REPEATS);
        long[] rounds = new long[ROUNDS];
        for (int i = 0; i < ROUNDS; i++) {
            rounds[i] = nanos(program, run.withRepeat(repeat));
        }
        Arrays.sort(rounds);
        return new Benchmark((long) ROUNDS * repeat, rounds[0], rounds[ROUNDS / 2], rounds[ROUNDS - 1]);
    }

    private static long nanos(Program program, TestRun run) {
        return program.testRun(run.withDataCapacity(0)).duration().toNanos();
    }

    @Override
    public String toString() {
        return String.format(
                Locale.ROOT, "%d ns (%d to %d ns in %d rounds, %,d runs)", median, fastest, slowest, ROUNDS, runs);
    }
}
