package dev.ebpf4j.link;

import dev.ebpf4j.insn.Code;
import dev.ebpf4j.insn.Slots;
import dev.ebpf4j.spec.AttachType;
import dev.ebpf4j.spec.FunctionId;
import dev.ebpf4j.spec.FunctionSpec;
import dev.ebpf4j.spec.ObjectSpec;
import dev.ebpf4j.spec.ProgramSpec;
import dev.ebpf4j.spec.ProgramType;
import dev.ebpf4j.spec.Reloc;
import dev.ebpf4j.spec.SourceLine;
import java.util.List;

/** Small objects by hand. Opcodes are those of RFC 9669. */
public final class TestObjects {
    public static final long EXIT = Slots.of(0x95, 0, 0, 0, 0);
    public static final long CALL = Slots.of(0x85, 0, 0, 0, -1);
    public static final long MOV = Slots.of(0xb7, 0, 0, 0, 0);
    public static final long WIDE = Slots.of(0x18, 1, 0, 0, 0);
    public static final long WIDE_END = 0;

    private TestObjects() {}

    public static FunctionId id(String name) {
        return new FunctionId("." + name, 0);
    }

    /** A function in a section of its own. */
    public static FunctionSpec function(String name, Code code, Reloc... relocs) {
        return new FunctionSpec(id(name), name, FunctionSpec.Linkage.STATIC, code, List.of(relocs), 0, List.of());
    }

    public static FunctionSpec withInfo(FunctionSpec f, int typeId, SourceLine... lines) {
        return new FunctionSpec(f.id(), f.name(), f.linkage(), f.code(), f.relocs(), typeId, List.of(lines));
    }

    public static ProgramSpec program(FunctionSpec entry, ProgramType type, AttachType attachType, String target) {
        return ProgramSpec.of(entry.name(), "some/section", entry)
                .withType(type, attachType)
                .withAttachTo(target);
    }

    public static ProgramSpec tracepoint(FunctionSpec entry) {
        return ProgramSpec.of(entry.name(), "tp/a/b", entry);
    }

    public static ObjectSpec.Builder object(ProgramSpec... programs) {
        return ObjectSpec.builder("test").license("GPL").programs(List.of(programs));
    }

    public static LinkInputs noKernel() {
        return LinkInputs.of(java.util.Optional::empty);
    }

    /** Links and returns the only program. */
    public static LinkedProgram linkOne(ObjectSpec.Builder object, LinkInputs inputs) {
        return ObjectLinker.link(object.build(), inputs).programs().getFirst();
    }

    public static int imm(LinkedProgram program, int slot) {
        return Slots.imm(program.code().slot(slot));
    }

    public static int src(LinkedProgram program, int slot) {
        return Slots.src(program.code().slot(slot));
    }
}
