package dev.ebpf4j.insn;

import java.util.Random;

/** Random instructions of every kind but {@link Insn.Raw}, by a seed. */
final class RandomInsns {
    /** How many record classes {@link #next()} makes. */
    static final int KINDS = 22;

    private final Random random;

    RandomInsns(long seed) {
        this.random = new Random(seed);
    }

    int below(int bound) {
        return random.nextInt(bound);
    }

    Insn next() {
        return switch (below(KINDS)) {
            case 0 -> alu();
            case 1 -> new Insn.Neg(flip(), reg());
            case 2 -> new Insn.Endian(one(Insn.Endian.Order.values()), one(Size.H, Size.W, Size.DW), reg());
            case 3 -> new Insn.AddrSpaceCast(reg(), reg(), below(65536), below(65536));
            case 4 -> load();
            case 5 -> new Insn.Store(size(), reg(), off(), reg());
            case 6 -> new Insn.StoreImm(size(), reg(), off(), imm());
            case 7 -> new Insn.Atomic(one(AtomicOp.values()), one(Size.W, Size.DW), reg(), off(), reg());
            case 8 -> new Insn.LoadAcquire(size(), reg(), reg(), off());
            case 9 -> new Insn.StoreRelease(size(), reg(), off(), reg());
            case 10 -> new Insn.LoadImm64(reg(), one(Insn.LoadImm64.Kind.values()), random.nextLong());
            case 11 -> new Insn.PacketAbs(one(Size.B, Size.H, Size.W), imm());
            case 12 -> new Insn.PacketInd(one(Size.B, Size.H, Size.W), reg(), imm());
            case 13 -> new Insn.Jump(flip(), one(JumpOp.values()), reg(), operand(), off());
            case 14 -> flip() ? new Insn.Goto(true, imm()) : new Insn.Goto(false, off());
            case 15 -> new Insn.GotoIndirect(reg());
            case 16 -> new Insn.MayGoto(off());
            case 17 -> new Insn.CallHelper(flip() ? 1 + below(211) : imm());
            case 18 -> new Insn.CallSubprogram(imm());
            case 19 -> new Insn.CallKfunc(imm(), off());
            case 20 -> new Insn.CallIndirect(reg());
            default -> new Insn.Exit();
        };
    }

    private Insn alu() {
        AluOp op = one(AluOp.values());
        if (op.isSignExtendingMove()) {
            return new Insn.Alu(op == AluOp.MOVSX32 || flip(), op, reg(), reg());
        }
        return new Insn.Alu(flip(), op, reg(), operand());
    }

    private Insn load() {
        Size size = size();
        return new Insn.Load(size, size != Size.DW && flip(), reg(), reg(), off());
    }

    private Operand operand() {
        return flip() ? reg() : new Imm(imm());
    }

    private Reg reg() {
        return Reg.of(below(11));
    }

    private Size size() {
        return one(Size.values());
    }

    private int off() {
        return (short) random.nextInt();
    }

    private int imm() {
        return flip() ? random.nextInt() : random.nextInt(-9, 10);
    }

    private boolean flip() {
        return random.nextBoolean();
    }

    @SafeVarargs
    private <T> T one(T... choices) {
        return choices[below(choices.length)];
    }
}
