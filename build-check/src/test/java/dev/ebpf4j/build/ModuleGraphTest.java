package dev.ebpf4j.build;

import static java.util.Map.entry;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.lang.module.ModuleDescriptor;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The compiled modules require exactly what the table of the architecture page says. */
class ModuleGraphTest {
    private static final String PREFIX = "dev.ebpf4j";

    /** Each module and the ebpf4j modules that it requires by name; a module gets its row when it is added. */
    private static final Map<String, Set<String>> DESIGN = Map.ofEntries(
            entry("dev.ebpf4j.sys", Set.of()),
            entry("dev.ebpf4j.btf", Set.of()),
            entry("dev.ebpf4j.core", Set.of("dev.ebpf4j.btf")),
            entry("dev.ebpf4j.elf", Set.of("dev.ebpf4j.core")),
            entry("dev.ebpf4j.clang.llvm", Set.of("dev.ebpf4j.elf")),
            entry("dev.ebpf4j.maps", Set.of("dev.ebpf4j.core", "dev.ebpf4j.sys")),
            entry("dev.ebpf4j.kernel", Set.of("dev.ebpf4j.core", "dev.ebpf4j.maps", "dev.ebpf4j.sys")),
            entry("dev.ebpf4j.test", Set.of("dev.ebpf4j.kernel", "dev.ebpf4j.elf")),
            entry("dev.ebpf4j.cli", Set.of("dev.ebpf4j.core", "dev.ebpf4j.kernel", "dev.ebpf4j.elf")));

    /** What the aggregate brings along, as far as it is there yet. */
    private static final Set<String> FOR_APPLICATIONS =
            Set.of("dev.ebpf4j.core", "dev.ebpf4j.elf", "dev.ebpf4j.maps", "dev.ebpf4j.kernel");

    @Test
    void modulesRequireWhatTheDesignSays() {
        var modules = Checkout.moduleDescriptors();
        assertFalse(modules.isEmpty(), "no compiled module found");
        for (ModuleDescriptor module : modules) {
            if (!module.name().equals(PREFIX)) {
                assertEquals(DESIGN.get(module.name()), required(module), module.name());
            }
        }
    }

    @Test
    void aggregateRequiresWhatApplicationsNeed() {
        var modules = Checkout.moduleDescriptors();
        Set<String> present = modules.stream()
                .map(ModuleDescriptor::name)
                .filter(FOR_APPLICATIONS::contains)
                .collect(Collectors.toSet());
        ModuleDescriptor aggregate = modules.stream()
                .filter(module -> module.name().equals(PREFIX))
                .findAny()
                .orElseThrow();
        assertEquals(present, required(aggregate), "ebpf4j/pom.xml and its module-info");
    }

    @Test
    void packagesAreNamedAfterTheProject() {
        Set<String> strangers = Checkout.moduleDescriptors().stream()
                .flatMap(module -> module.packages().stream())
                .filter(name -> !name.startsWith(PREFIX + "."))
                .collect(Collectors.toCollection(TreeSet::new));
        assertEquals(Set.of(), strangers);
    }

    private static Set<String> required(ModuleDescriptor module) {
        return module.requires().stream()
                .map(ModuleDescriptor.Requires::name)
                .filter(name -> name.startsWith(PREFIX))
                .collect(Collectors.toSet());
    }
}
