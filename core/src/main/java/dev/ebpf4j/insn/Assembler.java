package dev.ebpf4j.insn;

import dev.ebpf4j.insn.Insn.Alu;
import dev.ebpf4j.insn.Insn.Atomic;
import dev.ebpf4j.insn.Insn.CallHelper;
import dev.ebpf4j.insn.Insn.CallKfunc;
import dev.ebpf4j.insn.Insn.CallSubprogram;
import dev.ebpf4j.insn.Insn.Exit;
import dev.ebpf4j.insn.Insn.Goto;
import dev.ebpf4j.insn.Insn.Jump;
import dev.ebpf4j.insn.Insn.Load;
import dev.ebpf4j.insn.Insn.LoadImm64;
import dev.ebpf4j.insn.Insn.MayGoto;
import dev.ebpf4j.insn.Insn.Store;
import dev.ebpf4j.insn.Insn.StoreImm;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Builds code instruction by instruction; jumps and calls name {@link Label}s, which {@link #assemble()} resolves.
 *
 * <pre>{@code
 * Label miss = new Label("miss");
 * Assembled program = new Assembler()
 *         .store(Size.W, Reg.R10, -4, 0)
 *         .mov(Reg.R2, Reg.R10)
 *         .alu(AluOp.ADD, Reg.R2, -4)
 *         .loadMap(Reg.R1, "counters")
 *         .call(Helper.MAP_LOOKUP_ELEM)
 *         .jump(JumpOp.JEQ, Reg.R0, 0, miss)
 *         .mov(Reg.R1, 1)
 *         .atomic(AtomicOp.ADD, Size.DW, Reg.R0, 0, Reg.R1)
 *         .bind(miss)
 *         .mov(Reg.R0, 0)
 *         .exit()
 *         .assemble();
 * }</pre>
 *
 * The methods here are the common instructions; {@link #add} takes any. Operands that an instruction cannot hold give
 * {@link IllegalArgumentException}. For one thread.
 */
public final class Assembler {
    private final List<Step> steps = new ArrayList<>();
    private final List<SymbolRef> symbols = new ArrayList<>();
    private final Map<Label, Integer> labels = new HashMap<>();
    private int size;

    /** An instruction whose distance is filled in later, by the label it goes to, or as it is if there is none. */
    private sealed interface Step {
        Insn insn();

        record Fixed(Insn insn) implements Step {}

        record To(Insn insn, int slot, Label target) implements Step {}
    }

    /** Starts with no instruction. */
    public Assembler() {}

    /**
     * {@return this assembler, after adding an instruction}
     *
     * @param insn any instruction; its distance, if it has one, stays as it is
     */
    public Assembler add(Insn insn) {
        return addStep(new Step.Fixed(insn));
    }

    /**
     * {@return this assembler, with the next instruction as the place of a label}
     *
     * @param label bound here and nowhere else
     * @throws IllegalStateException if the label is bound already
     */
    public Assembler bind(Label label) {
        Integer before = labels.putIfAbsent(label, size);
        if (before != null) {
            throw new IllegalStateException(
                    "label " + label + " is bound to slot " + before + " already, now again to slot " + size);
        }
        return this;
    }

    /** {@return the number of slots so far: where the next instruction will be} */
    public int size() {
        return size;
    }

    /**
     * {@return the code with all labels resolved; the assembler can go on afterwards}
     *
     * @throws IllegalStateException if a label is not bound, or too far away for the instruction that goes there
     */
    public Assembled assemble() {
        List<Insn> insns = steps.stream().map(this::resolved).toList();
        return new Assembled(InsnCodec.encode(insns), symbols, labels);
    }

    /**
     * {@return this assembler, after adding {@code dst = dst op src} on 64 bits}
     *
     * @param op which operation
     * @param dst first operand and result
     * @param src second operand
     */
    public Assembler alu(AluOp op, Reg dst, Operand src) {
        return add(new Alu(true, op, dst, src));
    }

    /**
     * {@return this assembler, after adding {@code dst = dst op imm} on 64 bits}
     *
     * @param op which operation
     * @param dst first operand and result
     * @param imm second operand
     */
    public Assembler alu(AluOp op, Reg dst, int imm) {
        return alu(op, dst, new Imm(imm));
    }

    /**
     * {@return this assembler, after adding {@code dst = dst op src} on 32 bits}
     *
     * @param op which operation
     * @param dst first operand and result, whose upper half becomes zero
     * @param src second operand
     */
    public Assembler alu32(AluOp op, Reg dst, Operand src) {
        return add(new Alu(false, op, dst, src));
    }

    /**
     * {@return this assembler, after adding {@code dst = src}}
     *
     * @param dst the result
     * @param src the value
     */
    public Assembler mov(Reg dst, Reg src) {
        return alu(AluOp.MOV, dst, src);
    }

    /**
     * {@return this assembler, after adding {@code dst = imm}}
     *
     * @param dst the result
     * @param imm the value, sign-extended to 64 bits
     */
    public Assembler mov(Reg dst, int imm) {
        return alu(AluOp.MOV, dst, imm);
    }

    /**
     * {@return this assembler, after adding a load of a 64-bit constant}
     *
     * @param dst the result
     * @param imm the value
     */
    public Assembler loadImm64(Reg dst, long imm) {
        return add(new LoadImm64(dst, LoadImm64.Kind.CONSTANT, imm));
    }

    /**
     * {@return this assembler, after adding a load of a map's address}
     *
     * @param dst the result
     * @param map the map's name, which goes into {@link Assembled#symbols()}
     */
    public Assembler loadMap(Reg dst, String map) {
        return loadSymbol(new LoadImm64(dst, LoadImm64.Kind.MAP_FD, 0), map);
    }

    /**
     * {@return this assembler, after adding a load of an address in a map's first value, such as a global variable's}
     *
     * @param dst the result
     * @param map the map's name, which goes into {@link Assembled#symbols()}
     * @param offset bytes into the value
     */
    public Assembler loadMapValue(Reg dst, String map, int offset) {
        return loadSymbol(new LoadImm64(dst, LoadImm64.Kind.MAP_VALUE, (long) offset << Integer.SIZE), map);
    }

    /**
     * {@return this assembler, after adding a load of a kernel variable's address}
     *
     * @param dst the result
     * @param ksym the variable's name, which goes into {@link Assembled#symbols()}
     */
    public Assembler loadKsym(Reg dst, String ksym) {
        return loadSymbol(new LoadImm64(dst, LoadImm64.Kind.BTF_ID, 0), ksym);
    }

    /**
     * {@return this assembler, after adding a load of the address of a function of this code}
     *
     * @param dst the result
     * @param function where the function starts
     */
    public Assembler loadFunction(Reg dst, Label function) {
        return addTo(new LoadImm64(dst, LoadImm64.Kind.FUNC, 0), function);
    }

    /**
     * {@return this assembler, after adding {@code dst = *(base + off)}, zero-extended}
     *
     * @param size how many bytes
     * @param dst the result
     * @param base the address
     * @param off added to the address, 16 signed bits
     */
    public Assembler load(Size size, Reg dst, Reg base, int off) {
        return add(new Load(size, false, dst, base, off));
    }

    /**
     * {@return this assembler, after adding {@code *(base + off) = src}}
     *
     * @param size how many bytes
     * @param base the address
     * @param off added to the address, 16 signed bits
     * @param src the value
     */
    public Assembler store(Size size, Reg base, int off, Reg src) {
        return add(new Store(size, base, off, src));
    }

    /**
     * {@return this assembler, after adding {@code *(base + off) = imm}}
     *
     * @param size how many bytes
     * @param base the address
     * @param off added to the address, 16 signed bits
     * @param imm the value
     */
    public Assembler store(Size size, Reg base, int off, int imm) {
        return add(new StoreImm(size, base, off, imm));
    }

    /**
     * {@return this assembler, after adding an atomic read-modify-write of {@code *(base + off)}}
     *
     * @param op which operation
     * @param size {@link Size#W} or {@link Size#DW}
     * @param base the address
     * @param off added to the address, 16 signed bits
     * @param src the operand
     */
    public Assembler atomic(AtomicOp op, Size size, Reg base, int off, Reg src) {
        return add(new Atomic(op, size, base, off, src));
    }

    /**
     * {@return this assembler, after adding a conditional jump that compares 64 bits}
     *
     * @param op the condition
     * @param dst first operand
     * @param src second operand
     * @param target at most 32767 slots away
     */
    public Assembler jump(JumpOp op, Reg dst, Operand src, Label target) {
        return addTo(new Jump(true, op, dst, src, 0), target);
    }

    /**
     * {@return this assembler, after adding a conditional jump that compares 64 bits with an immediate}
     *
     * @param op the condition
     * @param dst first operand
     * @param imm second operand
     * @param target at most 32767 slots away
     */
    public Assembler jump(JumpOp op, Reg dst, int imm, Label target) {
        return jump(op, dst, new Imm(imm), target);
    }

    /**
     * {@return this assembler, after adding a conditional jump that compares the low 32 bits}
     *
     * @param op the condition
     * @param dst first operand
     * @param src second operand
     * @param target at most 32767 slots away
     */
    public Assembler jump32(JumpOp op, Reg dst, Operand src, Label target) {
        return addTo(new Jump(false, op, dst, src, 0), target);
    }

    /**
     * {@return this assembler, after adding an unconditional jump}
     *
     * @param target at most 32767 slots away
     */
    public Assembler goTo(Label target) {
        return addTo(new Goto(false, 0), target);
    }

    /**
     * {@return this assembler, after adding an unconditional jump to anywhere (v4)}
     *
     * @param target any label
     */
    public Assembler goToFar(Label target) {
        return addTo(new Goto(true, 0), target);
    }

    /**
     * {@return this assembler, after adding a jump that the kernel takes when a loop has run long enough}
     *
     * @param target at most 32767 slots away
     */
    public Assembler mayGoto(Label target) {
        return addTo(new MayGoto(0), target);
    }

    /**
     * {@return this assembler, after adding a call of a kernel helper}
     *
     * @param helper which one
     */
    public Assembler call(Helper helper) {
        return add(new CallHelper(helper.id()));
    }

    /**
     * {@return this assembler, after adding a call of a function of this code}
     *
     * @param function where the function starts
     */
    public Assembler call(Label function) {
        return addTo(new CallSubprogram(0), function);
    }

    /**
     * {@return this assembler, after adding a call of a kernel function}
     *
     * @param kfunc the function's name, which goes into {@link Assembled#symbols()}
     */
    public Assembler callKfunc(String kfunc) {
        symbols.add(new SymbolRef(size, kfunc));
        return add(new CallKfunc(0, 0));
    }

    /** {@return this assembler, after adding the end of the function} */
    public Assembler exit() {
        return add(new Exit());
    }

    private Assembler loadSymbol(LoadImm64 load, String symbol) {
        symbols.add(new SymbolRef(size, symbol));
        return add(load);
    }

    private Assembler addTo(Insn insn, Label target) {
        return addStep(new Step.To(insn, size, target));
    }

    private Assembler addStep(Step step) {
        steps.add(step);
        size = Math.addExact(size, step.insn().slots());
        return this;
    }

    private Insn resolved(Step step) {
        return switch (step) {
            case Step.Fixed fixed -> fixed.insn();
            case Step.To to -> withDelta(to, delta(to));
        };
    }

    private int delta(Step.To to) {
        Integer target = labels.get(to.target());
        if (target == null) {
            throw new IllegalStateException(
                    "slot " + to.slot() + " goes to label " + to.target() + ", which is not bound");
        }
        return target - (to.slot() + 1);
    }

    private static Insn withDelta(Step.To to, int delta) {
        try {
            return switch (to.insn()) {
                case Jump i -> new Jump(i.wide(), i.op(), i.dst(), i.src(), delta);
                case Goto i -> new Goto(i.far(), delta);
                case MayGoto _ -> new MayGoto(delta);
                case CallSubprogram _ -> new CallSubprogram(delta);
                case LoadImm64 i -> new LoadImm64(i.dst(), i.kind(), Integer.toUnsignedLong(delta));
                default -> throw new IllegalStateException(to.insn() + " goes nowhere");
            };
        } catch (IllegalArgumentException e) {
            throw new IllegalStateException(
                    "slot " + to.slot() + " jumps to label " + to.target() + ", " + delta
                            + " slots away, but reaches only -32768 to 32767: use goToFar, or move the target",
                    e);
        }
    }
}
