package dev.ebpf4j.link;

import dev.ebpf4j.spec.ObjectSpec;
import dev.ebpf4j.spec.ProgramSpec;
import dev.ebpf4j.spec.ProgramType;
import dev.ebpf4j.spec.SectionName;
import java.util.List;

/** Picks the programs that will be loaded, and refuses one of which nobody said what it is. */
final class SelectPrograms implements Pass {
    @Override
    public LinkedObject apply(LinkedObject object) {
        ObjectSpec spec = object.spec();
        List<ProgramSpec> selected =
                spec.programs().stream().filter(ProgramSpec::autoload).toList();
        selected.forEach(SelectPrograms::checkType);
        return new LinkedObject(
                spec,
                object.maps(),
                object.variables(),
                selected.stream().map(LinkedProgram::of).toList());
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
