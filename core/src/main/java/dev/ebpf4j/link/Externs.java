package dev.ebpf4j.link;

import dev.ebpf4j.spec.ExternSpec;
import dev.ebpf4j.spec.ObjectSpec;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What an object takes from the kernel, by name. */
final class Externs {
    private final List<ExternSpec> all;
    private final Map<String, Integer> indexes = new HashMap<>();

    Externs(ObjectSpec spec) {
        this.all = spec.externs();
        for (int i = 0; i < all.size(); i++) {
            indexes.put(all.get(i).name(), i);
        }
    }

    /** Returns the extern's place in the object. */
    int index(ProgramPatcher patcher, int slot, String name) {
        Integer index = indexes.get(name);
        if (index == null) {
            throw patcher.bad(slot, "uses '" + name + "', which the object does not declare");
        }
        return index;
    }

    ExternSpec get(ProgramPatcher patcher, int slot, String name) {
        return all.get(index(patcher, slot, name));
    }
}
