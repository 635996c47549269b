package dev.ebpf4j.plan;

import dev.ebpf4j.link.LinkedProgram;
import dev.ebpf4j.link.LinkedProgram.MapUse;
import dev.ebpf4j.link.LinkedProgram.Target;
import dev.ebpf4j.link.ModuleBtf;
import dev.ebpf4j.spec.Bytes;
import dev.ebpf4j.spec.MapSpec;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Prints a plan for a person: what would be asked of the kernel, in order. */
final class PlanText {
    private static final int BYTES_SHOWN = 16;

    private PlanText() {}

    static String of(LoadPlan plan) {
        StringBuilder text = new StringBuilder("to load object '")
                .append(plan.object().spec().name())
                .append("':\n");
        append(text, "  ", plan.steps());
        plan.notes().forEach(note -> text.append("  note: ").append(note).append('\n'));
        return text.toString();
    }

    private static void append(StringBuilder text, String indent, List<LoadStep> steps) {
        for (LoadStep step : steps) {
            text.append(indent).append(line(step)).append('\n');
            if (step instanceof LoadStep.OpenPinned open) {
                append(text, indent + "  ", open.creation());
                text.append(indent).append("  pin map ").append(open.map()).append('\n');
            }
        }
    }

    private static String line(LoadStep step) {
        return switch (step) {
            case LoadStep.LoadBtf s -> "load BTF: " + (s.btf().typeCount() - 1) + " types";
            case LoadStep.OpenModuleBtf s ->
                "open BTF " + s.module().id() + " of module '" + s.module().name() + "'";
            case LoadStep.CreateMap s ->
                "create map " + s.map() + named(s.spec().name(), s.kernelName()) + ": " + shape(s);
            case LoadStep.OpenProgram s -> "open program " + Integer.toUnsignedString(s.id());
            case LoadStep.CreateStructOps s ->
                "create struct_ops " + s.map() + named(s.spec().name(), s.kernelName()) + ": kernel type "
                        + s.operations().valueTypeId() + in(s.operations().module()) + ", value "
                        + s.spec().valueSize() + " B"
                        + (s.spec().flags() == 0
                                ? ""
                                : ", flags 0x" + Integer.toHexString(s.spec().flags()));
            case LoadStep.CompleteStructOps s ->
                "complete struct_ops " + s.map() + ": " + s.value().size() + " bytes"
                        + s.functions().stream()
                                .map(function -> ", program " + function.program() + " at " + function.offset())
                                .collect(Collectors.joining());
            case LoadStep.UseMap s ->
                "use a given map as map " + s.map()
                        + named(s.spec().name(), s.spec().name());
            case LoadStep.OpenPinned s ->
                "open map " + s.map() + named(s.spec().name(), s.spec().name()) + " pinned at " + s.path()
                        + ", or else:";
            case LoadStep.CloseMap s -> "close map " + s.map();
            case LoadStep.FillMap s -> "fill map " + s.map() + ": " + bytes(s.contents());
            case LoadStep.MapArena s ->
                "map arena " + s.map() + " into memory: " + s.length() + " bytes"
                        + (s.address() == 0 ? "" : " at 0x" + Long.toHexString(s.address()));
            case LoadStep.FillArena s ->
                "fill arena " + s.map() + " from 0x" + Long.toHexString(s.offset()) + ": " + bytes(s.contents());
            case LoadStep.FreezeMap s -> "freeze map " + s.map();
            case LoadStep.PutMap s -> "put map " + s.inner() + " into map " + s.outer() + ", element " + s.key();
            case LoadStep.LoadProgram s ->
                "load program " + s.program() + named(s.linked().name(), s.kernelName()) + ": " + program(s);
            case LoadStep.BindMap s -> "bind map " + s.map() + " to program " + s.program();
            case LoadStep.PutProgram s ->
                "put program " + s.program() + " into map " + s.map() + ", element " + s.key();
        };
    }

    private static String named(String name, String kernelName) {
        String kernels = kernelName.isEmpty() ? " without a name" : " as '" + kernelName + "'";
        return " '" + name + "'" + (name.equals(kernelName) ? "" : kernels);
    }

    private static String shape(LoadStep.CreateMap step) {
        MapSpec map = step.spec();
        return map.type() + ", key " + map.keySize() + " B, value " + map.valueSize() + " B, "
                + Integer.toUnsignedString(map.maxEntries()) + " entries"
                + (map.flags() == 0 ? "" : ", flags 0x" + Integer.toHexString(map.flags()))
                + (map.mapExtra() == 0 ? "" : ", extra 0x" + Long.toHexString(map.mapExtra()))
                + (step.inner() == LoadStep.NO_SLOT ? "" : ", of maps like map " + step.inner())
                + (step.withBtf() ? ", types " + map.keyTypeId() + " and " + map.valueTypeId() : "")
                + (map.exclusiveProgram() == null ? "" : ", for program '" + map.exclusiveProgram() + "' alone");
    }

    private static String program(LoadStep.LoadProgram step) {
        LinkedProgram program = step.linked();
        List<Integer> maps =
                program.mapUses().stream().map(MapUse::map).distinct().sorted().toList();
        return program.spec().type()
                + (program.spec().attachType().number() == 0
                        ? ""
                        : " " + program.spec().attachType())
                + target(program)
                + ", " + program.code().size() + " instructions"
                + (program.spec().flags() == 0
                        ? ""
                        : ", flags 0x" + Integer.toHexString(program.spec().flags()))
                + ", licence '" + step.license() + "'"
                + (maps.isEmpty()
                        ? ""
                        : ", maps " + maps.stream().map(String::valueOf).collect(Collectors.joining(" ")))
                + (step.withBtf() ? debugInfo(step) : "")
                + program.poisons().stream()
                        .map(poison -> "\n    never reach " + poison.slot() + ": " + poison.reason())
                        .collect(Collectors.joining());
    }

    private static String target(LinkedProgram program) {
        Target target = program.target();
        int other = program.spec().attachProgram();
        String owner = other == 0 ? " of kernel type " : " of type ";
        return (target.btfId() == 0 ? "" : owner + target.btfId())
                + (target.member() == Target.NO_MEMBER ? "" : " member " + target.member())
                + in(target.module())
                + (other == 0 ? "" : " in program " + Integer.toUnsignedString(other));
    }

    private static String in(@Nullable ModuleBtf module) {
        return module == null ? "" : " in module '" + module.name() + "'";
    }

    private static String debugInfo(LoadStep.LoadProgram step) {
        return ", " + step.funcInfo().size() / LoadStep.LoadProgram.FUNC_INFO_BYTES + " functions, "
                + step.lineInfo().size() / LoadStep.LoadProgram.LINE_INFO_BYTES + " lines";
    }

    private static String bytes(Bytes contents) {
        int shown = Math.min(contents.size(), BYTES_SHOWN);
        return contents.size() + " bytes, "
                + HexFormat.ofDelimiter(" ").formatHex(contents.slice(0, shown).toArray())
                + (shown < contents.size() ? " …" : "");
    }
}
