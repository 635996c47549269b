package dev.ebpf4j.cli;

import dev.ebpf4j.btf.Btf;
import dev.ebpf4j.btf.BtfCPrinter;
import dev.ebpf4j.btf.BtfFormatException;
import dev.ebpf4j.btf.BtfType;
import dev.ebpf4j.spec.FunctionId;
import dev.ebpf4j.spec.FunctionSpec;
import dev.ebpf4j.spec.MapSpec;
import dev.ebpf4j.spec.ObjectSpec;
import dev.ebpf4j.spec.ProgramSpec;
import dev.ebpf4j.spec.Reloc;
import dev.ebpf4j.spec.VariableSpec;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Puts parts of one object into words. Nothing here fails: what can't be said in C is said by number. */
final class Words {
    private final ObjectSpec spec;
    private final @Nullable Btf btf;
    private final Map<FunctionId, String> functions = new HashMap<>();
    private final Map<String, MapSpec> maps = new HashMap<>();

    Words(ObjectSpec spec) {
        this.spec = spec;
        this.btf = spec.btf();
        for (ProgramSpec program : spec.programs()) {
            functions.put(program.entry().id(), program.name());
        }
        for (FunctionSpec function : spec.subprograms()) {
            functions.put(function.id(), function.name());
        }
        spec.maps().forEach(map -> maps.putIfAbsent(map.name(), map));
    }

    /** Such as {@code const volatile int}; for a function, its prototype. Null without a type, and for a section. */
    @Nullable
    String type(int id) {
        if (btf == null || id == 0) {
            return null;
        }
        try {
            return switch (btf.type(id)) {
                case BtfType.Func function -> BtfCPrinter.declaration(btf, function.typeId(), function.name());
                case BtfType.DataSec _ -> null;
                default -> BtfCPrinter.declaration(btf, id, "");
            };
        } catch (BtfFormatException e) {
            return "type " + id;
        }
    }

    /** Such as {@code ARRAY of 4 × 16 B}. */
    static String shape(MapSpec map) {
        return map.type() + " of " + Integer.toUnsignedString(map.maxEntries()) + ", key " + map.keySize()
                + " B, value " + map.valueSize() + " B";
    }

    /** The initial value of a variable, by its type. */
    @Nullable
    Object value(VariableSpec variable) {
        MapSpec map = maps.get(variable.map());
        if (map == null || map.contents() == null) {
            return null;
        }
        return InitialValue.of(
                btf, variable.typeId(), map.contents().slice(variable.offset(), variable.size()), spec.byteOrder());
    }

    /** One word for what a relocation needs. */
    static String kind(Reloc reloc) {
        return switch (reloc) {
            case Reloc.MapRef _ -> "map";
            case Reloc.DataRef _ -> "data";
            case Reloc.SubprogCall _ -> "call";
            case Reloc.SubprogAddress _ -> "callback";
            case Reloc.CoRe _ -> "co-re";
            case Reloc.Kconfig _ -> "kconfig";
            case Reloc.Ksym _ -> "ksym";
            case Reloc.Kfunc _ -> "kfunc";
            case Reloc.JumpTable _ -> "jump table";
            case Reloc.Broken _ -> "broken";
        };
    }

    /** What a relocation refers to. */
    String target(Reloc reloc) {
        return switch (reloc) {
            case Reloc.MapRef ref -> ref.map();
            case Reloc.DataRef ref -> data(ref);
            case Reloc.SubprogCall call -> function(call.callee());
            case Reloc.SubprogAddress address -> function(address.callee());
            case Reloc.CoRe coRe -> coRe(coRe);
            case Reloc.Kconfig kconfig -> kconfig.name();
            case Reloc.Ksym ksym -> ksym.name();
            case Reloc.Kfunc kfunc -> kfunc.name();
            case Reloc.JumpTable table ->
                table.targets().stream().map(String::valueOf).collect(Collectors.joining(" ", "to ", ""));
            case Reloc.Broken broken -> broken.reason();
        };
    }

    private String function(FunctionId id) {
        return functions.getOrDefault(id, id.toString());
    }

    /** Such as {@code array+8 in .data}, or {@code .data+12} where no variable is known. */
    private String data(Reloc.DataRef ref) {
        for (VariableSpec variable : spec.variables()) {
            int inside = ref.offset() - variable.offset();
            if (variable.map().equals(ref.map()) && inside >= 0 && inside < variable.size()) {
                return variable.name() + (inside == 0 ? "" : "+" + inside) + " in " + ref.map();
            }
        }
        return ref.map() + "+" + ref.offset();
    }

    private String coRe(Reloc.CoRe reloc) {
        try {
            return btf == null ? reloc.relo().toString() : reloc.relo().expression(btf);
        } catch (BtfFormatException e) {
            return reloc.relo().kind() + " of type " + reloc.relo().typeId() + ", path "
                    + reloc.relo().access();
        }
    }
}
