package dev.ebpf4j.elf;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/**
 * Puts the contents of the inputs together and moves their relocations along. What refers to a section, and not to a symbol
 * in it, carries its offset in the instruction or word itself, which has to grow by the place that the section got.
 */
final class LinkContents {
    private static final int INSN_BYTES = 8;
    private static final int CALL = 0x85;
    private static final int WIDE_LOAD = 0x18;

    // the kinds of relocations that compilers write into BPF objects
    private static final int R_BPF_64_64 = 1;
    private static final int R_BPF_64_ABS64 = 2;
    private static final int R_BPF_64_ABS32 = 3;
    private static final int R_BPF_64_32 = 10;

    private final ByteOrder order;
    private final LinkLayout layout;
    private final LinkSymbols symbols;

    LinkContents(ByteOrder order, LinkLayout layout, LinkSymbols symbols) {
        this.order = order;
        this.layout = layout;
        this.symbols = symbols;
    }

    /** Returns a section of the output, whole. */
    ElfImage.Section section(LinkLayout.Out out) {
        ByteBuffer bytes = ByteBuffer.allocate((int) out.size()).order(order);
        List<ElfImage.Relocation> relocations = new ArrayList<>();
        for (LinkLayout.Piece piece : out.pieces()) {
            bytes.put((int) piece.offset(), piece.section().toArray());
            for (LinkFile.Rel rel : piece.file().relocations(piece.section())) {
                check(piece, rel);
                move(piece, rel, bytes);
                int symbol = symbols.number(piece.file(), rel.symbol());
                relocations.add(new ElfImage.Relocation(piece.offset() + rel.offset(), symbol, rel.type()));
            }
        }
        return out.image(bytes.array(), relocations);
    }

    private static void check(LinkLayout.Piece piece, LinkFile.Rel rel) {
        int bytes = switch (rel.type()) {
            case R_BPF_64_64 -> 2 * INSN_BYTES;
            case R_BPF_64_ABS64, R_BPF_64_32 -> Long.BYTES;
            case R_BPF_64_ABS32 -> Integer.BYTES;
            default ->
                throw piece.file()
                        .error(
                                piece.section(),
                                "has a relocation of kind " + Integer.toUnsignedString(rel.type())
                                        + " at byte " + rel.offset()
                                        + "; BPF objects have kinds 1, 2, 3 and 10");
        };
        if (rel.offset() < 0 || rel.offset() > piece.section().bytes().capacity() - bytes) {
            throw piece.file()
                    .error(
                            piece.section(),
                            "has a relocation for byte " + Long.toUnsignedString(rel.offset()) + " of "
                                    + piece.section().size());
        }
    }

    private void move(LinkLayout.Piece piece, LinkFile.Rel rel, ByteBuffer bytes) {
        ElfSymbol symbol = piece.file().file().symbols().get(rel.symbol());
        if (symbol.type() != ElfSymbol.SECTION) {
            return;
        }
        LinkLayout.Place start = layout.place(piece.file(), symbol.section(), 0);
        int by = start == null ? 0 : (int) start.offset();
        int at = (int) (piece.offset() + rel.offset());
        switch (rel.type()) {
            case R_BPF_64_64 -> {
                if (Byte.toUnsignedInt(bytes.get(at)) != WIDE_LOAD) {
                    throw piece.file().error(piece.section(), "has no 64-bit load at byte " + rel.offset());
                }
                grow(bytes, at + 4, by);
            }
            case R_BPF_64_32 -> {
                boolean call = Byte.toUnsignedInt(bytes.get(at)) == CALL;
                grow(bytes, at + 4, call ? by / INSN_BYTES : by);
            }
            case R_BPF_64_ABS64 -> bytes.putLong(at, bytes.getLong(at) + by);
            default -> grow(bytes, at, by);
        }
    }

    private static void grow(ByteBuffer bytes, int at, int by) {
        bytes.putInt(at, bytes.getInt(at) + by);
    }
}
