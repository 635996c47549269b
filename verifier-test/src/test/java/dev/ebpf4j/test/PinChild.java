package dev.ebpf4j.test;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.ebpf4j.maps.BpfMap;
import dev.ebpf4j.maps.PinPolicy;
import dev.ebpf4j.maps.SharedMap;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;

/** What {@link PinPolicyTest} runs as another process: shares the map at a path, and prints where it came from and its id. */
final class PinChild {
    private PinChild() {}

    public static void main(String[] args) {
        SharedMap shared = BpfMap.openOrCreate(Objects.COUNTS, args[0], PinPolicy.FAIL);
        try (BpfMap map = shared.map();
                PrintStream out = new PrintStream(new FileOutputStream(FileDescriptor.out), true, UTF_8)) {
            out.println(shared.origin() + " " + map.info().id());
        }
    }
}
