package dev.ebpf4j.test;

import dev.ebpf4j.insn.AluOp;
import dev.ebpf4j.insn.Assembled;
import dev.ebpf4j.insn.Assembler;
import dev.ebpf4j.insn.Helper;
import dev.ebpf4j.insn.JumpOp;
import dev.ebpf4j.insn.Label;
import dev.ebpf4j.insn.Reg;
import dev.ebpf4j.insn.Size;
import dev.ebpf4j.spec.AttachType;
import dev.ebpf4j.spec.FunctionId;
import dev.ebpf4j.spec.FunctionSpec;
import dev.ebpf4j.spec.MapSpec;
import dev.ebpf4j.spec.MapType;
import dev.ebpf4j.spec.ObjectSpec;
import dev.ebpf4j.spec.ProgramSpec;
import dev.ebpf4j.spec.ProgramType;
import dev.ebpf4j.spec.Reloc;
import java.util.List;

/** Objects made by hand, without a compiler. */
final class Objects {
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

    static ProgramSpec program(
            String name, ProgramType type, AttachType attachType, String attachTo, Assembled assembled) {
        List<Reloc> relocs = assembled.symbols().stream()
                .map(symbol -> (Reloc) new Reloc.MapRef(symbol.slot(), symbol.symbol()))
                .toList();
        FunctionSpec entry = new FunctionSpec(
                new FunctionId(name, 0), name, FunctionSpec.Linkage.GLOBAL, assembled.code(), relocs, 0, List.of());
        return new ProgramSpec(name, "test/" + name, type, attachType, attachTo, 0, true, entry);
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
