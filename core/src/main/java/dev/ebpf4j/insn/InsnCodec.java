package dev.ebpf4j.insn;

import dev.ebpf4j.insn.Insn.AddrSpaceCast;
import dev.ebpf4j.insn.Insn.Alu;
import dev.ebpf4j.insn.Insn.Atomic;
import dev.ebpf4j.insn.Insn.CallHelper;
import dev.ebpf4j.insn.Insn.CallIndirect;
import dev.ebpf4j.insn.Insn.CallKfunc;
import dev.ebpf4j.insn.Insn.CallSubprogram;
import dev.ebpf4j.insn.Insn.Endian;
import dev.ebpf4j.insn.Insn.Exit;
import dev.ebpf4j.insn.Insn.Goto;
import dev.ebpf4j.insn.Insn.GotoIndirect;
import dev.ebpf4j.insn.Insn.Jump;
import dev.ebpf4j.insn.Insn.Load;
import dev.ebpf4j.insn.Insn.LoadAcquire;
import dev.ebpf4j.insn.Insn.LoadImm64;
import dev.ebpf4j.insn.Insn.MayGoto;
import dev.ebpf4j.insn.Insn.Neg;
import dev.ebpf4j.insn.Insn.PacketAbs;
import dev.ebpf4j.insn.Insn.PacketInd;
import dev.ebpf4j.insn.Insn.Raw;
import dev.ebpf4j.insn.Insn.Store;
import dev.ebpf4j.insn.Insn.StoreImm;
import dev.ebpf4j.insn.Insn.StoreRelease;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Slots to {@link Insn} and back, without loss: {@code encode(decode(code, i))} are the very slots at {@code i}.
 *
 * <p>Decoding reads only the fields that an instruction uses, and then asks whether encoding the result gives the same
 * bits; if not, some reserved field was in use, and the result is {@link Raw}. Pure functions.
 */
public final class InsnCodec {
    private static final int LD = 0;
    private static final int LDX = 1;
    private static final int ST = 2;
    private static final int STX = 3;
    private static final int ALU = 4;
    private static final int JMP = 5;
    private static final int JMP32 = 6;
    private static final int ALU64 = 7;
    private static final int CLASS_MASK = 0x07;

    private static final int X = 0x08;

    private static final int ABS = 0x20;
    private static final int IND = 0x40;
    private static final int MEM = 0x60;
    private static final int MEMSX = 0x80;
    private static final int ATOMIC = 0xc0;
    private static final int MODE_MASK = 0xe0;

    private static final int NEG = 0x80;
    private static final int END = 0xd0;
    private static final int OP_MASK = 0xf0;

    private static final int JA = 0x00;
    private static final int CALL = 0x80;
    private static final int EXIT = 0x90;
    private static final int JCOND = 0xe0;

    private static final int PSEUDO_CALL = 1;
    private static final int PSEUDO_KFUNC_CALL = 2;
    private static final int CAST_OFF = 1;
    private static final int LOAD_ACQ = 0x100;
    private static final int STORE_REL = 0x110;

    private static final Exit EXIT_INSN = new Exit();

    private InsnCodec() {}

    /**
     * {@return the instruction that starts at a slot}
     *
     * @param code what to decode
     * @param slot number of its first slot
     * @throws InsnFormatException if a 64-bit immediate load starts at the last slot
     * @throws IndexOutOfBoundsException if there is no such slot
     */
    public static Insn decode(Code code, int slot) {
        long first = code.slot(slot);
        if (!Slots.isLoadImm64(first)) {
            return decode(first);
        }
        if (slot + 1 == code.size()) {
            throw new InsnFormatException(
                    "slot " + slot + " starts a 64-bit immediate load, which takes two slots, but the code ends here");
        }
        return decodeWide(first, code.slot(slot + 1));
    }

    /**
     * {@return all instructions in order}
     *
     * @param code what to decode
     * @throws InsnFormatException if a 64-bit immediate load starts at the last slot
     */
    public static List<Insn> decode(Code code) {
        List<Insn> insns = new ArrayList<>(code.size());
        for (int slot = 0; slot < code.size(); slot += insns.getLast().slots()) {
            insns.add(decode(code, slot));
        }
        return List.copyOf(insns);
    }

    /**
     * {@return the slots of all instructions, one after the other}
     *
     * @param insns instructions in order
     */
    public static Code encode(List<? extends Insn> insns) {
        long[] slots = new long[insns.stream().mapToInt(Insn::slots).sum()];
        int at = 0;
        for (Insn insn : insns) {
            slots[at] = firstSlot(insn);
            if (insn.slots() == 2) {
                slots[at + 1] = secondSlot(insn);
            }
            at += insn.slots();
        }
        return new Code(slots);
    }

    /**
     * {@return the slots of one instruction}
     *
     * @param insn the instruction
     */
    public static Code encode(Insn insn) {
        return encode(List.of(insn));
    }

    private static Insn decode(long slot) {
        int opcode = Slots.opcode(slot);
        if (Slots.dst(slot) >= Reg.COUNT || Slots.src(slot) >= Reg.COUNT) {
            return new Raw(Code.of(slot));
        }
        Insn guess = switch (opcode & CLASS_MASK) {
            case LD -> packet(opcode, slot);
            case LDX -> load(opcode, slot);
            case ST -> storeImm(opcode, slot);
            case STX -> store(opcode, slot);
            case ALU, ALU64 -> alu(opcode, slot);
            default -> jump(opcode, slot);
        };
        return guess != null && firstSlot(guess) == slot ? guess : new Raw(Code.of(slot));
    }

    private static Insn decodeWide(long first, long second) {
        LoadImm64.Kind kind = LoadImm64.Kind.find(Slots.src(first));
        if (kind != null && Slots.dst(first) < Reg.COUNT) {
            LoadImm64 guess = new LoadImm64(dst(first), kind, Slots.imm64(first, second));
            if (firstSlot(guess) == first && secondSlot(guess) == second) {
                return guess;
            }
        }
        return new Raw(Code.of(first, second));
    }

    private static @Nullable Insn packet(int opcode, long slot) {
        Size size = Size.ofOpcode(opcode);
        if (size == Size.DW) {
            return null;
        }
        return switch (opcode & MODE_MASK) {
            case ABS -> new PacketAbs(size, Slots.imm(slot));
            case IND -> new PacketInd(size, src(slot), Slots.imm(slot));
            default -> null;
        };
    }

    private static @Nullable Insn load(int opcode, long slot) {
        Size size = Size.ofOpcode(opcode);
        boolean signed = (opcode & MODE_MASK) == MEMSX;
        return signed && size == Size.DW ? null : new Load(size, signed, dst(slot), src(slot), Slots.off(slot));
    }

    private static Insn storeImm(int opcode, long slot) {
        return new StoreImm(Size.ofOpcode(opcode), dst(slot), Slots.off(slot), Slots.imm(slot));
    }

    private static @Nullable Insn store(int opcode, long slot) {
        Size size = Size.ofOpcode(opcode);
        int off = Slots.off(slot);
        if ((opcode & MODE_MASK) == MEM) {
            return new Store(size, dst(slot), off, src(slot));
        }
        return switch (Slots.imm(slot)) {
            case LOAD_ACQ -> new LoadAcquire(size, dst(slot), src(slot), off);
            case STORE_REL -> new StoreRelease(size, dst(slot), off, src(slot));
            default -> readModifyWrite(size, slot);
        };
    }

    private static @Nullable Insn readModifyWrite(Size size, long slot) {
        AtomicOp op = AtomicOp.find(Slots.imm(slot));
        if (op == null || size == Size.B || size == Size.H) {
            return null;
        }
        return new Atomic(op, size, dst(slot), Slots.off(slot), src(slot));
    }

    private static @Nullable Insn alu(int opcode, long slot) {
        return switch (opcode & OP_MASK) {
            case NEG -> new Neg(isWideAlu(opcode), dst(slot));
            case END -> endian(opcode, slot);
            default -> arithmetic(opcode, slot);
        };
    }

    private static @Nullable Insn arithmetic(int opcode, long slot) {
        int off = Slots.off(slot);
        if ((opcode & OP_MASK) == AluOp.MOV.bits() && off == CAST_OFF) {
            return new AddrSpaceCast(dst(slot), src(slot), Slots.imm(slot) >>> 16, Slots.imm(slot) & 0xffff);
        }
        AluOp op = AluOp.find(opcode, off);
        Operand src = operand(opcode, slot);
        if (op == null || Ranges.refuses(isWideAlu(opcode), op, src)) {
            return null;
        }
        return new Alu(isWideAlu(opcode), op, dst(slot), src);
    }

    private static @Nullable Insn endian(int opcode, long slot) {
        Endian.Order order;
        if (isWideAlu(opcode)) {
            order = Endian.Order.BSWAP;
        } else {
            order = (opcode & X) == 0 ? Endian.Order.LE : Endian.Order.BE;
        }
        return switch (Slots.imm(slot)) {
            case 16 -> new Endian(order, Size.H, dst(slot));
            case 32 -> new Endian(order, Size.W, dst(slot));
            case 64 -> new Endian(order, Size.DW, dst(slot));
            default -> null;
        };
    }

    private static @Nullable Insn jump(int opcode, long slot) {
        boolean indirect = (opcode & X) != 0;
        return switch (opcode & OP_MASK) {
            case JA -> indirect ? new GotoIndirect(dst(slot)) : unconditional(opcode, slot);
            case CALL -> indirect ? new CallIndirect(dst(slot)) : call(slot);
            case EXIT -> EXIT_INSN;
            case JCOND -> new MayGoto(Slots.off(slot));
            default -> conditional(opcode, slot);
        };
    }

    private static Insn unconditional(int opcode, long slot) {
        return isWideJump(opcode) ? new Goto(false, Slots.off(slot)) : new Goto(true, Slots.imm(slot));
    }

    private static @Nullable Insn conditional(int opcode, long slot) {
        JumpOp op = JumpOp.find(opcode);
        if (op == null) {
            return null;
        }
        return new Jump(isWideJump(opcode), op, dst(slot), operand(opcode, slot), Slots.off(slot));
    }

    private static @Nullable Insn call(long slot) {
        return switch (Slots.src(slot)) {
            case 0 -> new CallHelper(Slots.imm(slot));
            case PSEUDO_CALL -> new CallSubprogram(Slots.imm(slot));
            case PSEUDO_KFUNC_CALL -> new CallKfunc(Slots.imm(slot), Slots.off(slot));
            default -> null;
        };
    }

    private static boolean isWideAlu(int opcode) {
        return (opcode & CLASS_MASK) == ALU64;
    }

    private static boolean isWideJump(int opcode) {
        return (opcode & CLASS_MASK) == JMP;
    }

    private static Operand operand(int opcode, long slot) {
        return (opcode & X) != 0 ? src(slot) : new Imm(Slots.imm(slot));
    }

    private static Reg dst(long slot) {
        return Reg.of(Slots.dst(slot));
    }

    private static Reg src(long slot) {
        return Reg.of(Slots.src(slot));
    }

    private static long firstSlot(Insn insn) {
        return switch (insn) {
            case Alu i -> binary((i.wide() ? ALU64 : ALU) | i.op().bits(), i.dst(), i.src(), i.op().off());
            case Neg i -> slot((i.wide() ? ALU64 : ALU) | NEG, i.dst(), 0, 0, 0);
            case Endian i ->
                slot(endianOpcode(i.order()), i.dst(), 0, 0, i.size().bytes() * Byte.SIZE);
            case AddrSpaceCast i ->
                slot(
                        ALU64 | AluOp.MOV.bits() | X,
                        i.dst(),
                        i.src().number(),
                        CAST_OFF,
                        (i.toSpace() << 16) | i.fromSpace());
            case Load i ->
                slot(
                        LDX | (i.signed() ? MEMSX : MEM) | i.size().bits(),
                        i.dst(),
                        i.base().number(),
                        i.off(),
                        0);
            case Store i -> slot(STX | MEM | i.size().bits(), i.base(), i.src().number(), i.off(), 0);
            case StoreImm i -> slot(ST | MEM | i.size().bits(), i.base(), 0, i.off(), i.imm());
            case Atomic i -> atomic(i.size(), i.base(), i.src(), i.off(), i.op().bits());
            case LoadAcquire i -> atomic(i.size(), i.dst(), i.base(), i.off(), LOAD_ACQ);
            case StoreRelease i -> atomic(i.size(), i.base(), i.src(), i.off(), STORE_REL);
            case LoadImm64 i -> slot(Slots.LOAD_IMM64, i.dst(), i.kind().number(), 0, i.low());
            case PacketAbs i -> slot(LD | ABS | i.size().bits(), Reg.R0, 0, 0, i.offset());
            case PacketInd i ->
                slot(LD | IND | i.size().bits(), Reg.R0, i.index().number(), 0, i.offset());
            case Jump i -> binary((i.wide() ? JMP : JMP32) | i.op().bits(), i.dst(), i.src(), i.delta());
            case Goto i ->
                i.far() ? slot(JMP32 | JA, Reg.R0, 0, 0, i.delta()) : slot(JMP | JA, Reg.R0, 0, i.delta(), 0);
            case GotoIndirect i -> slot(JMP | JA | X, i.target(), 0, 0, 0);
            case MayGoto i -> slot(JMP | JCOND, Reg.R0, 0, i.delta(), 0);
            case CallHelper i -> slot(JMP | CALL, Reg.R0, 0, 0, i.id());
            case CallSubprogram i -> slot(JMP | CALL, Reg.R0, PSEUDO_CALL, 0, i.delta());
            case CallKfunc i -> slot(JMP | CALL, Reg.R0, PSEUDO_KFUNC_CALL, i.fdIndex(), i.btfId());
            case CallIndirect i -> slot(JMP | CALL | X, i.target(), 0, 0, 0);
            case Exit _ -> slot(JMP | EXIT, Reg.R0, 0, 0, 0);
            case Raw i -> i.code().slot(0);
        };
    }

    /** The second slot holds nothing but the upper half of the immediate. */
    private static long secondSlot(Insn insn) {
        return switch (insn) {
            case LoadImm64 i -> Slots.of(0, 0, 0, 0, i.high());
            case Raw i -> i.code().slot(1);
            default -> throw new IllegalStateException(insn + " has one slot");
        };
    }

    private static int endianOpcode(Endian.Order order) {
        return switch (order) {
            case LE -> ALU | END;
            case BE -> ALU | END | X;
            case BSWAP -> ALU64 | END;
        };
    }

    private static long binary(int opcode, Reg dst, Operand src, int off) {
        return switch (src) {
            case Reg reg -> slot(opcode | X, dst, reg.number(), off, 0);
            case Imm imm -> slot(opcode, dst, 0, off, imm.value());
        };
    }

    private static long atomic(Size size, Reg dst, Reg src, int off, int imm) {
        return slot(STX | ATOMIC | size.bits(), dst, src.number(), off, imm);
    }

    private static long slot(int opcode, Reg dst, int src, int off, int imm) {
        return Slots.of(opcode, dst.number(), src, off, imm);
    }
}
