package dev.ebpf4j.test;

import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ebpf4j.clang.Clang;
import dev.ebpf4j.clang.CompileRequest;
import dev.ebpf4j.codec.Codecs;
import dev.ebpf4j.elf.ElfReader;
import dev.ebpf4j.kernel.BpfLoader;
import dev.ebpf4j.kernel.LoadedObject;
import dev.ebpf4j.kernel.Program;
import dev.ebpf4j.kernel.TestRun;
import dev.ebpf4j.maps.GlobalVariable;
import dev.ebpf4j.rings.Reservation;
import dev.ebpf4j.rings.ReserveResult;
import dev.ebpf4j.rings.UserRingBuffer;
import dev.ebpf4j.spec.ObjectSpec;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Messages to a program of the kernel, which counts and sums what its drain callback gets. */
@RequiresBpf
@ExtendWith(LeakCheck.class)
@Timeout(120)
class UserRingBufferTest {
    private static final int MESSAGES = 1_000_000;
    private static final int RING = 64 * 1024;

    /** Each message: its number, then words that depend on it. The callback checks the order and sums all words. */
    private static final String SOURCE = """
        // SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
        typedef unsigned long long __u64;
        typedef unsigned int __u32;
        #define SEC(name) __attribute__((section(name), used))
        #define __uint(name, val) int (*name)[val]

        struct bpf_dynptr {
        	__u64 opaque[2];
        };

        static long (*const bpf_dynptr_read)(void *to, __u32 len, struct bpf_dynptr *from, __u32 at, __u64 flags) =
        	(void *)201;
        static long (*const bpf_user_ringbuf_drain)(void *map, void *callback, void *ctx, __u64 flags) = (void *)209;

        struct {
        	__uint(type, 31);
        	__uint(max_entries, 65536);
        } messages SEC(".maps");

        __u64 taken, sum, unordered;

        static long take(struct bpf_dynptr *message, void *ctx)
        {
        	__u64 word = 0;

        	if (bpf_dynptr_read(&word, sizeof(word), message, 0, 0) || word != taken)
        		unordered++;
        	taken++;
        	for (int i = 0; i < 16; i++) {
        		if (bpf_dynptr_read(&word, sizeof(word), message, i * sizeof(word), 0))
        			break;
        		sum += word;
        	}
        	return 0;
        }

        SEC("syscall")
        int drain(void *ctx)
        {
        	return bpf_user_ringbuf_drain(&messages, take, 0, 0);
        }

        char LICENSE[] SEC("license") = "GPL";
        """;

    private static ObjectSpec spec;

    @BeforeAll
    static void compile() throws IOException {
        spec = ElfReader.read(
                Clang.find()
                        .compile(CompileRequest.of("user.bpf.c", SOURCE).build())
                        .toBytes(),
                "user");
    }

    /** The number of messages that a run of the program took. */
    private static long drain(Program program) {
        int result = program.testRun(TestRun.empty()).returnValue();
        assertTrue(result >= 0, () -> "bpf_user_ringbuf_drain answers " + result);
        return result;
    }

    /** Parity row 53: a million messages of 8 to 128 bytes, none lost, in order, each word summed by the program. */
    @Test
    void aMillionMessagesReachTheCallback() {
        try (LoadedObject object = BpfLoader.load(spec);
                UserRingBuffer buffer = UserRingBuffer.open(object.map("messages"));
                Reservation message = buffer.reservation()) {
            Program program = object.program("drain");
            long sum = 0;
            long drained = 0;
            for (int number = 0; number < MESSAGES; number++) {
                int words = 1 + number % 16;
                ReserveResult result = message.reserve(words * Long.BYTES);
                if (result == ReserveResult.NO_SPACE) {
                    drained += drain(program);
                    result = message.reserve(words * Long.BYTES);
                }
                assertEquals(ReserveResult.RESERVED, result);
                for (int i = 0; i < words; i++) {
                    long word = i == 0 ? number : number * 0x9E3779B97F4A7C15L + i;
                    message.setLong(i * Long.BYTES, word);
                    sum += word;
                }
                message.submit();
            }
            drained += drain(program);
            assertEquals(MESSAGES, drained);
            assertEquals(MESSAGES, object.variable("taken", Codecs.LONG).get());
            assertEquals(0, object.variable("unordered", Codecs.LONG).get());
            assertEquals(sum, object.variable("sum", Codecs.LONG).get());
        }
    }

    @Test
    void fullUntilDrainedAndDiscardedIsNeverSeen() {
        try (LoadedObject object = BpfLoader.load(spec);
                UserRingBuffer buffer = UserRingBuffer.open(object.map("messages"));
                Reservation message = buffer.reservation()) {
            Program program = object.program("drain");
            GlobalVariable<Long> taken = object.variable("taken", Codecs.LONG);
            assertEquals(RING, buffer.size());
            assertEquals(ReserveResult.TOO_BIG, message.reserve(RING - 7));
            assertEquals(ReserveResult.RESERVED, message.reserve(RING - 8));
            assertEquals(ReserveResult.NO_SPACE, buffer.send(Codecs.LONG, 0L));
            message.discard();
            assertEquals(ReserveResult.NO_SPACE, buffer.send(Codecs.LONG, 0L), "discarded, but not passed yet");
            assertEquals(0, drain(program));
            assertEquals(ReserveResult.RESERVED, buffer.send(Codecs.LONG, 0L));

            assertEquals(ReserveResult.RESERVED, message.reserve(8));
            assertEquals(ReserveResult.RESERVED, buffer.send(Codecs.LONG, 2L));
            assertEquals(1, drain(program), "the second is still being written");
            MemorySegment segment = message.segment();
            segment.set(JAVA_LONG_UNALIGNED, 0, 1);
            message.submit();
            assertEquals(2, drain(program));
            assertEquals(3, taken.get());
            assertEquals(3, object.variable("sum", Codecs.LONG).get());
            assertEquals(0, object.variable("unordered", Codecs.LONG).get());
            assertEquals(0, buffer.pending());
        }
    }

    /** A drain wakes who waits; 0 tries once; an interrupt and close end the wait, also of virtual threads. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    @SuppressWarnings("try") // that it is closed before is the matter
    void waitsForRoom(boolean virtual) throws Exception {
        Thread.Builder threads = virtual ? Thread.ofVirtual() : Thread.ofPlatform();
        try (LoadedObject object = BpfLoader.load(spec);
                UserRingBuffer buffer = UserRingBuffer.open(object.map("messages"));
                Reservation filler = buffer.reservation();
                Reservation message = buffer.reservation()) {
            Program program = object.program("drain");
            assertEquals(ReserveResult.RESERVED, filler.reserve(RING / 2 - 8));
            filler.submit();
            assertEquals(ReserveResult.RESERVED, filler.reserve(RING / 2 - 24));
            assertEquals(ReserveResult.NO_SPACE, message.reserve(16, Duration.ZERO));
            assertEquals(ReserveResult.NO_SPACE, message.reserve(16, Duration.ofMillis(1)), "16 bytes are free");
            assertEquals(ReserveResult.TOO_BIG, message.reserve(RING, Duration.ofDays(1)));

            FutureTask<ReserveResult> waiting = new FutureTask<>(() -> message.reserve(16, Duration.ofDays(1000_000)));
            Thread waiter = threads.start(waiting);
            sleeping(waiter);
            assertEquals(1, drain(program));
            assertEquals(ReserveResult.RESERVED, waiting.get());
            message.submit();

            FutureTask<ReserveResult> interrupted =
                    new FutureTask<>(() -> message.reserve(RING - 8, Duration.ofDays(1)));
            waiter = threads.start(interrupted);
            sleeping(waiter);
            waiter.interrupt();
            ExecutionException e = assertThrows(ExecutionException.class, interrupted::get);
            assertInstanceOf(InterruptedException.class, e.getCause());

            FutureTask<ReserveResult> closed = new FutureTask<>(() -> message.reserve(RING - 8, Duration.ofDays(1)));
            waiter = threads.start(closed);
            sleeping(waiter);
            buffer.close();
            e = assertThrows(ExecutionException.class, closed::get);
            assertEquals(
                    "the user ring buffer of map 'messages' is closed",
                    Objects.requireNonNull(e.getCause()).getMessage());
        }
    }

    /** Until the thread has come to its wait; a platform thread in a system call counts as runnable. */
    private static void sleeping(Thread thread) {
        long end = System.nanoTime() + (thread.isVirtual() ? 5_000_000_000L : 20_000_000L);
        while (System.nanoTime() < end
                && thread.getState() != Thread.State.WAITING
                && thread.getState() != Thread.State.TIMED_WAITING) {
            Thread.onSpinWait();
        }
    }

    /** Producers that wait, each with messages of its own size, and a thread that drains: nothing is lost, nobody hangs. */
    @Test
    void manyThreadsMaySendAndWait() {
        int producers = 4;
        int each = 20_000;
        try (LoadedObject object = BpfLoader.load(spec);
                UserRingBuffer buffer = UserRingBuffer.open(object.map("messages"))) {
            Program program = object.program("drain");
            List<CompletableFuture<Long>> sums = new ArrayList<>();
            for (int p = 0; p < producers; p++) {
                int words = 1 + 5 * p;
                sums.add(CompletableFuture.supplyAsync(() -> send(buffer, words, each), Thread::startVirtualThread));
            }
            long drained = 0;
            while (drained < (long) producers * each
                    && sums.stream().noneMatch(CompletableFuture::isCompletedExceptionally)) {
                drained += drain(program);
            }
            long sum = sums.stream().mapToLong(CompletableFuture::join).sum();
            assertEquals(sum, object.variable("sum", Codecs.LONG).get());
            assertEquals(
                    (long) producers * each,
                    object.variable("taken", Codecs.LONG).get());
        }
    }

    private static long send(UserRingBuffer buffer, int words, int times) {
        long sum = 0;
        try (Reservation message = buffer.reservation()) {
            for (int i = 0; i < times; i++) {
                assertEquals(ReserveResult.RESERVED, message.reserve(words * Long.BYTES, Duration.ofMinutes(1)));
                for (int word = 0; word < words; word++) {
                    message.setLong(word * Long.BYTES, (long) i * words + word);
                    sum += (long) i * words + word;
                }
                message.submit();
            }
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
        return sum;
    }
}
