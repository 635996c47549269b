package dev.ebpf4j.insn;

import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/**
 * One instruction of the BPF instruction set up to v4, one record per operand shape. Offsets and deltas of jumps and
 * calls count slots from the slot after the instruction. "Wide" is an operation on 64 bits; a narrow one works on the
 * low 32 bits and clears the upper half of its result.
 *
 * <p>Every record can be encoded: a constructor refuses with {@link IllegalArgumentException} what its slot cannot
 * hold. {@link Raw} is for slots that are not the one canonical encoding of an instruction (a reserved field in use, an
 * unknown opcode, a register above r10), so that decoding loses nothing. Records are immutable and print with Java
 * record syntax; {@link Disassembler} prints what people read. Source: RFC 9669 and the kernel's UAPI header bpf.h.
 */
public sealed interface Insn {

    /** {@return how many slots the instruction takes: 1, or 2 for a 64-bit immediate load} */
    default int slots() {
        return 1;
    }

    /**
     * Arithmetic: {@code dst = dst op src}.
     *
     * @param wide whether on 64 bits
     * @param op which operation
     * @param dst first operand and result
     * @param src second operand; a register for the sign-extending moves
     */
    record Alu(boolean wide, AluOp op, Reg dst, Operand src) implements Insn {
        /** Refuses a sign-extending move of an immediate, or of 32 bits to 32 bits. */
        public Alu {
            if (Ranges.refuses(wide, op, src)) {
                throw new IllegalArgumentException(op + " takes a register, and MOVSX32 is wide only");
            }
        }
    }

    /**
     * {@code dst = -dst}.
     *
     * @param wide whether on 64 bits
     * @param dst operand and result
     */
    record Neg(boolean wide, Reg dst) implements Insn {}

    /**
     * Byte order conversion of the low bytes of a register; the bytes above become zero.
     *
     * @param order which conversion
     * @param size how many bytes: {@link Size#H}, {@link Size#W} or {@link Size#DW}
     * @param dst operand and result
     */
    record Endian(Order order, Size size, Reg dst) implements Insn {
        /** What {@link Endian} does with the bytes. */
        public enum Order {
            /** Between the machine's byte order and little endian. */
            LE,
            /** Between the machine's byte order and big endian. */
            BE,
            /** Always swap (v4). */
            BSWAP;

            /**
             * {@return the low bytes of {@code value} converted on a machine of the given byte order, zero-extended}
             *
             * @param size how many of the low bytes are converted
             * @param value what the register holds
             * @param machine byte order of the machine that runs the program
             */
            public long apply(Size size, long value, ByteOrder machine) {
                boolean swap = switch (this) {
                    case LE -> machine == ByteOrder.BIG_ENDIAN;
                    case BE -> machine == ByteOrder.LITTLE_ENDIAN;
                    case BSWAP -> true;
                };
                return swap
                        ? Long.reverseBytes(value) >>> (Long.SIZE - size.bytes() * Byte.SIZE)
                        : size.zeroExtend(value);
            }
        }

        /** Refuses a single byte. */
        public Endian {
            if (size == Size.B) {
                throw new IllegalArgumentException("a single byte has no byte order");
            }
        }
    }

    /**
     * Converts an arena pointer between address spaces (v4, kernel 6.9).
     *
     * @param dst the result
     * @param src the pointer
     * @param toSpace address space of the result, 0 to 65535; 0 is the kernel's
     * @param fromSpace address space of the source, 0 to 65535
     */
    record AddrSpaceCast(Reg dst, Reg src, int toSpace, int fromSpace) implements Insn {
        /** Refuses address spaces outside 16 unsigned bits. */
        public AddrSpaceCast {
            if ((toSpace | fromSpace) >>> 16 != 0) {
                throw new IllegalArgumentException("address spaces " + toSpace + ", " + fromSpace + ": 0 to 65535");
            }
        }
    }

    /**
     * {@code dst = *(base + off)}.
     *
     * @param size how many bytes
     * @param signed whether the value is sign-extended (v4, up to 4 bytes) rather than zero-extended
     * @param dst receives the value
     * @param base the address
     * @param off added to the address, 16 signed bits
     */
    record Load(Size size, boolean signed, Reg dst, Reg base, int off) implements Insn {
        /** Refuses an offset outside 16 signed bits, and sign extension of 8 bytes. */
        public Load {
            Ranges.checkOff(off);
            if (signed && size == Size.DW) {
                throw new IllegalArgumentException("8 bytes need no sign extension");
            }
        }
    }

    /**
     * {@code *(base + off) = src}.
     *
     * @param size how many bytes
     * @param base the address
     * @param off added to the address, 16 signed bits
     * @param src the value; its low bytes are stored
     */
    record Store(Size size, Reg base, int off, Reg src) implements Insn {
        /** Refuses an offset outside 16 signed bits. */
        public Store {
            Ranges.checkOff(off);
        }
    }

    /**
     * {@code *(base + off) = imm}.
     *
     * @param size how many bytes
     * @param base the address
     * @param off added to the address, 16 signed bits
     * @param imm the value, sign-extended to 8 bytes or cut
     */
    record StoreImm(Size size, Reg base, int off, int imm) implements Insn {
        /** Refuses an offset outside 16 signed bits. */
        public StoreImm {
            Ranges.checkOff(off);
        }
    }

    /**
     * Atomic read-modify-write of {@code *(base + off)}.
     *
     * @param op which operation; it also says which register receives the old value
     * @param size {@link Size#W} or {@link Size#DW}
     * @param base the address
     * @param off added to the address, 16 signed bits
     * @param src the operand
     */
    record Atomic(AtomicOp op, Size size, Reg base, int off, Reg src) implements Insn {
        /** Refuses an offset outside 16 signed bits, and 1 or 2 bytes. */
        public Atomic {
            Ranges.checkOff(off);
            if (size == Size.B || size == Size.H) {
                throw new IllegalArgumentException("atomic operations are on 4 or 8 bytes, not " + size.bytes());
            }
        }
    }

    /**
     * {@code dst = *(base + off)}, ordered before all later accesses (v4, kernel 6.15).
     *
     * @param size how many bytes
     * @param dst receives the value, zero-extended
     * @param base the address
     * @param off added to the address, 16 signed bits
     */
    record LoadAcquire(Size size, Reg dst, Reg base, int off) implements Insn {
        /** Refuses an offset outside 16 signed bits. */
        public LoadAcquire {
            Ranges.checkOff(off);
        }
    }

    /**
     * {@code *(base + off) = src}, ordered after all earlier accesses (v4, kernel 6.15).
     *
     * @param size how many bytes
     * @param base the address
     * @param off added to the address, 16 signed bits
     * @param src the value; its low bytes are stored
     */
    record StoreRelease(Size size, Reg base, int off, Reg src) implements Insn {
        /** Refuses an offset outside 16 signed bits. */
        public StoreRelease {
            Ranges.checkOff(off);
        }
    }

    /**
     * Loads 64 bits, or something that the kernel turns into an address. The only instruction of two slots.
     *
     * @param dst receives the value
     * @param kind what {@code imm} means
     * @param imm the immediates of both slots, the first slot's in the lower half
     */
    record LoadImm64(Reg dst, Kind kind, long imm) implements Insn {
        /** What the immediates of a {@link LoadImm64} mean. */
        public enum Kind {
            /** A 64-bit constant. */
            CONSTANT(0),
            /** Low: a map's fd. */
            MAP_FD(1),
            /** Low: a map's fd; high: the offset into its first value. */
            MAP_VALUE(2),
            /** Low: the BTF id of a kernel variable; high: the fd of its module's BTF, or 0. */
            BTF_ID(3),
            /** Low: distance in slots to a function of this program. */
            FUNC(4),
            /** Low: a map's index in the load command's fd_array. */
            MAP_IDX(5),
            /** Low: a map's index in fd_array; high: the offset into its first value. */
            MAP_IDX_VALUE(6);

            private static final Kind[] ALL = values();

            private final int number;

            Kind(int number) {
                this.number = number;
            }

            /** {@return the number in the src field, the value of the kernel's BPF_PSEUDO_ constants, 0 for a constant} */
            public int number() {
                return number;
            }

            static @Nullable Kind find(int number) {
                return number < ALL.length ? ALL[number] : null;
            }
        }

        /** {@return the immediate of the first slot} */
        public int low() {
            return (int) imm;
        }

        /** {@return the immediate of the second slot} */
        public int high() {
            return (int) (imm >>> 32);
        }

        @Override
        public int slots() {
            return 2;
        }
    }

    /**
     * {@code r0 =} packet bytes at an absolute offset, in the machine's byte order; classic BPF's load.
     *
     * @param size {@link Size#B}, {@link Size#H} or {@link Size#W}
     * @param offset bytes from the start of the packet
     */
    record PacketAbs(Size size, int offset) implements Insn {
        /** Refuses 8 bytes. */
        public PacketAbs {
            Ranges.checkPacketSize(size);
        }
    }

    /**
     * {@code r0 =} packet bytes at a register's value plus an offset, in the machine's byte order.
     *
     * @param size {@link Size#B}, {@link Size#H} or {@link Size#W}
     * @param index added to the offset
     * @param offset bytes from the start of the packet
     */
    record PacketInd(Size size, Reg index, int offset) implements Insn {
        /** Refuses 8 bytes. */
        public PacketInd {
            Ranges.checkPacketSize(size);
        }
    }

    /**
     * Conditional jump.
     *
     * @param wide whether 64 bits are compared, or the low 32
     * @param op the condition
     * @param dst first operand
     * @param src second operand
     * @param delta slots to jump, 16 signed bits
     */
    record Jump(boolean wide, JumpOp op, Reg dst, Operand src, int delta) implements Insn {
        /** Refuses a distance outside 16 signed bits. */
        public Jump {
            Ranges.checkOff(delta);
        }
    }

    /**
     * Unconditional jump.
     *
     * @param far whether the distance is in the 32-bit field (v4, {@code gotol})
     * @param delta slots to jump, 16 signed bits unless far
     */
    record Goto(boolean far, int delta) implements Insn {
        /** Refuses a distance outside 16 signed bits for the short form. */
        public Goto {
            if (!far) {
                Ranges.checkOff(delta);
            }
        }
    }

    /**
     * Jump to an address taken from an instruction-array map (kernel 6.19, {@code gotox}).
     *
     * @param target holds the address
     */
    record GotoIndirect(Reg target) implements Insn {}

    /**
     * Jumps when the kernel thinks that the loop has run long enough (kernel 6.9).
     *
     * @param delta slots to jump, 16 signed bits
     */
    record MayGoto(int delta) implements Insn {
        /** Refuses a distance outside 16 signed bits. */
        public MayGoto {
            Ranges.checkOff(delta);
        }
    }

    /** A call with a target known before run time: arguments in r1 to r5, the result in r0. */
    sealed interface Call extends Insn {}

    /**
     * Call of a kernel helper.
     *
     * @param id the helper's number; {@link Helper#find} knows most
     */
    record CallHelper(int id) implements Call {}

    /**
     * Call of another function of the same program.
     *
     * @param delta slots to the function
     */
    record CallSubprogram(int delta) implements Call {}

    /**
     * Call of a kernel function by its BTF id.
     *
     * @param btfId the function's id in the BTF of the kernel or module
     * @param fdIndex index of the module's BTF in the load command's fd_array, 0 for the kernel; 16 signed bits
     */
    record CallKfunc(int btfId, int fdIndex) implements Call {
        /** Refuses an index outside 16 signed bits. */
        public CallKfunc {
            Ranges.checkOff(fdIndex);
        }
    }

    /**
     * Call through a register ({@code callx}); no kernel accepts it so far.
     *
     * @param target holds the address
     */
    record CallIndirect(Reg target) implements Insn {}

    /** Returns from the function, or ends the program, with the result in r0. */
    record Exit() implements Insn {}

    /**
     * Slots that are no canonical instruction, kept bit for bit. A slot with the opcode of the 64-bit immediate load
     * comes with its second slot.
     *
     * @param code one slot, or two
     */
    record Raw(Code code) implements Insn {
        /** Refuses anything but one slot, or two that begin with the opcode of a 64-bit immediate load. */
        public Raw {
            int expected = !code.isEmpty() && Slots.isLoadImm64(code.slot(0)) ? 2 : 1;
            if (code.size() != expected) {
                throw new IllegalArgumentException("raw instruction of " + code.size() + " slots, not " + expected);
            }
        }

        @Override
        public int slots() {
            return code.size();
        }
    }
}
