package dev.ebpf4j.test;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.ebpf4j.error.BpfException;
import dev.ebpf4j.kernel.BpfLoader;
import dev.ebpf4j.kernel.LoadOptions;
import dev.ebpf4j.kernel.LoadedObject;
import dev.ebpf4j.maps.BpfMap;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.util.stream.Collectors;

/** What {@link TokenTest} runs in a user namespace: loads an object and prints what it has, or why not. */
final class TokenChild {
    private static final PrintStream OUT = new PrintStream(new FileOutputStream(FileDescriptor.out), true, UTF_8);

    private TokenChild() {}

    public static void main(String[] args) {
        LoadOptions options =
                args[0].equals("default") ? LoadOptions.DEFAULT : LoadOptions.DEFAULT.withTokenPath(args[0]);
        try (LoadedObject object = BpfLoader.load(Objects.countHits(), options)) {
            OUT.println("loaded " + object.programs().size() + " programs and "
                    + object.maps().stream().map(BpfMap::name).collect(Collectors.joining(" ")));
        } catch (BpfException e) {
            OUT.println(e.getMessage());
        }
    }
}
