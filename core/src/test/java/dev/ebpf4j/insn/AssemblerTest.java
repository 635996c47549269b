package dev.ebpf4j.insn;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.ByteOrder;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class AssemblerTest {
    /**
     * A counter program: the bytes are what LLVM 19's assembler (llvm-mc -triple=bpfel) makes of the same text, but for the
     * map's load, whose src field says MAP_FD.
     */
    @Test
    void aCounterProgramIsWhatLlvmAssembles() {
        Label miss = new Label("miss");
        Assembled program = new Assembler()
                .store(Size.W, Reg.R10, -4, 0)
                .mov(Reg.R2, Reg.R10)
                .alu(AluOp.ADD, Reg.R2, -4)
                .loadMap(Reg.R1, "counters")
                .call(Helper.MAP_LOOKUP_ELEM)
                .jump(JumpOp.JEQ, Reg.R0, 0, miss)
                .mov(Reg.R1, 1)
                .atomic(AtomicOp.ADD, Size.DW, Reg.R0, 0, Reg.R1)
                .bind(miss)
                .mov(Reg.R0, 0)
                .exit()
                .assemble();
        assertEquals(
                "620afcff00000000bfa200000000000007020000fcffffff1811000000000000000000000000000085000000010000001500020000000000b701000001000000db10000000000000b7000000000000009500000000000000",
                HexFormat.of().formatHex(program.code().toBytes(ByteOrder.LITTLE_ENDIAN)));
        assertEquals(List.of(new SymbolRef(3, "counters")), program.symbols());
        assertEquals(Map.of(miss, 9), program.labels());
    }

    @Test
    void labelsWorkForwardsBackwardsAndAcrossWideLoads() {
        Label top = new Label("top");
        Label out = new Label("out");
        Label callback = new Label("callback");
        Code code = new Assembler()
                .bind(top)
                .mayGoto(out)
                .loadImm64(Reg.R1, 1)
                .jump32(JumpOp.JSLT, Reg.R1, Reg.R2, top)
                .goTo(top)
                .loadFunction(Reg.R2, callback)
                .call(callback)
                .goToFar(out)
                .bind(callback)
                .exit()
                .bind(out)
                .exit()
                .assemble()
                .code();
        assertEquals(
                """
                top:
                   0: may_goto out
                   1: r1 = 0x1 ll
                   3: if w1 s< w2 goto top
                   4: goto top
                   5: r2 = subprog callback ll
                   7: call callback
                   8: gotol out
                callback:
                   9: exit
                out:
                  10: exit
                """,
                Disassembler.plain()
                        .withLabels(Map.of(0, "top", 9, "callback", 10, "out"))
                        .text(code));
    }

    @Test
    void symbolsNameTheirSlots() {
        Assembled program = new Assembler()
                .loadMapValue(Reg.R1, ".bss", 24)
                .loadKsym(Reg.R2, "bpf_prog_active")
                .callKfunc("bpf_rcu_read_lock")
                .assemble();
        assertEquals(
                List.of(
                        new SymbolRef(0, ".bss"),
                        new SymbolRef(2, "bpf_prog_active"),
                        new SymbolRef(4, "bpf_rcu_read_lock")),
                program.symbols());
        assertEquals(
                List.of(
                        new Insn.LoadImm64(Reg.R1, Insn.LoadImm64.Kind.MAP_VALUE, 24L << 32),
                        new Insn.LoadImm64(Reg.R2, Insn.LoadImm64.Kind.BTF_ID, 0),
                        new Insn.CallKfunc(0, 0)),
                program.code().insns());
    }

    @Test
    void sixteenBitsReachSoFarAndNoFurther() {
        assertEquals(32767, Slots.off(jumpOver(32767).assemble().code().slot(0)));
        assertEquals(-32768, Slots.off(jumpBackOver(32767).assemble().code().slot(32767)));
        IllegalStateException far =
                assertThrows(IllegalStateException.class, () -> jumpOver(32768).assemble());
        assertEquals(
                "slot 0 jumps to label end, 32768 slots away, but reaches only -32768 to 32767: use goToFar, or move the"
                        + " target",
                far.getMessage());
        assertThrows(IllegalStateException.class, () -> jumpBackOver(32768).assemble());
    }

    @Test
    void labelsAreBoundOnce() {
        Label label = new Label("here");
        IllegalStateException unbound = assertThrows(
                IllegalStateException.class,
                () -> new Assembler().exit().goTo(label).assemble());
        assertEquals("slot 1 goes to label here, which is not bound", unbound.getMessage());
        Assembler twice = new Assembler().bind(label).exit();
        IllegalStateException again = assertThrows(IllegalStateException.class, () -> twice.bind(label));
        assertEquals("label here is bound to slot 0 already, now again to slot 1", again.getMessage());
    }

    private static Assembler jumpOver(int slots) {
        Label end = new Label("end");
        Assembler assembler = new Assembler().jump(JumpOp.JEQ, Reg.R0, 0, end);
        return fill(assembler, slots).bind(end).exit();
    }

    private static Assembler jumpBackOver(int slots) {
        Label start = new Label("start");
        return fill(new Assembler().bind(start), slots).goTo(start);
    }

    private static Assembler fill(Assembler assembler, int slots) {
        for (int i = 0; i < slots; i++) {
            assembler.mov(Reg.R0, 0);
        }
        return assembler;
    }
}
