package dev.ebpf4j.test;

import dev.ebpf4j.kernel.BpfLoader;
import dev.ebpf4j.kernel.LoadedObject;

/** What {@link MapHygieneTest} runs without a standard input: loads an object and prints the lowest descriptor of it. */
final class DescriptorChild {
    private DescriptorChild() {}

    public static void main(String[] args) {
        try (LoadedObject object = BpfLoader.load(Objects.countHits())) {
            System.out.println(Math.min(
                    object.map(".data").fd(), object.programs().getFirst().fd()));
        }
    }
}
