package dev.ebpf4j.benchmarks;

import dev.ebpf4j.insn.Code;
import dev.ebpf4j.insn.Insn;
import dev.ebpf4j.insn.InsnCodec;
import dev.ebpf4j.insn.Slots;
import java.nio.ByteOrder;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** Instruction bytes to records and back, for a program of 4,096 slots. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class InsnBenchmark {
    private static final int SLOTS = 4096;

    /** A load, an addition, a store and a jump to the next instruction, as clang's output mixes them. */
    private static final long[] PATTERN = {
        Slots.of(0x79, 1, 10, -8, 0),
        Slots.of(0x07, 1, 0, 0, 1),
        Slots.of(0x7b, 10, 1, -8, 0),
        Slots.of(0x15, 1, 0, 0, 7),
    };

    private final byte[] bytes = program();
    private final List<Insn> insns = InsnCodec.decode(Code.of(bytes, ByteOrder.LITTLE_ENDIAN));

    /** What reading a section costs. */
    @Benchmark
    public List<Insn> decode() {
        return InsnCodec.decode(Code.of(bytes, ByteOrder.LITTLE_ENDIAN));
    }

    /** What writing one costs. */
    @Benchmark
    public byte[] encode() {
        return InsnCodec.encode(insns).toBytes(ByteOrder.LITTLE_ENDIAN);
    }

    private static byte[] program() {
        long[] slots = new long[SLOTS];
        for (int i = 0; i < SLOTS; i++) {
            slots[i] = PATTERN[i % PATTERN.length];
        }
        return Code.of(slots).toBytes(ByteOrder.LITTLE_ENDIAN);
    }
}
