package dev.ebpf4j.link;

import dev.ebpf4j.btf.Btf;
import dev.ebpf4j.btf.BtfType;
import dev.ebpf4j.spec.Bytes;
import dev.ebpf4j.spec.ExternSpec;
import dev.ebpf4j.spec.MapSpec;
import dev.ebpf4j.spec.MapType;
import dev.ebpf4j.spec.Reloc;
import dev.ebpf4j.spec.VariableSpec;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Answers {@code extern … __kconfig}: lays the values out as a read-only map named {@code .kconfig}, and turns each use
 * into the address of an ordinary global variable there.
 */
final class ResolveKconfig implements Pass {
    /** The section that the externs are declared in, and the name of the map. */
    static final String MAP = ".kconfig";

    private static final String KERNEL_VERSION = "LINUX_KERNEL_VERSION";
    private static final String OPTION_PREFIX = "CONFIG_";

    private final LinkInputs inputs;

    ResolveKconfig(LinkInputs inputs) {
        this.inputs = inputs;
    }

    @Override
    public LinkedObject apply(LinkedObject object) {
        List<ExternSpec> externs = object.spec().externs().stream()
                .filter(extern -> extern.kind() == ExternSpec.Kind.KCONFIG)
                .toList();
        Btf btf = object.spec().btf();
        if (externs.isEmpty() || btf == null) {
            return object;
        }
        List<VariableSpec> layout = layOut(externs, btf);
        MapSpec map = map(object, externs, layout, btf);
        LinkedObject withMap = new LinkedObject(
                object.spec(),
                append(object.maps(), map),
                concat(object.variables(), layout),
                object.programs(),
                object.structOps());
        return withMap.mapPrograms(program -> redirect(program, layout));
    }

    /** Largest alignment first, then smallest size, then by name: no gap but behind odd sizes. */
    private static List<VariableSpec> layOut(List<ExternSpec> externs, Btf btf) {
        List<ExternSpec> sorted = externs.stream()
                .sorted(Comparator.<ExternSpec>comparingInt(extern -> -btf.alignOf(extern.typeId()))
                        .thenComparingInt(extern -> btf.sizeOf(extern.typeId()))
                        .thenComparing(ExternSpec::name))
                .toList();
        List<VariableSpec> layout = new ArrayList<>();
        int end = 0;
        for (ExternSpec extern : sorted) {
            int align = btf.alignOf(extern.typeId());
            int offset = Math.ceilDiv(end, align) * align;
            int size = btf.sizeOf(extern.typeId());
            layout.add(new VariableSpec(extern.name(), MAP, offset, size, extern.typeId()));
            end = offset + size;
        }
        return layout;
    }

    private MapSpec map(LinkedObject object, List<ExternSpec> externs, List<VariableSpec> layout, Btf btf) {
        Set<String> used = used(object);
        Bytes contents =
                Bytes.zeros(layout.getLast().offset() + layout.getLast().size());
        for (ExternSpec extern : externs) {
            KconfigValue value = new KconfigValue(extern, btf, object.spec().byteOrder());
            Optional<String> text = text(extern, used.contains(extern.name()));
            if (text.isPresent()) {
                contents = contents.with(offset(layout, extern.name()), value.encode(text.get()));
            }
        }
        return MapSpec.builder(MAP, MapType.ARRAY)
                .keySize(Integer.BYTES)
                .valueSize(contents.size())
                .maxEntries(1)
                .flags(MapSpec.RDONLY_PROG | MapSpec.MMAPABLE)
                .typeIds(0, btf.find(MAP, BtfType.DataSec.class).orElse(0))
                .contents(contents)
                .frozen(true)
                .build();
    }

    private static Set<String> used(LinkedObject object) {
        Set<String> names = new HashSet<>();
        for (LinkedProgram program : object.programs()) {
            for (Reloc reloc : program.relocs()) {
                if (reloc instanceof Reloc.Kconfig kconfig) {
                    names.add(kconfig.name());
                }
            }
        }
        return names;
    }

    /** What is not there is 0 for a weak extern, and for one that no loaded program uses. */
    private Optional<String> text(ExternSpec extern, boolean used) {
        String name = extern.name();
        Optional<String> text = lookUp(name);
        if (text.isEmpty() && used && !extern.weak()) {
            throw new LinkException("this kernel does not say what " + name + " is ("
                    + (name.startsWith(OPTION_PREFIX) ? "an option that is not set counts as absent" : "no such value")
                    + "); declare it __weak to get 0 then");
        }
        return text;
    }

    private Optional<String> lookUp(String name) {
        if (!name.equals(KERNEL_VERSION)) {
            return inputs.kconfig(name);
        }
        int version = inputs.kernelVersion();
        return version == 0 ? Optional.empty() : Optional.of(Integer.toUnsignedString(version));
    }

    private static LinkedProgram redirect(LinkedProgram program, List<VariableSpec> layout) {
        ProgramPatcher patcher = new ProgramPatcher(program);
        for (Reloc reloc : program.relocs()) {
            patcher.keep(
                    reloc instanceof Reloc.Kconfig use
                            ? new Reloc.DataRef(use.slot(), MAP, offset(layout, use.name()))
                            : reloc);
        }
        return patcher.done();
    }

    private static int offset(List<VariableSpec> layout, String name) {
        for (VariableSpec variable : layout) {
            if (variable.name().equals(name)) {
                return variable.offset();
            }
        }
        throw new LinkException("a program uses " + name + ", which the object does not declare");
    }

    private static <T> List<T> append(List<T> list, T last) {
        return concat(list, List.of(last));
    }

    private static <T> List<T> concat(List<T> first, List<T> second) {
        List<T> all = new ArrayList<>(first);
        all.addAll(second);
        return all;
    }
}
