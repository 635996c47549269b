package dev.ebpf4j.insn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.ebpf4j.insn.Insn.Raw;
import java.nio.ByteOrder;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class InsnCodecTest {
    static List<Conformance.Program> programs() {
        return Conformance.programs();
    }

    @Test
    void theSuiteIsComplete() {
        assertEquals(313, programs().size());
    }

    @ParameterizedTest
    @MethodSource("programs")
    void conformanceProgramsAreAllInstructionsAndSurvive(Conformance.Program program) {
        List<Insn> insns = program.code().insns();
        assertFalse(insns.stream().anyMatch(Raw.class::isInstance), () -> program + ": " + insns);
        assertArrayEquals(program.bytes(), Code.of(insns).toBytes(ByteOrder.LITTLE_ENDIAN));
    }

    @Test
    void randomInstructionsSurvive() {
        RandomInsns random = new RandomInsns(3);
        Set<Class<?>> kinds = new HashSet<>();
        for (int i = 0; i < 1_000_000; i++) {
            Insn insn = random.next();
            kinds.add(insn.getClass());
            assertEquals(insn, InsnCodec.decode(InsnCodec.encode(insn), 0));
        }
        assertEquals(RandomInsns.KINDS, kinds.size());
    }

    @Test
    void randomSlotsSurvive() {
        Random random = new Random(4);
        long[] slots = random.longs(2_000_000).toArray();
        slots[slots.length - 1] = 0x95;
        Code code = Code.of(slots);
        assertEquals(code, Code.of(code.insns()));
    }

    /** Mostly valid slots with one bit turned: where a codec is most likely to drop something. */
    @Test
    void instructionsWithOneBitTurnedSurvive() {
        RandomInsns random = new RandomInsns(5);
        for (int i = 0; i < 1_000_000; i++) {
            Code good = InsnCodec.encode(random.next());
            int slot = random.below(good.size());
            Code turned = good.withSlot(slot, good.slot(slot) ^ (1L << random.below(64)))
                    .concat(Code.of(0));
            assertEquals(turned, Code.of(turned.insns()));
        }
    }

    @Test
    void everyOpcodeSurvivesWithEveryReservedFieldInUse() {
        for (int opcode = 0; opcode < 256; opcode++) {
            for (long upper : new long[] {0, 0x100, 0x1000, 0x10000, 0x80000, 0x1_0000_0000L, 0xffff_ffff_ffff_ff00L}) {
                Code code = Code.of(upper | opcode, 0);
                assertEquals(code, Code.of(code.insns()));
            }
        }
    }

    /** The kernel must see, and reject, a reserved offset: cilium/ebpf's loader drops it, and the program loads. */
    @Test
    void theReservedOffsetOfAnAluInstructionIsNotDropped() {
        long addWithOff2 = Slots.of(0x07, 1, 0, 2, 5);
        assertEquals(new Raw(Code.of(addWithOff2)), Code.of(addWithOff2).insn(0));
        assertEquals(Code.of(addWithOff2), Code.of(Code.of(addWithOff2).insns()));
    }

    @Test
    void aTruncatedWideLoadIsRefused() {
        Code code = Code.of(0x95, 0x18);
        InsnFormatException e = assertThrows(InsnFormatException.class, code::insns);
        assertEquals(
                "slot 1 starts a 64-bit immediate load, which takes two slots, but the code ends here", e.getMessage());
        assertThrows(InsnFormatException.class, () -> code.insn(1));
        assertEquals(new Insn.Exit(), code.insn(0));
    }

    @Test
    void aStrangeWideLoadStillTakesTwoSlots() {
        Raw raw = assertInstanceOf(Raw.class, Code.of(0x18, 0x95, 0x95).insn(0));
        assertEquals(2, raw.slots());
        assertEquals(2, Code.of(0x18, 0x95, 0x95).insns().size());
    }

    @Test
    void recordsRefuseWhatASlotCannotHold() {
        for (Runnable make : List.<Runnable>of(
                () -> new Insn.Alu(true, AluOp.MOVSX8, Reg.R1, new Imm(1)),
                () -> new Insn.Alu(false, AluOp.MOVSX32, Reg.R1, Reg.R2),
                () -> new Insn.Endian(Insn.Endian.Order.BE, Size.B, Reg.R1),
                () -> new Insn.AddrSpaceCast(Reg.R1, Reg.R2, 0x10000, 0),
                () -> new Insn.Load(Size.W, false, Reg.R1, Reg.R2, 32768),
                () -> new Insn.Load(Size.DW, true, Reg.R1, Reg.R2, 0),
                () -> new Insn.Store(Size.W, Reg.R1, -32769, Reg.R2),
                () -> new Insn.StoreImm(Size.W, Reg.R1, 32768, 1),
                () -> new Insn.Atomic(AtomicOp.ADD, Size.H, Reg.R1, 0, Reg.R2),
                () -> new Insn.PacketAbs(Size.DW, 0),
                () -> new Insn.PacketInd(Size.DW, Reg.R1, 0),
                () -> new Insn.Jump(true, JumpOp.JEQ, Reg.R1, Reg.R2, 32768),
                () -> new Insn.Goto(false, 32768),
                () -> new Insn.MayGoto(-32769),
                () -> new Insn.CallKfunc(1, 32768),
                () -> new Raw(Code.empty()),
                () -> new Raw(Code.of(1, 2)),
                () -> new Raw(Code.of(0x18)),
                () -> Reg.of(11),
                () -> Size.ofBytes(3))) {
            assertThrows(IllegalArgumentException.class, make::run);
        }
    }
}
