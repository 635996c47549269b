package dev.ebpf4j.parity;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ebpf4j.attach.Link;
import dev.ebpf4j.attach.RawTracepoint;
import dev.ebpf4j.attach.Tracepoint;
import dev.ebpf4j.attach.TracingRawTp;
import dev.ebpf4j.codec.Codecs;
import dev.ebpf4j.error.BpfException;
import dev.ebpf4j.error.Errno;
import dev.ebpf4j.errors.ChildJvm;
import dev.ebpf4j.kernel.BpfLoader;
import dev.ebpf4j.kernel.Links;
import dev.ebpf4j.kernel.LoadedObject;
import dev.ebpf4j.kernel.Program;
import dev.ebpf4j.maps.BpfMap;
import dev.ebpf4j.maps.DataSection;
import dev.ebpf4j.maps.GlobalVariable;
import dev.ebpf4j.maps.Pins;
import dev.ebpf4j.test.BpfFs;
import dev.ebpf4j.test.LeakCheck;
import dev.ebpf4j.test.RequiresBpf;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What another process pinned before it ended is at work, and can be taken up again. */
@RequiresBpf
@ExtendWith(LeakCheck.class)
class PinRowsTest {
    /** Each program adds one to a variable of its own when a process begins. */
    static final String SOURCE = """
        unsigned long raw_count, perf_count, typed_count;
        SEC("raw_tp/sched_process_exec") int raw(void *ctx) { __sync_fetch_and_add(&raw_count, 1); return 0; }
        SEC("tp/sched/sched_process_exec") int perf(void *ctx) { __sync_fetch_and_add(&perf_count, 1); return 0; }
        SEC("tp_btf/sched_process_exec") int typed(void *ctx) { __sync_fetch_and_add(&typed_count, 1); return 0; }
        char LICENSE[] SEC("license") = "GPL";
        """;

    /** The process that goes: it attaches, pins and ends. */
    static final class Pinner {
        private Pinner() {}

        public static void main(String[] args) {
            try (LoadedObject object = BpfLoader.load(Sources.object("pins", SOURCE))) {
                object.map(".bss").pin(args[0] + "/bss");
                for (Program program : object.programs()) {
                    program.pin(args[0] + "/" + program.name());
                    program.attach().pin(args[0] + "/links/" + program.name());
                }
            }
        }
    }

    private static void exec() throws IOException, InterruptedException {
        assertEquals(0, new ProcessBuilder("true").start().waitFor());
    }

    @Test
    void row49_programsLinksAndMapsOutliveTheProcessThatPinnedThem() throws IOException, InterruptedException {
        try (BpfFs fs = BpfFs.mount()) {
            String output = new ChildJvm().main(Pinner.class).run(fs.root());
            assertTrue(output.isBlank(), output);
            try (BpfMap bss = BpfMap.openPinned(fs.root() + "/bss");
                    DataSection section = DataSection.open(bss)) {
                for (String name : new String[] {"raw", "perf", "typed"}) {
                    countsUntilUnpinned(fs.root(), name, section.variable(name + "_count", Codecs.LONG));
                }
            }
        }
    }

    private static void countsUntilUnpinned(String root, String name, GlobalVariable<Long> count)
            throws IOException, InterruptedException {
        String pin = root + "/links/" + name;
        long before = count.get();
        exec();
        assertTrue(count.get() > before, name);
        try (Program program = Program.openPinned(root + "/" + name);
                Link link = Links.openPinned(pin)) {
            assertEquals(name, program.name());
            assertTrue(link.id().isPresent());
            assertEquals(
                    switch (name) {
                        case "raw" -> new RawTracepoint("sched_process_exec");
                        case "perf" -> new Tracepoint("sched", "sched_process_exec");
                        default -> new TracingRawTp();
                    },
                    link.target());
        }
        before = count.get();
        exec();
        assertTrue(count.get() > before, name + " stays attached when a handle is closed");
        assertTrue(Pins.unpin(pin));
        assertTrue(Pins.unpin(root + "/" + name));
        assertFalse(Pins.unpin(pin));
        long after = count.get();
        for (int i = 0; i < 3; i++) {
            after = count.get();
            exec(); // the kernel may let a call that has begun end
        }
        assertEquals(after, count.get(), name);
    }

    @Test
    void row49_whatCannotBePinnedOrOpenedSaysWhy() throws IOException, InterruptedException {
        try (BpfFs fs = BpfFs.mount();
                LoadedObject object = BpfLoader.load(Sources.object("pins", SOURCE))) {
            Link link = object.program("raw").attach();
            link.pin(fs.root() + "/link");
            BpfException taken = assertThrows(BpfException.class, () -> link.pin(fs.root() + "/link"));
            assertTrue(taken.errno().is(Errno.EEXIST), taken::getMessage);
            BpfException none = assertThrows(BpfException.class, () -> Links.openPinned(fs.root() + "/none"));
            assertTrue(none.errno().is(Errno.ENOENT), none::getMessage);
            object.program("raw").pin(fs.root() + "/program");
            IllegalArgumentException other =
                    assertThrows(IllegalArgumentException.class, () -> Links.openPinned(fs.root() + "/program"));
            assertEquals(
                    "what is pinned at " + fs.root() + "/program is no link, but anon_inode:bpf-prog",
                    other.getMessage());
            link.close();
            assertThrows(IllegalStateException.class, () -> link.pin(fs.root() + "/late"));
        }
    }
}
