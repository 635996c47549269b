package dev.ebpf4j.link;

import dev.ebpf4j.spec.ProgramSpec;
import dev.ebpf4j.spec.ProgramType;
import dev.ebpf4j.spec.SectionName;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Picks the programs that will be loaded, and refuses one of which nobody said what it is. Those of kernel operations are
 * picked already.
 */
final class SelectPrograms implements Pass {
    @Override
    public LinkedObject apply(LinkedObject object) {
        Map<String, LinkedProgram> picked = new HashMap<>();
        object.programs().forEach(program -> picked.put(program.name(), program));
        List<LinkedProgram> selected = new ArrayList<>();
        for (ProgramSpec program : object.spec().programs()) {
            if (picked.containsKey(program.name())) {
                selected.add(picked.get(program.name()));
            } else if (program.autoload() && program.type() != ProgramType.STRUCT_OPS) {
                checkType(program);
                selected.add(LinkedProgram.of(program));
            }
        }
        return object.withPrograms(selected);
    }

    private static void checkType(ProgramSpec program) {
        if (program.type() == ProgramType.UNSPEC) {
            throw new LinkException("program '" + program.name() + "' is in section '" + program.section()
                    + "', which names no known program type" + hint(program.section())
                    + "; rename the section, or use withType(…) or withAutoload(false)");
        }
    }

    private static String hint(String section) {
        List<String> close = SectionName.closest(section);
        return close.isEmpty() ? "" : "; close names: " + String.join(", ", close);
    }
}
