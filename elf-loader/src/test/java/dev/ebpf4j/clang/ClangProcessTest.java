package dev.ebpf4j.clang;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class ClangProcessTest {

    /** Holds the headers, so that only the first test has to print them. */
    @TempDir
    private static Path cache;

    @TempDir
    private Path directory;

    private Clang clang(String body) throws IOException {
        Path executable = FakeClang.write(directory.resolve("clang"), "clang version 19.1.7", body);
        return new Clang(executable, ClangFacts.of(executable), CacheDirectory.of(cache));
    }

    private static CompileRequest.Builder request(String text) {
        return CompileRequest.of("x.bpf.c", text);
    }

    @Test
    void sourceAndObjectPassThroughFullPipes() throws IOException {
        String text = "0123456789abcde\n".repeat(1 << 16);
        CompiledObject object = clang("""
                for i in 1 2 3 4 5 6 7 8; do head -c 100000 /dev/zero | tr '\\\\0' x >&2; done
                cat
                """).compile(request(text).build());
        assertArrayEquals(text.getBytes(StandardCharsets.UTF_8), object.toBytes());
    }

    @Test
    void aClangThatReadsNothingDoesNotBlock() throws IOException {
        CompiledObject object =
                clang("echo object").compile(request("x".repeat(1 << 20)).build());
        assertEquals("object\n", new String(object.toBytes(), StandardCharsets.UTF_8));
    }

    @Test
    void tooLateMeansKilledWithItsChildren() throws Exception {
        Path pids = directory.resolve("pids");
        Clang slow = clang("sleep 600 & echo $! $$ > " + pids + "; wait");
        ClangTimeoutException e = assertThrows(
                ClangTimeoutException.class,
                () -> slow.compile(request("").timeout(Duration.ofSeconds(1)).build()));
        assertTrue(e.getMessage().contains("did not finish within 1000 ms and was killed"), e.getMessage());
        for (String pid : Files.readString(pids).strip().split(" ", -1)) {
            awaitEnd(Long.parseLong(pid));
        }
    }

    @Test
    void anInterruptKillsClangAndStaysSet() throws Exception {
        Path fifo = directory.resolve("started");
        assertEquals(0, new ProcessBuilder("mkfifo", fifo.toString()).start().waitFor());
        Clang slow = clang("echo $$ > " + fifo + "; exec sleep 600");
        FutureTask<Boolean> interrupted = new FutureTask<>(() -> {
            assertThrows(ClangException.class, () -> slow.compile(request("").build()));
            return Thread.currentThread().isInterrupted();
        });
        Thread compiler = Thread.ofPlatform().start(interrupted);
        long pid = Long.parseLong(Files.readString(fifo).strip());
        compiler.interrupt();
        assertTrue(interrupted.get());
        awaitEnd(pid);
    }

    @Test
    void aDaemonThatKeepsThePipeDoesNotKeepUs() throws IOException {
        CompiledObject object = clang("(trap '' HUP; sleep 5) & echo object")
                .compile(request("").build());
        assertEquals("object\n", new String(object.toBytes(), StandardCharsets.UTF_8));
    }

    @Test
    void aCrashWithoutDiagnosticsShowsStatusAndText() throws IOException {
        Clang crashing = clang("echo 'PLEASE submit a bug report' >&2; exit 139");
        ClangException e = assertThrows(
                ClangException.class, () -> crashing.compile(request("").build()));
        assertTrue(e.getMessage().contains("status 139 and no object for x.bpf.c:\nPLEASE submit"), e.getMessage());
        assertEquals(List.of(), e.diagnostics());
    }

    @Test
    void theCommandHoldsWhatTheRequestSays() throws IOException {
        Clang echo = clang("for a in \"$@\"; do echo \"$a\"; done");
        CompileRequest request = CompileRequest.of(Path.of("-odd.bpf.c"))
                .directory(directory)
                .arch(TargetArch.ARM64)
                .byteOrder(ByteOrder.BIG_ENDIAN)
                .cpu("v4")
                .include(Path.of("one"))
                .arguments("-DLAST=1")
                .build();
        List<String> arguments = new String(echo.compile(request).toBytes(), StandardCharsets.UTF_8)
                .lines()
                .toList();
        assertEquals("--target=bpfeb", arguments.getFirst());
        assertTrue(arguments.containsAll(List.of("-O2", "-g", "-mcpu=v4", "-D__TARGET_ARCH_arm64")));
        int theirs = arguments.indexOf("-Ione");
        assertTrue(theirs > 0 && arguments.get(theirs + 1).contains(cache + "/headers-"), arguments.toString());
        assertEquals(
                List.of("-DLAST=1", "-xc", "./-odd.bpf.c"), arguments.subList(arguments.size() - 3, arguments.size()));
    }

    @Test
    void manyAtOnceFillTheCacheOnceAndLeaveNothingElse() throws Exception {
        Path executable = clang("cat").executable();
        Clang cat = new Clang(executable, ClangFacts.of(executable), CacheDirectory.of(directory.resolve("cache")));
        List<Callable<String>> jobs = IntStream.range(0, 32)
                .mapToObj(i -> (Callable<String>) () ->
                        new String(cat.compile(request("source " + i).build()).toBytes(), StandardCharsets.UTF_8))
                .toList();
        try (ExecutorService threads = Executors.newFixedThreadPool(8)) {
            List<Future<String>> done = threads.invokeAll(jobs);
            for (int i = 0; i < done.size(); i++) {
                assertEquals("source " + i, done.get(i).get());
            }
        }
        try (Stream<Path> left = Files.list(directory.resolve("cache"))) {
            List<String> names = left.map(path -> path.getFileName().toString())
                    .filter(name -> !name.endsWith(".lock"))
                    .toList();
            assertEquals(
                    1,
                    names.stream().filter(name -> name.startsWith("headers-")).count(),
                    names.toString());
            assertTrue(names.stream().allMatch(name -> name.startsWith("headers-") || name.startsWith("vmlinux-")));
        }
    }

    /** A killed child is gone once its parent, or init, has reaped it. */
    private static void awaitEnd(long pid) throws Exception {
        var handle = ProcessHandle.of(pid);
        if (handle.isPresent() && !isZombie(pid)) {
            handle.get().onExit().get();
        }
        assertFalse(Files.exists(Path.of("/proc/" + pid)) && !isZombie(pid));
    }

    private static boolean isZombie(long pid) {
        try {
            return Files.readString(Path.of("/proc/" + pid + "/stat")).contains(") Z ");
        } catch (IOException e) {
            return true;
        }
    }
}
