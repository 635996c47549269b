package dev.ebpf4j.spec;

import dev.ebpf4j.btf.Btf;
import dev.ebpf4j.btf.BtfBuilder;
import dev.ebpf4j.btf.BtfType;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Gives an array at the end of a section of global variables another length: its type, its section, its contents. */
final class VariableSize {
    private VariableSize() {}

    static ObjectSpec change(ObjectSpec object, VariableSpec variable, int size) {
        MapSpec map = object.map(variable.map());
        Bytes contents = Objects.requireNonNull(map.contents(), "a variable's map always has contents");
        boolean last = object.variables().stream()
                .noneMatch(other -> other.map().equals(variable.map()) && other.offset() > variable.offset());
        if (!last || map.type() == MapType.ARENA) {
            throw bad(
                    variable, size, last ? "variables in arenas keep their size" : "it is not the last of its section");
        }
        Btf btf = object.btf();
        Resized resized = btf == null || variable.typeId() == 0 ? new Resized(btf, 0) : resize(btf, variable, size);
        byte[] bytes = new byte[Math.addExact(variable.offset(), size)];
        byte[] old = contents.toArray();
        System.arraycopy(old, 0, bytes, 0, Math.min(old.length, bytes.length));
        VariableSpec changed =
                new VariableSpec(variable.name(), variable.map(), variable.offset(), size, resized.typeId());
        return object.toBuilder()
                .btf(resized.btf())
                .variables(object.variables().stream()
                        .map(each -> each.equals(variable) ? changed : each)
                        .toList())
                .build()
                .withMap(map.name(), section -> section.withContents(Bytes.of(bytes)));
    }

    /** The types, and the variable's new one. */
    private record Resized(@Nullable Btf btf, int typeId) {}

    private static Resized resize(Btf btf, VariableSpec variable, int size) {
        if (!(btf.type(btf.resolve(variable.typeId())) instanceof BtfType.Array array)) {
            throw bad(variable, size, "it is no array");
        }
        int element = btf.sizeOf(array.elementTypeId());
        if (element == 0 || size % element != 0) {
            throw bad(variable, size, "its elements have " + element + " bytes");
        }
        BtfBuilder builder = BtfBuilder.of(btf);
        int type = builder.add(new BtfType.Array(array.elementTypeId(), array.indexTypeId(), size / element));
        int sectionId = btf.find(variable.map(), BtfType.DataSec.class).orElse(0);
        if (sectionId != 0 && btf.type(sectionId) instanceof BtfType.DataSec section) {
            List<BtfType.SecInfo> vars = section.vars().stream()
                    .map(info -> resize(btf, builder, info, variable, type, size))
                    .toList();
            builder.set(sectionId, new BtfType.DataSec(section.name(), section.size(), vars));
        }
        return new Resized(builder.build(), type);
    }

    private static BtfType.SecInfo resize(
            Btf btf, BtfBuilder builder, BtfType.SecInfo info, VariableSpec variable, int type, int size) {
        if (btf.type(info.typeId()) instanceof BtfType.Var var
                && var.name().equals(variable.name())
                && var.typeId() == variable.typeId()) {
            builder.set(info.typeId(), new BtfType.Var(var.name(), type, var.linkage()));
            return new BtfType.SecInfo(info.typeId(), info.offset(), size);
        }
        return info;
    }

    private static IllegalArgumentException bad(VariableSpec variable, int size, String reason) {
        return new IllegalArgumentException("variable '" + variable.name() + "' of " + variable.size()
                + " bytes can't have " + Integer.toUnsignedString(size) + ": " + reason);
    }
}
