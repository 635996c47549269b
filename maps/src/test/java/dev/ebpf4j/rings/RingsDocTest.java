package dev.ebpf4j.rings;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ebpf4j.codec.Codecs;
import dev.ebpf4j.maps.KernelMaps;
import dev.ebpf4j.spec.MapType;
import dev.ebpf4j.sys.EpollEvents;
import dev.ebpf4j.sys.Fd;
import dev.ebpf4j.sys.Sys;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Flow;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;

/** The page about rings shows code that compiles and works. */
@Timeout(value = 120, threadMode = ThreadMode.SEPARATE_THREAD)
class RingsDocTest {
    private static final Path SOURCE = Path.of("src/test/java/dev/ebpf4j/rings/RingsDocSnippets.java");
    private final RingsDocSnippets snippets = new RingsDocSnippets();

    @Test
    void whatThePageShowsIsWhatIsTested() throws IOException {
        assertEquals(
                between(SOURCE, "// snippet\n(.*?)// end"), between(Path.of("../docs/rings.md"), "```java\n(.*?)```"));
    }

    private static List<String> between(Path file, String pattern) throws IOException {
        List<String> found = new ArrayList<>();
        Matcher matcher = Pattern.compile(pattern, Pattern.DOTALL).matcher(Files.readString(file));
        while (matcher.find()) {
            found.add(matcher.group(1).stripIndent());
        }
        return found;
    }

    @Test
    void pollAndSpin() throws InterruptedException {
        BlockingQueue<Long> seen = new LinkedBlockingQueue<>();
        try (KernelProducer producer = new KernelProducer()) {
            assertEquals(2, producer.send(0, 2));
            Thread polling = Thread.startVirtualThread(() -> snippets.poll(producer.map, seen::add));
            assertEquals(List.of(0L, 1L), List.of(seen.take(), seen.take()));
            snippets.stop();
            polling.join();
            try (Events events = Events.open(producer.map)) {
                snippets.spin(events, event -> {});
            }
        }
    }

    @Test
    void ownLoop() {
        try (KernelProducer producer = new KernelProducer();
                Events events = Events.open(producer.map);
                Arena arena = Arena.ofConfined();
                Fd epoll = new Fd(Sys.host(), Sys.host().epollCreate())) {
            List<Runnable> actions = new ArrayList<>();
            List<Long> seen = new ArrayList<>();
            snippets.ownLoop(
                    events,
                    (fd, action) -> {
                        assertEquals(0, Sys.host().epollCtl(epoll.fd(), 1, fd, EpollEvents.EPOLLIN, 0));
                        actions.add(action);
                    },
                    event -> seen.add(event.getLong(0)));
            EpollEvents ready = new EpollEvents(Sys.host().arch(), arena, 1);
            assertEquals(0, Sys.host().epollWait(epoll.fd(), ready, 0));
            assertTrue(producer.send(5));
            assertEquals(1, Sys.host().epollWait(epoll.fd(), ready, -1));
            actions.getFirst().run();
            assertEquals(List.of(5L), seen);
            assertEquals(0, Sys.host().epollWait(epoll.fd(), ready, 0));
            events.wakeup();
            assertEquals(1, Sys.host().epollWait(epoll.fd(), ready, -1));
            assertEquals(0, events.drain(event -> {}));
            assertEquals(0, Sys.host().epollWait(epoll.fd(), ready, 0), "drain uses the wake-up up");
        }
    }

    @Test
    void takeAndFlow() throws InterruptedException {
        BlockingQueue<Long> seen = new LinkedBlockingQueue<>();
        try (KernelProducer producer = new KernelProducer()) {
            Events events = Events.open(producer.map);
            assertTrue(producer.send(5));
            Thread taking = Thread.startVirtualThread(() -> snippets.take(events, Codecs.LONG, seen::add));
            assertEquals(5L, seen.take());
            taking.interrupt();
            taking.join();
            assertTrue(producer.send(6));
            snippets.flow(events, Codecs.LONG, new Collecting(seen));
            assertEquals(6L, seen.take());
            events.close();
            assertEquals(-1L, seen.take(), "the end");
        }
    }

    private record Collecting(BlockingQueue<Long> seen) implements Flow.Subscriber<Long> {
        @Override
        public void onSubscribe(Flow.Subscription subscription) {
            subscription.request(10);
        }

        @Override
        public void onNext(Long item) {
            seen.add(item);
        }

        @Override
        public void onError(Throwable cause) {
            throw new AssertionError(cause);
        }

        @Override
        public void onComplete() {
            seen.add(-1L);
        }
    }

    @Test
    void manyMapsAndPerf() {
        List<String> seen = new ArrayList<>();
        try (KernelProducer one = new KernelProducer();
                KernelProducer two = new KernelProducer()) {
            assertTrue(one.send(1));
            assertTrue(two.send(2));
            snippets.manyMaps(
                    one.map,
                    two.map,
                    event -> seen.add("request " + event.getLong(0)),
                    event -> seen.add("error " + event.getLong(0)));
            assertEquals(List.of("request 1", "error 2"), seen);
        }
        try (var map = KernelMaps.create(KernelMaps.spec(MapType.PERF_EVENT_ARRAY, 4, 4, 64))) {
            snippets.perf(map, event -> seen.add("perf"));
            try (Events events = Events.open(map)) {
                assertTrue(events instanceof PerfBuffer);
            }
        }
    }
}
