package dev.ebpf4j.rings;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Flow;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.reactivestreams.tck.TestEnvironment;
import org.reactivestreams.tck.flow.FlowPublisherVerification;
import org.testng.ITestResult;
import org.testng.TestListenerAdapter;
import org.testng.TestNG;
import org.testng.annotations.AfterMethod;

/** The rules of Reactive Streams, checked by their Technology Compatibility Kit, which brings its own runner. */
@Timeout(value = 300, threadMode = ThreadMode.SEPARATE_THREAD)
class PublisherTckTest {
    /** What a publisher need not do, and this one does not: many subscribers at a time. */
    private static final Set<String> NOT_FOR_US = Set.of(
            "optional_spec111_maySupportMultiSubscribe",
            "optional_spec111_registeredSubscribersMustReceiveOnNextOrOnCompleteSignals",
            "optional_spec111_multicast_mustProduceTheSameElementsInTheSameSequenceToAllOfItsSubscribersWhenRequestingManyUpfront",
            "optional_spec111_multicast_mustProduceTheSameElementsInTheSameSequenceToAllOfItsSubscribersWhenRequestingManyUpfrontAndCompleteAsExpected",
            "optional_spec111_multicast_mustProduceTheSameElementsInTheSameSequenceToAllOfItsSubscribersWhenRequestingOneByOne");

    /** The kit's tests, for real ring buffers. Public for the kit's runner. */
    public static final class Verification extends FlowPublisherVerification<Long> {
        private final List<AutoCloseable> opened = new ArrayList<>();

        public Verification() {
            super(new TestEnvironment(Duration.ofSeconds(2).toMillis(), 50));
        }

        /** A ring with some records, where each that is taken makes room for one more; the last closes it, which ends the stream. */
        @Override
        public Flow.Publisher<Long> createFlowPublisher(long elements) {
            KernelProducer producer = producer();
            RingBuffer ring = ring(producer);
            int first = (int) Math.min(elements, 1000);
            assertEquals(first, producer.send(0, first));
            return ring.publisher(event -> {
                long number = event.getLong(0);
                if (number == elements - 1) {
                    ring.close();
                } else if (number + first < elements) {
                    assertTrue(producer.send(number + first));
                }
                return number;
            });
        }

        private synchronized KernelProducer producer() {
            KernelProducer producer = new KernelProducer();
            opened.add(producer);
            return producer;
        }

        private synchronized RingBuffer ring(KernelProducer producer) {
            RingBuffer ring = RingBuffer.open(producer.map);
            opened.add(ring);
            return ring;
        }

        @Override
        public Flow.Publisher<Long> createFailedFlowPublisher() {
            RingBuffer ring = ring(producer());
            ring.publisher(Event::size).subscribe(new Idle());
            return ring.publisher(event -> event.getLong(0)); // for a second subscriber there is an error only
        }

        @AfterMethod
        public synchronized void close() throws Exception {
            for (AutoCloseable each : opened.reversed()) {
                each.close();
            }
            opened.clear();
        }
    }

    /** Subscribes and asks for nothing. */
    private static final class Idle implements Flow.Subscriber<Object> {
        @Override
        public void onSubscribe(Flow.Subscription subscription) {}

        @Override
        public void onNext(Object item) {}

        @Override
        public void onError(Throwable cause) {}

        @Override
        public void onComplete() {}
    }

    @Test
    void keepsTheRulesOfReactiveStreams() {
        new KernelProducer().close(); // or skipped, with a reason
        TestListenerAdapter results = new TestListenerAdapter();
        TestNG runner = new TestNG(false);
        runner.setTestClasses(new Class<?>[] {Verification.class});
        runner.addListener(results);
        runner.run();
        assertEquals(
                List.of(),
                results.getFailedTests().stream().map(PublisherTckTest::text).toList());
        Set<String> skipped = new TreeSet<>(
                results.getSkippedTests().stream().map(ITestResult::getName).toList());
        skipped.removeIf(name -> name.startsWith("untested_"));
        assertEquals(new TreeSet<>(NOT_FOR_US), skipped);
        assertTrue(results.getPassedTests().size() > 20, "passed: " + results.getPassedTests());
    }

    private static String text(ITestResult result) {
        return result.getName() + ": " + result.getThrowable();
    }
}
