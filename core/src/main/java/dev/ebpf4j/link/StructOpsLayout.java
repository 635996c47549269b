package dev.ebpf4j.link;

import dev.ebpf4j.btf.Btf;
import dev.ebpf4j.btf.BtfCPrinter;
import dev.ebpf4j.btf.BtfFormatException;
import dev.ebpf4j.btf.BtfType;
import dev.ebpf4j.link.LinkedProgram.Target;
import dev.ebpf4j.spec.Bytes;
import dev.ebpf4j.spec.MapSpec;
import dev.ebpf4j.spec.ObjectSpec;
import dev.ebpf4j.spec.ProgramSpec;
import dev.ebpf4j.spec.ProgramType;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Copies one map of kernel operations, member by member and by name, from the struct that the source filled in to the
 * kernel's:
 *
 * <pre>
 *   struct tcp_congestion_ops___v1 { … }              the source's, with its own offsets; the flavour is cut off
 *   struct bpf_struct_ops_tcp_congestion_ops {        the kernel's value
 *       struct bpf_struct_ops_common common;          left zero
 *       struct tcp_congestion_ops data; }             what a program's target is a member of
 * </pre>
 */
final class StructOpsLayout {
    private static final String VALUE_PREFIX = "bpf_struct_ops_";

    private final ObjectSpec object;
    private final MapSpec map;
    private final KernelTypes kernel;
    private final Map<String, Target> targets;
    private final List<MapSpec.Slot> functions = new ArrayList<>();

    /**
     * @param targets where to put what each program is verified for; shared by all maps of the object
     */
    StructOpsLayout(ObjectSpec object, MapSpec map, KernelTypes kernel, Map<String, Target> targets) {
        this.object = object;
        this.map = map;
        this.kernel = kernel;
        this.targets = targets;
    }

    /** The kernel's two structs; {@code dataOffset} is that of the inner one, in bytes. */
    private record Shape(KernelType value, int typeId, BtfType.Struct type, int dataOffset) {
        Btf btf() {
            return value.btf();
        }
    }

    /** Fits the map, which has this slot. */
    LinkedStructOps link(int slot) {
        Btf local = object.btf();
        Bytes contents = map.contents();
        if (local == null
                || contents == null
                || !(local.type(local.resolve(map.valueTypeId())) instanceof BtfType.Struct ours)) {
            throw bad("has no struct to begin with");
        }
        if (contents.size() < ours.size()) {
            throw bad("has " + contents.size() + " bytes of a struct of " + ours.size());
        }
        Shape theirs = find(ours.name());
        Bytes value = Bytes.zeros(theirs.btf().sizeOf(theirs.value().id()));
        for (BtfType.Member member : ours.members()) {
            value = copy(local, member, contents, theirs, value);
        }
        return new LinkedStructOps(slot, theirs.value().id(), theirs.value().module(), value, functions);
    }

    private Shape find(String localName) {
        kernel.require("'" + map.name() + "' (struct_ops)");
        String name = Btf.essentialName(localName);
        KernelType value = kernel.find(VALUE_PREFIX + name, BtfType.Struct.class)
                .orElseThrow(() -> bad("is of struct " + name + ", and " + kernel.lacks()
                        + " no operations of that name" + kernel.hint(name, VALUE_PREFIX, BtfType.Struct.class)));
        Btf btf = value.btf();
        if (btf.type(value.id()) instanceof BtfType.Struct outer) {
            for (BtfType.Member member : outer.members()) {
                int typeId = btf.resolve(member.typeId());
                if (btf.type(typeId) instanceof BtfType.Struct inner
                        && inner.name().equals(name)) {
                    return new Shape(value, typeId, inner, member.bitOffset() / Byte.SIZE);
                }
            }
        }
        throw bad("is of struct " + name + ", which the kernel's struct " + VALUE_PREFIX + name + " does not contain");
    }

    private Bytes copy(Btf local, BtfType.Member ours, Bytes contents, Shape kernelShape, Bytes value) {
        int offset = ours.bitOffset() / Byte.SIZE;
        int size = local.sizeOf(ours.typeId());
        if (offset < 0 || size > contents.size() - offset) {
            throw bad("member '" + ours.name() + "' is outside of the " + contents.size() + " bytes of its struct");
        }
        Bytes bytes = contents.slice(offset, size);
        int index = indexOf(kernelShape.type(), ours.name());
        if (index < 0) {
            checkUnset(ours, offset, bytes);
            return value;
        }
        BtfType.Member theirs = kernelShape.type().members().get(index);
        if (ours.bitfieldSize() != 0 || theirs.bitfieldSize() != 0) {
            throw mismatch(local, ours, kernelShape.btf(), theirs, "bit fields can't be set");
        }
        int target = kernelShape.dataOffset() + theirs.bitOffset() / Byte.SIZE;
        if (local.kind(local.resolve(ours.typeId()))
                != kernelShape.btf().kind(kernelShape.btf().resolve(theirs.typeId()))) {
            throw mismatch(local, ours, kernelShape.btf(), theirs, "they are of different kinds");
        }
        if (local.type(local.resolve(ours.typeId())) instanceof BtfType.Ptr) {
            checkPointer(ours, bytes);
            MapSpec.@Nullable Slot function = functionAt(offset);
            if (function != null) {
                if (!isFunction(kernelShape.btf(), theirs)) {
                    throw mismatch(local, ours, kernelShape.btf(), theirs, "the kernel's is no function");
                }
                use(program(function.target(), ours), kernelShape, index, ours);
                functions.add(new MapSpec.Slot(target, function.target()));
            }
            return value;
        }
        if (bytes.size() != kernelShape.btf().sizeOf(theirs.typeId())) {
            throw mismatch(local, ours, kernelShape.btf(), theirs, "they are of different sizes");
        }
        return value.with(target, bytes);
    }

    private static int indexOf(BtfType.Struct type, String name) {
        for (int i = 0; i < type.members().size(); i++) {
            if (type.members().get(i).name().equals(name)) {
                return i;
            }
        }
        return -1;
    }

    /** What the kernel does not know must not have been set. */
    private void checkUnset(BtfType.Member member, int offset, Bytes bytes) {
        MapSpec.@Nullable Slot function = functionAt(offset);
        String remedy = "; unset it by ObjectSpec.withStructOps(\"" + map.name() + "\", \"" + member.name() + "\", ";
        if (function != null) {
            throw bad("sets member '" + member.name() + "' to program '" + function.target()
                    + "', and this kernel has no such member" + remedy + "null)");
        }
        if (!bytes.equals(Bytes.zeros(bytes.size()))) {
            throw bad("sets member '" + member.name() + "', and this kernel has no such member" + remedy + "0)");
        }
    }

    private void checkPointer(BtfType.Member member, Bytes bytes) {
        if (!bytes.equals(Bytes.zeros(bytes.size()))) {
            throw bad("member '" + member.name() + "' is a pointer that holds a number; it can hold programs only");
        }
    }

    private MapSpec.@Nullable Slot functionAt(int offset) {
        for (MapSpec.Slot slot : map.slots()) {
            if (slot.key() == offset) {
                return slot;
            }
        }
        return null;
    }

    private static boolean isFunction(Btf btf, BtfType.Member member) {
        return btf.type(btf.resolve(member.typeId())) instanceof BtfType.Ptr pointer
                && btf.type(btf.resolve(pointer.typeId())) instanceof BtfType.FuncProto;
    }

    private ProgramSpec program(String name, BtfType.Member member) {
        for (ProgramSpec program : object.programs()) {
            if (program.name().equals(name)) {
                if (program.type() != ProgramType.STRUCT_OPS) {
                    throw bad("member '" + member.name() + "' is program '" + name + "' of type " + program.type()
                            + "; it takes programs of type STRUCT_OPS, from sections struct_ops/…");
                }
                return program;
            }
        }
        throw bad("member '" + member.name() + "' is program '" + name + "', which the object has not");
    }

    /** A program may be a function of several maps, but the same one in each. */
    private void use(ProgramSpec program, Shape kernelShape, int index, BtfType.Member member) {
        Target target = new Target(kernelShape.typeId(), kernelShape.value().module(), index);
        Target known = targets.putIfAbsent(program.name(), target);
        if (known != null && !known.equals(target)) {
            throw bad("member '" + member.name() + "' is program '" + program.name()
                    + "', which is another function in another map; the verifier judges a program for one of them");
        }
    }

    private LinkException mismatch(Btf local, BtfType.Member ours, Btf kernelBtf, BtfType.Member theirs, String what) {
        return bad("member '" + ours.name() + "': " + what + ": the program has " + spell(local, ours) + ", the kernel "
                + spell(kernelBtf, theirs));
    }

    private static String spell(Btf btf, BtfType.Member member) {
        String size;
        try {
            size = member.bitfieldSize() != 0
                    ? member.bitfieldSize() + " bits at bit " + member.bitOffset()
                    : btf.sizeOf(member.typeId()) + " bytes at " + member.bitOffset() / Byte.SIZE;
        } catch (BtfFormatException e) {
            size = "no size";
        }
        return "'" + BtfCPrinter.declaration(btf, member.typeId(), member.name()) + "' (" + size + ")";
    }

    private LinkException bad(String what) {
        return new LinkException("struct_ops '" + map.name() + "' " + what);
    }
}
