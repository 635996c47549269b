package dev.ebpf4j.test;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.ebpf4j.kernel.BpfLoader;
import dev.ebpf4j.kernel.LoadedObject;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;

/** What {@link MapHygieneTest} runs without a standard input: loads an object and prints the lowest descriptor of it. */
final class DescriptorChild {
    private DescriptorChild() {}

    public static void main(String[] args) {
        try (LoadedObject object = BpfLoader.load(Objects.countHits());
                PrintStream out = new PrintStream(new FileOutputStream(FileDescriptor.out), true, UTF_8)) {
            out.println(Math.min(
                    object.map(".data").fd(), object.programs().getFirst().fd()));
        }
    }
}
