package dev.ebpf4j.test;

import dev.ebpf4j.error.BpfException;
import dev.ebpf4j.kernel.BpfLoader;
import dev.ebpf4j.kernel.LoadOptions;
import dev.ebpf4j.kernel.LoadedObject;
import dev.ebpf4j.maps.BpfMap;
import java.util.stream.Collectors;

/** What {@link TokenTest} runs in a user namespace: loads an object and prints what it has, or why not. */
final class TokenChild {
    private TokenChild() {}

    public static void main(String[] args) {
        LoadOptions options =
                args[0].equals("default") ? LoadOptions.DEFAULT : LoadOptions.DEFAULT.withTokenPath(args[0]);
        try (LoadedObject object = BpfLoader.load(Objects.countHits(), options)) {
            System.out.println("loaded " + object.programs().size() + " programs and "
                    + object.maps().stream().map(BpfMap::name).collect(Collectors.joining(" ")));
        } catch (BpfException e) {
            System.out.println(e.getMessage());
        }
    }
}
