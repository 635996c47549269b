package dev.ebpf4j.rings;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ebpf4j.sys.testing.ScriptedSys;
import java.lang.Thread.State;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;

/** What begins and ends a wait, on platform threads. Nothing here would come to an end by a time-out. */
@Timeout(value = 120, threadMode = ThreadMode.SEPARATE_THREAD)
class EventsWaitTest {
    private static final Duration FOREVER = Duration.ofSeconds(Long.MAX_VALUE);
    private static final EventConsumer NONE = event -> {};

    private final ScriptedSys sys = new ScriptedSys();
    private final SyntheticRing ring = new SyntheticRing(sys, 4096);
    private final RingBuffer events = open();

    private RingBuffer open() {
        sys.onMmap((fd, offset, length, protection) -> ring.mapping(offset));
        return RingBuffer.open(ring.map);
    }

    @AfterEach
    void nothingIsLeft() {
        events.close();
        ring.map.close();
        assertEquals(Set.of(), sys.leaks());
    }

    /** Something that runs on a thread of its own. */
    private static final class Running<T> extends FutureTask<T> {
        final Thread thread = Thread.ofPlatform().daemon().unstarted(this);

        Running(Callable<T> body) {
            super(body);
            thread.start();
        }

        Throwable failure() throws InterruptedException {
            return Objects.requireNonNull(
                    assertThrows(ExecutionException.class, this::get).getCause());
        }
    }

    private long waits() {
        return sys.calls().stream().filter(c -> c.name().equals("epoll_wait")).count();
    }

    /** Until it waits for a record, in the scripted epoll_wait, or for its turn. */
    private static void untilParked(Running<?> running) {
        while (running.thread.getState() != State.WAITING && running.thread.getState() != State.TIMED_WAITING) {
            assertFalse(running.isDone());
            Thread.onSpinWait();
        }
    }

    private static Integer number(Event event) {
        return (int) event.getByte(0);
    }

    private void send(int value) {
        ring.put(8, value);
        sys.setReady(ring.map.fd(), true);
    }

    @Test
    void anInterruptEndsAPollAndStaysSet() throws Exception {
        Running<Boolean> polled = new Running<>(() -> events.poll(FOREVER, NONE) == 0 && Thread.interrupted());
        untilParked(polled);
        polled.thread.interrupt();
        assertTrue(polled.get());
    }

    @Test
    void anInterruptedThreadStillGetsWhatIsThere() throws Exception {
        ring.put(8, 1);
        Running<List<Integer>> polled = new Running<>(() -> {
            Thread.currentThread().interrupt();
            int first = events.poll(FOREVER, NONE);
            int second = events.poll(FOREVER, NONE);
            return List.of(first, second, events.spin(FOREVER, NONE), Thread.interrupted() ? 1 : 0);
        });
        assertEquals(List.of(1, 0, 0, 1), polled.get());
        assertEquals(0, waits());
    }

    /** An interrupt that came too late to end a wait is not taken for a wake-up of the next. */
    @Test
    void anInterruptIsNoWakeup() throws Exception {
        Running<Integer> polled = new Running<>(() -> {
            events.poll(FOREVER, NONE);
            Thread.interrupted();
            return events.poll(FOREVER, NONE);
        });
        untilParked(polled);
        polled.thread.interrupt();
        while (waits() == 0) {
            Thread.onSpinWait();
        }
        send(1);
        assertEquals(1, polled.get());
    }

    @Test
    void takeGivesOneRecordAtATime() throws Exception {
        ring.put(8, 5);
        ring.put(8, 6);
        assertEquals(5, events.take(EventsWaitTest::number));
        assertEquals(16, ring.consumed(), "the second one stays");
        assertEquals(6, events.take(EventsWaitTest::number));
        Running<Integer> taken = new Running<>(() -> events.take(EventsWaitTest::number));
        untilParked(taken);
        send(7);
        assertEquals(7, taken.get());
    }

    @Test
    void whatADecoderThrowsComesOutOfTakeAndItsRecordIsConsumed() throws Exception {
        ring.put(8, 1);
        ring.put(8, 2);
        assertThrows(
                ArithmeticException.class,
                () -> events.take(event -> {
                    throw new ArithmeticException();
                }));
        assertEquals(2, events.take(EventsWaitTest::number));
    }

    @Test
    void anInterruptEndsTake() throws Exception {
        Running<Integer> taken = new Running<>(() -> events.take(Event::size));
        untilParked(taken);
        taken.thread.interrupt();
        assertEquals(InterruptedException.class, taken.failure().getClass());
        ring.put(8, 1);
        Running<Integer> late = new Running<>(() -> {
            Thread.currentThread().interrupt();
            return events.take(Event::size);
        });
        assertEquals(InterruptedException.class, late.failure().getClass());
        assertEquals(8, events.take(Event::size), "the interrupted one took nothing");
    }

    @Test
    void wakeupCancelsTake() throws Exception {
        Running<Integer> taken = new Running<>(() -> events.take(Event::size));
        untilParked(taken);
        events.wakeup();
        assertEquals(CancellationException.class, taken.failure().getClass());
    }

    @Test
    void closeEndsTakeAndThoseWhoWaitForTheirTurn() throws Exception {
        Running<Integer> first = new Running<>(() -> events.take(Event::size));
        untilParked(first);
        Running<Integer> second = new Running<>(() -> events.take(Event::size));
        Running<Integer> third = new Running<>(() -> events.poll(FOREVER, NONE));
        untilParked(second);
        untilParked(third);
        events.close();
        assertEquals(ClosedEventsException.class, first.failure().getClass());
        assertEquals(ClosedEventsException.class, second.failure().getClass());
        assertEquals(ClosedEventsException.class, third.failure().getClass());
        assertThrows(ClosedEventsException.class, () -> events.take(Event::size));
        assertThrows(ClosedEventsException.class, () -> events.spin(FOREVER, NONE));
        assertThrows(ClosedEventsException.class, () -> events.drain(NONE));
        assertThrows(ClosedEventsException.class, events::epollFd);
    }

    @Test
    void whoWaitsForATurnCanBeInterruptedAndHasATimeOut() throws Exception {
        Running<Integer> holder = new Running<>(() -> events.poll(FOREVER, NONE));
        untilParked(holder);
        assertEquals(0, events.poll(Duration.ofMillis(1), NONE));
        assertEquals(0, events.spin(Duration.ofMillis(1), NONE));
        assertEquals(0, events.consume(NONE), "the other one would hand them out");
        assertEquals(0, events.drain(NONE));
        Running<Boolean> polling = new Running<>(() -> events.poll(FOREVER, NONE) == 0 && Thread.interrupted());
        Running<Integer> taking = new Running<>(() -> events.take(Event::size));
        untilParked(polling);
        untilParked(taking);
        polling.thread.interrupt();
        taking.thread.interrupt();
        assertTrue(polling.get());
        assertEquals(InterruptedException.class, taking.failure().getClass());
        assertFalse(holder.isDone());
        send(1);
        assertEquals(1, holder.get());
    }

    @Test
    void spinWaitsWithoutASystemCall() throws Exception {
        Running<Integer> spinning =
                new Running<>(() -> events.spin(FOREVER, event -> assertEquals(9, event.getByte(0))));
        int before = sys.calls().size();
        ring.put(8, 9);
        assertEquals(1, spinning.get());
        assertEquals(0, events.spin(Duration.ofMillis(1), NONE));
        assertEquals(0, events.spin(Duration.ZERO, NONE));
        assertEquals(before, sys.calls().size());
    }

    @Test
    void spinEndsLikePoll() throws Exception {
        Running<Integer> spinning = new Running<>(() -> events.spin(FOREVER, NONE) + events.spin(FOREVER, NONE));
        while (!events.isTaken()) {
            Thread.onSpinWait();
        }
        events.wakeup();
        events.close();
        assertEquals(ClosedEventsException.class, spinning.failure().getClass(), "of the second call");
    }

    @Test
    void anInterruptEndsSpin() throws Exception {
        Running<Boolean> spinning = new Running<>(() -> events.spin(FOREVER, NONE) == 0 && Thread.interrupted());
        while (!events.isTaken()) {
            Thread.onSpinWait();
        }
        spinning.thread.interrupt();
        assertTrue(spinning.get());
    }

    /** For an own loop: after drain the descriptor says nothing until there is something new. */
    @Test
    void drainTakesAllAndUsesUpAWakeup() {
        AtomicInteger count = new AtomicInteger();
        for (int i = 0; i < 100; i++) {
            ring.put(24, i);
        }
        events.wakeup();
        List<Integer> late = new ArrayList<>();
        assertEquals(101, events.drain(event -> {
            if (count.incrementAndGet() == 100) {
                ring.put(8, 77);
            }
            late.add((int) event.getByte(0));
        }));
        assertEquals(77, late.getLast());
        assertEquals(0, events.poll(Duration.ofMillis(1), NONE));
        assertTrue(waits() > 0, "the wake-up is used up, so the poll had to wait");
        assertTrue(events.epollFd() > 2);
    }

    @Test
    void nothingAnswersAfterCloseButTheCounters() {
        ring.put(8, 1);
        ring.discard(ring.reserve(8), 8);
        assertEquals(1, events.consume(NONE));
        events.close();
        assertEquals(1, events.discarded());
        assertEquals(0, events.lost());
        assertThrows(ClosedEventsException.class, () -> events.consume(NONE));
        events.wakeup();
    }
}
