package dev.ebpf4j.spec;

import dev.ebpf4j.btf.Btf;
import dev.ebpf4j.btf.BtfType;
import dev.ebpf4j.error.MissingObjectException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Gives a member of kernel operations another value. For one use. */
final class StructOpsEdit {
    private final ObjectSpec object;
    private final MapSpec map;

    StructOpsEdit(ObjectSpec object, MapSpec map) {
        this.object = object;
        this.map = map;
    }

    ObjectSpec set(String name, @Nullable Object value) {
        Btf btf = object.btf();
        Bytes contents = map.contents();
        if (btf == null
                || contents == null
                || map.type() != MapType.STRUCT_OPS
                || !(btf.type(btf.resolve(map.valueTypeId())) instanceof BtfType.Struct type)) {
            throw new IllegalArgumentException(map + " holds no kernel operations (struct_ops)");
        }
        BtfType.Member member = member(type, name);
        int offset = member.bitOffset() / Byte.SIZE;
        if (btf.type(btf.resolve(member.typeId())) instanceof BtfType.Ptr) {
            return setFunction(name, offset, value);
        }
        if (value == null || member.bitfieldSize() != 0) {
            throw bad(
                    name,
                    member.bitfieldSize() != 0 ? "is a bit field, which can't be set" : "is no function; null is none");
        }
        VariableSpec place = new VariableSpec(
                name, "struct_ops " + map.name(), offset, btf.sizeOf(member.typeId()), member.typeId());
        Bytes encoded = VariableValue.encode(place, value, object.byteOrder());
        return object.withMap(map.name(), old -> old.withContents(contents.with(offset, encoded)));
    }

    private BtfType.Member member(BtfType.Struct type, String name) {
        for (BtfType.Member member : type.members()) {
            if (member.name().equals(name)) {
                return member;
            }
        }
        throw new MissingObjectException(
                "struct_ops '" + map.name() + "' (struct " + type.name() + ")",
                "member",
                name,
                type.members().stream().map(BtfType.Member::name).toList());
    }

    private ObjectSpec setFunction(String member, int offset, @Nullable Object value) {
        List<MapSpec.Slot> slots = new ArrayList<>(map.slots());
        slots.removeIf(slot -> slot.key() == offset);
        if (value instanceof String name) {
            ProgramType type = object.program(name).type();
            if (type != ProgramType.STRUCT_OPS) {
                throw bad(member, "is a function of type STRUCT_OPS; program '" + name + "' is of type " + type);
            }
            slots.add(new MapSpec.Slot(offset, name));
        } else if (value != null) {
            throw bad(member, "is a function; give the name of a program, or null for none");
        }
        ObjectSpec changed = object.withMap(map.name(), old -> old.withSlots(slots));
        for (MapSpec.Slot old : map.slots()) {
            if (old.key() == offset && !isUsed(changed, old.target())) {
                changed = changed.withProgram(old.target(), program -> program.withAutoload(false));
            }
        }
        return changed;
    }

    /** Whether a program is still a function of something; one that is of nothing can't be loaded. */
    private static boolean isUsed(ObjectSpec object, String program) {
        return object.maps().stream()
                .filter(map -> map.type() == MapType.STRUCT_OPS)
                .flatMap(map -> map.slots().stream())
                .anyMatch(slot -> slot.target().equals(program));
    }

    private IllegalArgumentException bad(String member, String what) {
        return new IllegalArgumentException("member '" + member + "' of struct_ops '" + map.name() + "' " + what);
    }
}
