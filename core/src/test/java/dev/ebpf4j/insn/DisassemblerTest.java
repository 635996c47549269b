package dev.ebpf4j.insn;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** {@link LlvmTextTest} holds every instruction's text against LLVM's; here is what LLVM does not print. */
class DisassemblerTest {
    private static final Code LOOP = Code.of(List.of(
            new Insn.LoadImm64(Reg.R1, Insn.LoadImm64.Kind.MAP_FD, 7),
            new Insn.CallHelper(1),
            new Insn.Jump(true, JumpOp.JNE, Reg.R0, new Imm(0), -2),
            new Insn.CallSubprogram(1),
            new Insn.Exit(),
            new Insn.Goto(false, 9),
            new Insn.Exit()));

    @Test
    void plainTextCountsSlots() {
        assertEquals("""
                   0: r1 = map[fd:7] ll
                   2: call bpf_map_lookup_elem
                   3: if r0 != 0 goto -2
                   4: call pc+1
                   5: exit
                   6: goto +9
                   7: exit
                """, Disassembler.plain().text(LOOP));
    }

    @Test
    void labelsReplaceDistancesInsideTheCode() {
        assertEquals("""
                   0: r1 = map[fd:7] ll
                L2:
                   2: call bpf_map_lookup_elem
                   3: if r0 != 0 goto L2
                   4: call cleanup
                   5: exit
                cleanup:
                   6: goto +9
                   7: exit
                """, Disassembler.plain().withLabels(Map.of(6, "cleanup")).text(LOOP));
    }

    @Test
    void aJumpIntoAWideLoadKeepsItsDistance() {
        Code code = Code.of(0xfffe_0005L, 0x95);
        assertEquals(
                "   0: goto -2\n   1: exit\n", Disassembler.plain().withLabels().text(code));
        Code intoLoad = Code.of(
                List.of(new Insn.LoadImm64(Reg.R1, Insn.LoadImm64.Kind.CONSTANT, -1), new Insn.Goto(false, -2)));
        assertEquals(
                "   0: r1 = 0xffffffffffffffff ll\n   2: goto -2\n",
                Disassembler.plain().withLabels().text(intoLoad));
    }

    @Test
    void notesStandAboveTheirInstruction() {
        assertEquals(
                """
                ; int x = f();
                   0: call pc+3
                   1: exit
                """,
                Disassembler.plain()
                        .withNotes(slot -> slot == 0 ? Optional.of("int x = f();") : Optional.empty())
                        .text(Code.of(List.of(new Insn.CallSubprogram(3), new Insn.Exit()))));
    }

    @Test
    void pseudoLoadsSayWhatTheyLoad() {
        Map<Insn.LoadImm64.Kind, String> expected = Map.of(
                Insn.LoadImm64.Kind.CONSTANT, "r1 = 0x700000003 ll",
                Insn.LoadImm64.Kind.MAP_FD, "r1 = map[fd:3]?7 ll",
                Insn.LoadImm64.Kind.MAP_VALUE, "r1 = map[fd:3][0]+7 ll",
                Insn.LoadImm64.Kind.BTF_ID, "r1 = btf[id:3,fd:7] ll",
                Insn.LoadImm64.Kind.FUNC, "r1 = subprog pc+3?7 ll",
                Insn.LoadImm64.Kind.MAP_IDX, "r1 = map[idx:3]?7 ll",
                Insn.LoadImm64.Kind.MAP_IDX_VALUE, "r1 = map[idx:3][0]+7 ll");
        expected.forEach((kind, text) ->
                assertEquals(text, Disassembler.text(new Insn.LoadImm64(Reg.R1, kind, 0x7_0000_0003L))));
    }

    @Test
    void callsOfTheKernelAndRawSlots() {
        assertEquals("call helper#999", Disassembler.text(new Insn.CallHelper(999)));
        assertEquals("call kfunc#5", Disassembler.text(new Insn.CallKfunc(5, 0)));
        assertEquals("call kfunc#5 in fd_array[2]", Disassembler.text(new Insn.CallKfunc(5, 2)));
        assertEquals("raw 0x00000005000201bf", Disassembler.text(new Insn.Raw(Code.of(0x5_0002_01bfL))));
        assertEquals("raw 0x0000000000010018 0x0000000000000000", Disassembler.text(new Insn.Raw(Code.of(0x10018, 0))));
        assertEquals("r0 = *(u32 *)skb[r3 - 4]", Disassembler.text(new Insn.PacketInd(Size.W, Reg.R3, -4)));
        assertEquals(
                "w1 = load_acquire((u8 *)(r2 + 8))",
                Disassembler.text(new Insn.LoadAcquire(Size.B, Reg.R1, Reg.R2, 8)));
        assertEquals(
                "store_release((u64 *)(r2 - 8), r1)",
                Disassembler.text(new Insn.StoreRelease(Size.DW, Reg.R2, -8, Reg.R1)));
    }
}
