package dev.ebpf4j.maps;

import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ebpf4j.codec.Codec;
import dev.ebpf4j.codec.Codecs;
import dev.ebpf4j.codec.TypeRef;
import dev.ebpf4j.spec.MapSpec;
import dev.ebpf4j.spec.MapType;
import dev.ebpf4j.sys.Uapi.Flag;
import dev.ebpf4j.sys.testing.ScriptedSys;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Many threads on one map, one view, one mapping; closing while they work. */
@SuppressWarnings("ThreadPriorityCheck") // yielding is what makes virtual threads change places
class ThreadsTest {
    private static final long NONE = Long.MIN_VALUE;

    private static Random random(TestReporter reporter) {
        long seed = System.nanoTime();
        reporter.publishEntry("seed", Long.toString(seed));
        return new Random(seed);
    }

    private static ExecutorService threads(boolean virtual, int count) {
        return virtual ? Executors.newVirtualThreadPerTaskExecutor() : Executors.newFixedThreadPool(count);
    }

    private static void await(List<Future<?>> work) throws InterruptedException {
        for (Future<?> each : work) {
            try {
                each.get();
            } catch (ExecutionException e) {
                throw new AssertionError("a thread failed", e.getCause());
            }
        }
    }

    /** A value that says whose it is, so that what belongs to another thread is found out. */
    private static byte[] value(int owner, int round) {
        byte[] value = new byte[40];
        for (int i = 0; i < value.length; i += Long.BYTES) {
            MemorySegment.ofArray(value).set(JAVA_LONG_UNALIGNED, i, ((long) owner << 32) + round);
        }
        return value;
    }

    /** Numbers whose codec waits while it reads and writes, so that virtual threads leave their carriers there. */
    private record Waiting(Codec<Long> inner) implements Codec<Long> {
        @Override
        public int size() {
            return inner.size();
        }

        @Override
        public Codec<Long> bind(TypeRef type) {
            return new Waiting(inner.bind(type));
        }

        @Override
        public Long read(MemorySegment source, long offset) {
            Thread.yield();
            long first = inner.read(source, offset);
            Thread.yield();
            return first == inner.read(source, offset) ? first : NONE;
        }

        @Override
        public void write(Long value, MemorySegment target, long offset) {
            inner.write(NONE, target, offset);
            Thread.yield();
            inner.write(value, target, offset);
            Thread.yield();
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void kernelThreadsDoNotSeeEachOthersElements(boolean virtual, TestReporter reporter) throws InterruptedException {
        Random random = random(reporter);
        int count = virtual ? 200 : 8;
        int rounds = virtual ? 100 : 3000;
        try (BpfMap map = KernelMaps.create(KernelMaps.spec(MapType.HASH, 4, 40, 1000));
                ExecutorService threads = threads(virtual, count)) {
            BpfHashMap<Integer, byte[]> view = BpfHashMap.of(map, Codecs.INT, Codecs.bytes(40));
            List<Future<?>> work = new ArrayList<>();
            for (int thread = 0; thread < count; thread++) {
                int owner = thread;
                long seed = random.nextLong();
                work.add(threads.submit(() -> {
                    Random mine = new Random(seed);
                    for (int round = 0; round < rounds; round++) {
                        byte[] value = value(owner, round);
                        view.update(owner, value);
                        if (mine.nextInt(4) == 0) {
                            Thread.yield();
                        }
                        assertArrayEquals(value, view.lookup(owner));
                        if (mine.nextInt(8) == 0) {
                            assertTrue(view.delete(owner));
                        }
                    }
                }));
            }
            await(work);
        }
    }

    /** The memory of an operation stays a virtual thread's own while it waits in the middle, on whichever carrier it goes on. */
    @Test
    void kernelVirtualThreadsMayWaitInsideAnOperation() throws InterruptedException {
        int count = 500;
        try (BpfMap map = KernelMaps.create(KernelMaps.spec(MapType.HASH, 8, 8, count));
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            BpfHashMap<Long, Long> view = BpfHashMap.of(map, new Waiting(Codecs.LONG), new Waiting(Codecs.LONG));
            List<Future<?>> work = new ArrayList<>();
            for (int thread = 0; thread < count; thread++) {
                long key = thread + 1L;
                work.add(threads.submit(() -> {
                    for (long round = 0; round < 50; round++) {
                        view.update(key, key * 1000 + round);
                        assertEquals(key * 1000 + round, view.lookup(key));
                    }
                }));
            }
            await(work);
            AtomicInteger found = new AtomicInteger();
            view.forEach((key, value) -> {
                assertEquals(key * 1000 + 49, value);
                found.incrementAndGet();
            });
            assertEquals(count, found.get());
        }
    }

    @Test
    void virtualThreadsKeepNoMemoryOfTheirOwn() throws InterruptedException {
        ScriptedSys sys = new ScriptedSys();
        try (BpfMap map = KernelMaps.create(sys, KernelMaps.spec(MapType.HASH, 4, 8, 10));
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            BpfHashMap<Integer, Long> view = BpfHashMap.of(map, Codecs.INT, Codecs.LONG);
            CountDownLatch over = new CountDownLatch(1);
            List<Future<?>> work = new ArrayList<>();
            for (int i = 0; i < 5000; i++) { // all of them alive at the end
                work.add(threads.submit((Callable<Void>) () -> {
                    view.lookup(1);
                    over.await();
                    return null;
                }));
                if (i % 100 == 0) {
                    Thread.yield();
                }
            }
            over.countDown();
            await(work);
            Set<Long> memory = sys.calls().stream()
                    .filter(call -> call.name().startsWith("bpf:1"))
                    .map(call -> call.arguments().get(1))
                    .collect(Collectors.toSet());
            assertTrue(memory.size() < 200, () -> memory.size() + " places for 5000 threads");
        }
    }

    /** Closing under use: each access gives what is there or says that it is closed, and none ends the JVM. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void kernelMappedMemoryIsClosedUnderItsReaders(boolean virtual, TestReporter reporter) throws InterruptedException {
        Random random = random(reporter);
        MapSpec spec = KernelMaps.spec(MapType.ARRAY, 4, 8, 4096).withFlags(Flag.BPF_F_MMAPABLE);
        try (BpfMap map = KernelMaps.create(spec)) {
            for (int round = 0; round < 30; round++) {
                MappedArray array = MappedArray.open(map);
                MappedValues<Long> values = array.values(Codecs.LONG);
                MemorySegment memory = array.memory();
                CountDownLatch started = new CountDownLatch(4);
                List<Runnable> accesses = List.of(
                        () -> array.getLong(17),
                        () -> values.set(18, 1L),
                        () -> array.sharedLong(19, 0).getAndAdd(1),
                        () -> memory.get(JAVA_LONG, 4095 * 8));
                try (ExecutorService threads = threads(virtual, 4)) {
                    List<Future<?>> work = new ArrayList<>();
                    for (Runnable access : accesses) {
                        work.add(threads.submit(() -> untilClosed(access, started)));
                    }
                    started.await();
                    for (int spin = random.nextInt(20_000); spin > 0; spin--) {
                        Thread.onSpinWait();
                    }
                    array.close();
                    await(work);
                }
            }
        }
    }

    private static void untilClosed(Runnable access, CountDownLatch started) {
        access.run();
        started.countDown();
        try {
            started.await(); // else those that spin keep the carriers from those that have not begun
            while (true) {
                access.run();
                if (Thread.currentThread().isVirtual()) {
                    Thread.yield(); // there may be fewer carriers than readers
                }
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        } catch (IllegalStateException e) {
            String words = String.valueOf(e.getMessage());
            assertTrue(words.endsWith("is closed") || words.equals("Already closed"), words);
        }
    }

    /** The descriptor's number is used anew at once: whoever went on would ask the wrong map. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void kernelMapsAreClosedUnderTheirUsers(boolean virtual, TestReporter reporter) throws InterruptedException {
        Random random = random(reporter);
        MapSpec spec = KernelMaps.spec(MapType.HASH, 4, 8, 16);
        for (int round = 0; round < 30; round++) {
            BpfMap map = KernelMaps.create(spec);
            BpfHashMap<Integer, Long> view = BpfHashMap.of(map, Codecs.INT, Codecs.LONG);
            CountDownLatch started = new CountDownLatch(4);
            try (ExecutorService threads = threads(virtual, 4)) {
                List<Future<?>> work = new ArrayList<>();
                for (int i = 0; i < 4; i++) {
                    int key = i;
                    work.add(threads.submit(() -> untilClosed(() -> view.update(key, 5L), started)));
                }
                started.await();
                for (int spin = random.nextInt(20_000); spin > 0; spin--) {
                    Thread.onSpinWait();
                }
                map.close();
                try (BpfMap other = KernelMaps.create(spec)) {
                    AtomicBoolean any = new AtomicBoolean();
                    await(work);
                    BpfHashMap.of(other, Codecs.INT, Codecs.LONG).forEach((key, value) -> any.set(true));
                    assertTrue(!any.get(), "what was meant for the closed map went into another");
                }
            }
        }
    }
}
