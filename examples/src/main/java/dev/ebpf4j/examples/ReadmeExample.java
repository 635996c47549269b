package dev.ebpf4j.examples;

import dev.ebpf4j.attach.Tracepoint;
import dev.ebpf4j.codec.Codec;
import dev.ebpf4j.codec.Codecs;
import dev.ebpf4j.codec.TypeRef;
import dev.ebpf4j.elf.ElfReader;
import dev.ebpf4j.kernel.BpfLoader;
import dev.ebpf4j.kernel.LoadedObject;
import dev.ebpf4j.rings.RingBuffer;
import dev.ebpf4j.spec.ObjectSpec;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;

/** The program that the README shows; a test compares the two. */
final class ReadmeExample {
    private ReadmeExample() {}

    static void main(String[] args) throws IOException {
        // snippet
        ObjectSpec spec = ElfReader.read(Path.of("bootstrap.bpf.o")).withVariable("min_duration_ns", 0);
        Codec<ProcessEvent> codec = Codecs.record(ProcessEvent.class).bind(TypeRef.named(spec.btf(), "event"));
        try (LoadedObject object = BpfLoader.load(spec);
                RingBuffer events = RingBuffer.open(object.map("events"))) {
            object.program("on_exec").attach(); // to what its section names
            object.program("on_exit").attach(new Tracepoint("sched", "sched_process_exit"));
            while (!Thread.interrupted()) {
                events.poll(Duration.ofSeconds(1), event -> System.out.println(event.read(codec)));
            }
        }
        // end
    }
}
