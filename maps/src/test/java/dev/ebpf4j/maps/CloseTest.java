package dev.ebpf4j.maps;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ebpf4j.spec.MapType;
import dev.ebpf4j.sys.Sys;
import dev.ebpf4j.sys.testing.ScriptedSys;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Closing a map that other threads are using. */
class CloseTest {
    private static final int ROUNDS = 100;

    /**
     * The next map mostly gets the descriptor of the one that was closed. Whoever still wrote by that number would write
     * into the wrong map.
     */
    @Test
    void kernelWritersNeverMeetTheMapThatGetsTheNumberNext() throws InterruptedException, ExecutionException {
        int sameNumber = 0;
        try (ExecutorService pool = Executors.newFixedThreadPool(2)) {
            for (int round = 0; round < ROUNDS; round++) {
                BpfMap first = KernelMaps.create(KernelMaps.spec(MapType.HASH, 4, 8, 16));
                int number = first.fd();
                CountDownLatch started = new CountDownLatch(2);
                List<Future<?>> writers = new ArrayList<>();
                for (int i = 0; i < 2; i++) {
                    writers.add(pool.submit(() -> writeUntilClosed(first, started)));
                }
                started.await();
                first.close();
                try (BpfMap second = KernelMaps.create(KernelMaps.spec(MapType.HASH, 4, 8, 16))) {
                    sameNumber += second.fd() == number ? 1 : 0;
                    for (Future<?> writer : writers) {
                        writer.get();
                    }
                    assertFalse(second.nextKey(null, MemorySegment.ofArray(new byte[4])), "somebody wrote here");
                }
            }
        }
        assertTrue(sameNumber > ROUNDS / 2, "the numbers that were given anew: " + sameNumber);
    }

    private static void writeUntilClosed(BpfMap map, CountDownLatch started) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment key = arena.allocateFrom(JAVA_INT, 1);
            MemorySegment value = arena.allocateFrom(JAVA_LONG, 1);
            map.update(key, value, BpfMap.ANY);
            started.countDown();
            while (true) {
                map.update(key, value, BpfMap.ANY);
            }
        } catch (MapClosedException e) {
            assertEquals("map 'test_map' is closed", e.getMessage());
        }
    }

    /** The operation lasts until the closing thread waits for it, or is through without. */
    @Test
    void closingWaitsForTheOperationThatIsUnderWay() throws InterruptedException, ExecutionException {
        CountDownLatch inside = new CountDownLatch(1);
        AtomicBoolean over = new AtomicBoolean();
        AtomicBoolean overWhenClosed = new AtomicBoolean();
        AtomicReference<Thread> closing = new AtomicReference<>();
        ScriptedSys sys = new ScriptedSys();
        Sys stalling = stalling(sys, () -> {
            inside.countDown();
            while (!isWaitingOrDone(closing.get())) {
                Thread.onSpinWait();
            }
            over.set(true);
        });
        BpfMap map = KernelMaps.create(stalling, KernelMaps.spec(MapType.HASH, 4, 8, 1));
        try (ExecutorService pool = Executors.newFixedThreadPool(1)) {
            Future<?> reader = pool.submit(
                    () -> map.lookup(MemorySegment.ofArray(new byte[4]), MemorySegment.ofArray(new byte[8])));
            inside.await();
            Thread closer = new Thread(() -> {
                map.close();
                overWhenClosed.set(over.get());
            });
            closer.start();
            closing.set(closer);
            closer.join();
            reader.get();
        }
        assertTrue(overWhenClosed.get(), "closed before the reader was through");
        assertEquals(Set.of(), sys.leaks());
    }

    private static boolean isWaitingOrDone(@Nullable Thread closer) {
        return closer != null
                && (closer.getState() == Thread.State.TIMED_WAITING || closer.getState() == Thread.State.TERMINATED);
    }

    /** Runs {@code stall} in each operation on an element, as if the kernel took its time. */
    private static Sys stalling(Sys sys, Runnable stall) {
        InvocationHandler handler = (proxy, method, arguments) -> {
            if (method.getName().equals("bpfShort")) {
                stall.run();
            }
            return method.invoke(sys, arguments);
        };
        return (Sys) Proxy.newProxyInstance(Sys.class.getClassLoader(), new Class<?>[] {Sys.class}, handler);
    }
}
