package dev.ebpf4j.btf;

import dev.ebpf4j.btf.CoReReason.Problem;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/** The number that a relocation kind asks for, given the path on one side. */
final class CoReValues {
    private CoReValues() {}

    /**
     * A number, or the problem that stands in its way.
     *
     * @param value the number
     * @param validate whether compiler and linker must agree on the local one
     * @param size bytes of the accessed field, 0 when no access is relocated
     * @param typeId the field's type, modifiers removed
     * @param problem null when there is a number
     */
    record Measure(
            long value,
            boolean validate,
            int size,
            int typeId,
            @Nullable Problem problem) {
        static Measure of(long value, boolean validate) {
            return new Measure(value, validate, 0, 0, null);
        }

        static Measure bad(Problem problem) {
            return new Measure(0, false, 0, 0, problem);
        }
    }

    /** The number on a side where the path exists. */
    static Measure measure(CoReKind kind, CoReSpec spec) {
        return switch (kind) {
            case FIELD_EXISTS, TYPE_EXISTS, TYPE_MATCHES, ENUMVAL_EXISTS -> Measure.of(1, true);
            case TYPE_ID_LOCAL, TYPE_ID_TARGET -> Measure.of(spec.rootId(), false);
            case TYPE_SIZE -> Measure.of(spec.btf().sizeOf(spec.rootId()), true);
            case ENUMVAL_VALUE -> Measure.of(enumerator(spec), true);
            default -> spec.last().isElement() ? element(kind, spec) : member(kind, spec);
        };
    }

    /** The number where the target has nothing that matches; null means poison. */
    static @Nullable Long missing(CoReKind kind) {
        return switch (kind) {
            case FIELD_EXISTS, TYPE_EXISTS, TYPE_MATCHES, ENUMVAL_EXISTS, TYPE_SIZE, TYPE_ID_TARGET -> 0L;
            default -> null;
        };
    }

    /** A 32-bit enumerator counts as signed, whatever the enum says. */
    private static long enumerator(CoReSpec spec) {
        BtfType.Enumeration type =
                (BtfType.Enumeration) spec.btf().type(spec.last().typeId());
        long value = type.enumerators().get(spec.last().index()).value();
        return type instanceof BtfType.Enum ? (int) value : value;
    }

    private static Measure element(CoReKind kind, CoReSpec spec) {
        int typeId = spec.last().typeId();
        return switch (kind) {
            case FIELD_BYTE_OFFSET -> access(spec.bitOffset() / 8, spec.btf(), typeId);
            case FIELD_BYTE_SIZE -> Measure.of(spec.btf().sizeOf(typeId), true);
            default -> Measure.bad(Problem.NOT_A_MEMBER);
        };
    }

    /** An offset with the size of what is read there: of an array, that of one element, which then may not change. */
    private static Measure access(long offset, Btf btf, int typeId) {
        int id = typeId;
        for (int depth = 0; depth < BtfSizes.DEPTH && btf.type(id) instanceof BtfType.Array array; depth++) {
            id = btf.resolve(array.elementTypeId());
        }
        return new Measure(offset, true, btf.sizeOf(id), typeId, null);
    }

    private static Measure member(CoReKind kind, CoReSpec spec) {
        Btf btf = spec.btf();
        BtfType.Composite holder = (BtfType.Composite) btf.type(spec.last().typeId());
        BtfType.Member member = holder.members().get(spec.last().index());
        int typeId = btf.resolve(member.typeId());
        boolean bitfield = member.bitfieldSize() > 0;
        int size = btf.sizeOf(typeId);
        long offset = spec.bitOffset() / 8;
        long bits = bitfield ? member.bitfieldSize() : 8L * size;
        if (bitfield) {
            size = container(size, spec.bitOffset(), bits);
            if (size == 0) {
                return Measure.bad(Problem.WIDE_BITFIELD);
            }
            offset = offset / size * size;
        }
        long from = spec.bitOffset() - 8 * offset;
        return switch (kind) {
            case FIELD_BYTE_OFFSET -> bitfield ? Measure.of(offset, false) : access(offset, btf, typeId);
            case FIELD_BYTE_SIZE -> Measure.of(size, !bitfield);
            case FIELD_SIGNED -> Measure.of(signed(btf.type(typeId)) ? 1 : 0, true);
            case FIELD_LSHIFT_U64 ->
                shift(
                        btf.byteOrder() == ByteOrder.LITTLE_ENDIAN ? 64 - (from + bits) : (8L - size) * 8 + from,
                        !bitfield);
            default -> shift(64 - bits, true);
        };
    }

    /** A 32-bit number; of fields above 8 bytes, which no shift can extract, it makes no sense but is as libbpf's. */
    private static Measure shift(long bits, boolean validate) {
        return Measure.of(bits & 0xffffffffL, validate);
    }

    /** The smallest power-of-two multiple of the declared size that holds the bits when aligned; 0 above 8 bytes. */
    private static int container(int declared, long bitOffset, long bits) {
        for (int size = declared; size > 0; size *= 2) {
            long from = bitOffset / 8 / size * size;
            if (bitOffset + bits - 8 * from <= 8L * size) {
                return size;
            }
            if (size >= 8) {
                return 0;
            }
        }
        return 0;
    }

    private static boolean signed(BtfType type) {
        return switch (type) {
            case BtfType.Int i -> i.signed();
            case BtfType.Enumeration e -> e.signed();
            default -> false;
        };
    }

    /** How the size of a memory access changes. */
    static CoReFixup.Sizes sizes(Btf local, Measure ours, Btf target, Measure theirs) {
        boolean safe = ours.size() == theirs.size()
                || bothPointers(local.type(ours.typeId()), target.type(theirs.typeId()))
                || neitherSigned(local.type(ours.typeId()), target.type(theirs.typeId()));
        return new CoReFixup.Sizes(ours.size(), theirs.size(), safe);
    }

    private static boolean bothPointers(BtfType a, BtfType b) {
        return a instanceof BtfType.Ptr && b instanceof BtfType.Ptr;
    }

    /** Only the plain signed encoding counts, as libbpf has it: a signed character or boolean does not. */
    private static boolean neitherSigned(BtfType a, BtfType b) {
        return a instanceof BtfType.Int x
                && b instanceof BtfType.Int y
                && x.encoding() != BtfType.Int.SIGNED
                && y.encoding() != BtfType.Int.SIGNED;
    }
}
