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
import java.util.HexFormat;
import java.util.Locale;
import java.util.function.IntFunction;

/** One instruction as text. LLVM's words where it has some; bpftool's for what the immediate of a wide load means. */
final class InsnText {
    private InsnText() {}

    /** The target of a jump as a distance, always with its sign. */
    static String distance(int delta) {
        return delta < 0 ? Integer.toString(delta) : "+" + delta;
    }

    /** The text of {@code insn}; {@code target} names what is a number of slots away. */
    static String of(Insn insn, IntFunction<String> target) {
        return switch (insn) {
            case Alu i -> alu(i);
            case Neg i -> reg(i.wide(), i.dst()) + " = -" + reg(i.wide(), i.dst());
            case Endian i -> endian(i);
            case AddrSpaceCast i ->
                i.dst() + " = addr_space_cast(" + i.src() + ", " + i.toSpace() + ", " + i.fromSpace() + ")";
            case Load i -> i.dst() + " = " + memory(i.signed() ? "s" : "u", i.size(), i.base(), i.off());
            case Store i -> memory("u", i.size(), i.base(), i.off()) + " = " + i.src();
            case StoreImm i -> memory("u", i.size(), i.base(), i.off()) + " = " + i.imm();
            case Atomic i -> atomic(i);
            case LoadAcquire i ->
                reg(i.size(), i.dst()) + " = load_acquire(" + pointer("u", i.size(), i.base(), i.off()) + ")";
            case StoreRelease i ->
                "store_release(" + pointer("u", i.size(), i.base(), i.off()) + ", " + reg(i.size(), i.src()) + ")";
            case LoadImm64 i -> i.dst() + " = " + wideImmediate(i, target) + " ll";
            case PacketAbs i -> "r0 = *(u" + bits(i.size()) + " *)skb[" + i.offset() + "]";
            case PacketInd i -> "r0 = *(u" + bits(i.size()) + " *)skb[" + plus(i.index(), i.offset()) + "]";
            case Jump i -> jump(i, target);
            case Goto i -> (i.far() ? "gotol " : "goto ") + target.apply(i.delta());
            case GotoIndirect i -> "gotox " + i.target();
            case MayGoto i -> "may_goto " + target.apply(i.delta());
            case CallHelper i ->
                "call " + Helper.find(i.id()).map(Helper::functionName).orElse("helper#" + i.id());
            case CallSubprogram i -> "call " + function(target.apply(i.delta()));
            case CallKfunc i ->
                "call kfunc#" + i.btfId() + (i.fdIndex() == 0 ? "" : " in fd_array[" + i.fdIndex() + "]");
            case CallIndirect i -> "callx " + i.target();
            case Exit _ -> "exit";
            case Raw i -> raw(i.code());
        };
    }

    private static String alu(Alu i) {
        String separator = i.op().isSignExtendingMove() ? "" : " ";
        return reg(i.wide(), i.dst()) + " " + i.op().symbol() + separator + operand(i.wide(), i.src());
    }

    private static String endian(Endian i) {
        String word = i.order().name().toLowerCase(Locale.ROOT) + bits(i.size());
        return i.dst() + " = " + word + " " + i.dst();
    }

    private static String atomic(Atomic i) {
        String src = reg(i.size(), i.src());
        String address = plus(i.base(), i.off());
        String width = i.size() == Size.W ? "32_32" : "_64";
        return switch (i.op()) {
            case ADD, OR, AND, XOR ->
                "lock " + memory("u", i.size(), i.base(), i.off()) + " " + i.op().symbol() + " " + src;
            case FETCH_ADD, FETCH_OR, FETCH_AND, FETCH_XOR ->
                src + " = atomic_fetch_" + i.op().symbol() + "(" + pointer("u", i.size(), i.base(), i.off()) + ", "
                        + src + ")";
            case XCHG -> src + " = xchg" + width + "(" + address + ", " + src + ")";
            case CMPXCHG -> {
                String r0 = reg(i.size(), Reg.R0);
                yield r0 + " = cmpxchg" + width + "(" + address + ", " + r0 + ", " + src + ")";
            }
        };
    }

    private static String wideImmediate(LoadImm64 i, IntFunction<String> target) {
        return switch (i.kind()) {
            case CONSTANT -> "0x" + Long.toHexString(i.imm());
            case MAP_FD -> "map[fd:" + i.low() + "]" + beyond(i.high());
            case MAP_VALUE -> "map[fd:" + i.low() + "][0]" + distance(i.high());
            case BTF_ID -> "btf[id:" + i.low() + ",fd:" + i.high() + "]";
            case FUNC -> "subprog " + function(target.apply(i.low())) + beyond(i.high());
            case MAP_IDX -> "map[idx:" + i.low() + "]" + beyond(i.high());
            case MAP_IDX_VALUE -> "map[idx:" + i.low() + "][0]" + distance(i.high());
        };
    }

    /** The second immediate where it should be zero. */
    private static String beyond(int high) {
        return high == 0 ? "" : "?" + high;
    }

    private static String function(String target) {
        return target.startsWith("+") || target.startsWith("-") ? "pc" + target : target;
    }

    private static String jump(Jump i, IntFunction<String> target) {
        return "if " + reg(i.wide(), i.dst()) + " " + i.op().symbol() + " " + operand(i.wide(), i.src()) + " goto "
                + target.apply(i.delta());
    }

    private static String raw(Code code) {
        HexFormat hex = HexFormat.of();
        String second = code.size() == 2 ? " 0x" + hex.toHexDigits(code.slot(1)) : "";
        return "raw 0x" + hex.toHexDigits(code.slot(0)) + second;
    }

    private static String memory(String sign, Size size, Reg base, int off) {
        return "*" + pointer(sign, size, base, off);
    }

    private static String pointer(String sign, Size size, Reg base, int off) {
        return "(" + sign + bits(size) + " *)(" + plus(base, off) + ")";
    }

    private static String plus(Reg base, int off) {
        return base + (off < 0 ? " - " + -(long) off : " + " + off);
    }

    private static String operand(boolean wide, Operand operand) {
        return switch (operand) {
            case Reg reg -> reg(wide, reg);
            case Imm imm -> Integer.toString(imm.value());
        };
    }

    private static String reg(boolean wide, Reg reg) {
        return wide ? reg.toString() : "w" + reg.number();
    }

    private static String reg(Size size, Reg reg) {
        return reg(size == Size.DW, reg);
    }

    private static int bits(Size size) {
        return size.bytes() * Byte.SIZE;
    }
}
