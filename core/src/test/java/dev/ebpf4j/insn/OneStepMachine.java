package dev.ebpf4j.insn;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayDeque;
import java.util.Deque;

/** Runs code one record after the other, with the meaning that the operation enums give: for tests of those. */
final class OneStepMachine {
    private static final int FRAME_BYTES = 512;
    private static final int STACK_BYTES = 16 * FRAME_BYTES;

    private final Code code;
    private final long[] regs = new long[Reg.COUNT];
    private final ByteBuffer memory;
    private final Deque<Return> returns = new ArrayDeque<>();
    private int next;

    /** Where a call came from, and what it must find again. */
    private record Return(int slot, long r6, long r7, long r8, long r9) {}

    OneStepMachine(Code code, byte[] input) {
        this.code = code;
        this.memory = ByteBuffer.allocate(STACK_BYTES + input.length).order(ByteOrder.LITTLE_ENDIAN);
        memory.put(STACK_BYTES, input);
        regs[1] = STACK_BYTES;
        regs[2] = input.length;
        regs[10] = STACK_BYTES;
    }

    long run() {
        while (true) {
            Insn insn = code.insn(next);
            next += insn.slots();
            if (insn instanceof Insn.Exit && returns.isEmpty()) {
                return regs[0];
            }
            step(insn);
        }
    }

    private void step(Insn insn) {
        switch (insn) {
            case Insn.Alu i -> set(i.dst(), i.op().apply(i.wide(), get(i.dst()), get(i.src())));
            case Insn.Neg i -> set(i.dst(), AluOp.SUB.apply(i.wide(), 0, get(i.dst())));
            case Insn.Endian i -> set(i.dst(), i.order().apply(i.size(), get(i.dst()), ByteOrder.LITTLE_ENDIAN));
            case Insn.Load i -> {
                long value = read(i.size(), get(i.base()) + i.off());
                set(i.dst(), i.signed() ? i.size().signExtend(value) : value);
            }
            case Insn.Store i -> write(i.size(), get(i.base()) + i.off(), get(i.src()));
            case Insn.StoreImm i -> write(i.size(), get(i.base()) + i.off(), i.imm());
            case Insn.LoadAcquire i -> set(i.dst(), read(i.size(), get(i.base()) + i.off()));
            case Insn.StoreRelease i -> write(i.size(), get(i.base()) + i.off(), get(i.src()));
            case Insn.Atomic i -> atomic(i);
            case Insn.LoadImm64 i when i.kind() == Insn.LoadImm64.Kind.CONSTANT -> set(i.dst(), i.imm());
            case Insn.Jump i -> next += i.op().test(i.wide(), get(i.dst()), get(i.src())) ? i.delta() : 0;
            case Insn.Goto i -> next += i.delta();
            case Insn.CallSubprogram i -> call(i.delta());
            case Insn.CallHelper i when i.id() == 5 -> regs[0] = regs[1]; // the suite's only helper
            case Insn.Exit _ -> leave();
            default -> throw new UnsupportedOperationException(insn.toString());
        }
    }

    private void atomic(Insn.Atomic i) {
        long address = get(i.base()) + i.off();
        long before = read(i.size(), address);
        long r0 = i.size().zeroExtend(regs[0]);
        write(i.size(), address, i.op().apply(before, i.size().zeroExtend(get(i.src())), r0));
        if (i.op().fetches()) {
            set(i.op() == AtomicOp.CMPXCHG ? Reg.R0 : i.src(), before);
        }
    }

    private void call(int delta) {
        returns.push(new Return(next, regs[6], regs[7], regs[8], regs[9]));
        regs[10] -= FRAME_BYTES;
        next += delta;
    }

    private void leave() {
        Return to = returns.pop();
        regs[6] = to.r6();
        regs[7] = to.r7();
        regs[8] = to.r8();
        regs[9] = to.r9();
        regs[10] += FRAME_BYTES;
        next = to.slot();
    }

    private long get(Operand operand) {
        return switch (operand) {
            case Reg reg -> regs[reg.number()];
            case Imm imm -> imm.value();
        };
    }

    private void set(Reg reg, long value) {
        regs[reg.number()] = value;
    }

    private long read(Size size, long address) {
        int at = Math.toIntExact(address);
        return switch (size) {
            case B -> Byte.toUnsignedLong(memory.get(at));
            case H -> Short.toUnsignedLong(memory.getShort(at));
            case W -> Integer.toUnsignedLong(memory.getInt(at));
            case DW -> memory.getLong(at);
        };
    }

    private void write(Size size, long address, long value) {
        int at = Math.toIntExact(address);
        switch (size) {
            case B -> memory.put(at, (byte) value);
            case H -> memory.putShort(at, (short) value);
            case W -> memory.putInt(at, (int) value);
            case DW -> memory.putLong(at, value);
        }
    }
}
