package dev.ebpf4j.link;

import dev.ebpf4j.spec.ExternSpec;
import dev.ebpf4j.spec.ObjectSpec;
import java.util.HashMap;
import java.util.Map;

/** What an object takes from the kernel, by name. */
final class Externs {
    private final Map<String, ExternSpec> byName = new HashMap<>();

    Externs(ObjectSpec spec) {
        spec.externs().forEach(extern -> byName.put(extern.name(), extern));
    }

    ExternSpec get(ProgramPatcher patcher, int slot, String name) {
        ExternSpec extern = byName.get(name);
        if (extern == null) {
            throw patcher.bad(slot, "uses '" + name + "', which the object does not declare");
        }
        return extern;
    }

    /** Returns the number that libbpf gives an extern that is no configuration value: behind all those, by name. */
    int number(ExternSpec extern) {
        return (int) byName.values().stream()
                .filter(other ->
                        other.kind() == ExternSpec.Kind.KCONFIG || other.name().compareTo(extern.name()) < 0)
                .count();
    }
}
