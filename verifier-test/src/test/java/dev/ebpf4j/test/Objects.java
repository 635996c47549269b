package dev.ebpf4j.test;

import dev.ebpf4j.insn.AluOp;
import dev.ebpf4j.insn.Assembled;
import dev.ebpf4j.insn.Assembler;
import dev.ebpf4j.insn.AtomicOp;
import dev.ebpf4j.insn.Helper;
import dev.ebpf4j.insn.JumpOp;
import dev.ebpf4j.insn.Label;
import dev.ebpf4j.insn.Reg;
import dev.ebpf4j.insn.Size;
import dev.ebpf4j.spec.AttachType;
import dev.ebpf4j.spec.Bytes;
import dev.ebpf4j.spec.FunctionId;
import dev.ebpf4j.spec.FunctionSpec;
import dev.ebpf4j.spec.MapSpec;
import dev.ebpf4j.spec.MapType;
import dev.ebpf4j.spec.ObjectSpec;
import dev.ebpf4j.spec.ProgramSpec;
import dev.ebpf4j.spec.ProgramType;
import dev.ebpf4j.spec.Reloc;
import dev.ebpf4j.spec.VariableSpec;
import java.util.List;

/** Objects made by hand, without a compiler. */
final class Objects {
    /** {@code BPF_F_MMAPABLE}. */
    private static final int MMAPABLE = 1 << 10;

    private Objects() {}

    static final MapSpec EVENTS =
            MapSpec.builder("events", MapType.RINGBUF).maxEntries(64 * 1024).build();
    static final MapSpec COUNTS = MapSpec.builder("counts", MapType.HASH)
            .keySize(4)
            .valueSize(8)
            .maxEntries(16)
            .build();

    /** Sends the number of the process that runs it to the ring buffer. */
    static Assembled sendPid() {
        return new Assembler()
                .call(Helper.GET_CURRENT_PID_TGID)
                .alu(AluOp.RSH, Reg.R0, 32)
                .store(Size.DW, Reg.R10, -8, Reg.R0)
                .loadMap(Reg.R1, "events")
                .mov(Reg.R2, Reg.R10)
                .alu(AluOp.ADD, Reg.R2, -8)
                .mov(Reg.R3, 8)
                .mov(Reg.R4, 0)
                .call(Helper.RINGBUF_OUTPUT)
                .mov(Reg.R0, 0)
                .exit()
                .assemble();
    }

    /** Reads what a lookup found without a look at whether it found anything, unless {@code checked}. */
    static Assembled lookUp(boolean checked) {
        Label none = new Label("none");
        Assembler code = new Assembler()
                .store(Size.W, Reg.R10, -4, 0)
                .mov(Reg.R2, Reg.R10)
                .alu(AluOp.ADD, Reg.R2, -4)
                .loadMap(Reg.R1, "counts")
                .call(Helper.MAP_LOOKUP_ELEM);
        if (checked) {
            code.jump(JumpOp.JEQ, Reg.R0, 0, none);
        }
        return code.load(Size.DW, Reg.R1, Reg.R0, 0)
                .bind(none)
                .mov(Reg.R0, 0)
                .exit()
                .assemble();
    }

    /** Adds one to the global variable {@code hits}, which starts with 41. */
    static ObjectSpec countHits() {
        MapSpec data = MapSpec.builder(".data", MapType.ARRAY)
                .keySize(4)
                .maxEntries(1)
                .flags(MMAPABLE)
                .build()
                .withContents(
                        Bytes.of((byte) 41, (byte) 0, (byte) 0, (byte) 0, (byte) 0, (byte) 0, (byte) 0, (byte) 0));
        Assembled code = new Assembler()
                .loadMapValue(Reg.R1, ".data", 0)
                .mov(Reg.R2, 1)
                .atomic(AtomicOp.ADD, Size.DW, Reg.R1, 0, Reg.R2)
                .mov(Reg.R0, 0)
                .exit()
                .assemble();
        FunctionSpec entry = new FunctionSpec(
                new FunctionId("count", 0),
                "count",
                FunctionSpec.Linkage.GLOBAL,
                code.code(),
                List.of(new Reloc.DataRef(0, ".data", 0)),
                0,
                List.of());
        ProgramSpec count = ProgramSpec.of("count", "raw_tp/sched_process_exec", entry);
        return object(List.of(data), count).toBuilder()
                .variables(List.of(new VariableSpec("hits", ".data", 0, 8, 0)))
                .build();
    }

    static ProgramSpec program(
            String name, ProgramType type, AttachType attachType, String attachTo, Assembled assembled) {
        List<Reloc> relocs = assembled.symbols().stream()
                .map(symbol -> (Reloc) new Reloc.MapRef(symbol.slot(), symbol.symbol()))
                .toList();
        FunctionSpec entry = new FunctionSpec(
                new FunctionId(name, 0), name, FunctionSpec.Linkage.GLOBAL, assembled.code(), relocs, 0, List.of());
        return ProgramSpec.of(name, "test/" + name, entry)
                .withType(type, attachType)
                .withAttachTo(attachTo);
    }

    static ProgramSpec rawTracepoint(String name, Assembled assembled) {
        return program(name, ProgramType.RAW_TRACEPOINT, AttachType.of(0), "sched_process_exec", assembled);
    }

    static ObjectSpec object(List<MapSpec> maps, ProgramSpec... programs) {
        return ObjectSpec.builder("test")
                .license("GPL")
                .maps(maps)
                .programs(List.of(programs))
                .build();
    }
}
