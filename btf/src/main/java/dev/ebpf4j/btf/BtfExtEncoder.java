package dev.ebpf4j.btf;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;

/** Records to the bytes of .BTF.ext, the reverse of {@link BtfExtDecoder}; laid out as LLVM does. */
final class BtfExtEncoder {
    private static final int HEADER = 32;
    private static final int FUNC_INFO = 8;
    private static final int LINE_INFO = 16;
    private static final int CORE_RELO = 16;
    private static final int LINE_MAX = 0x3fffff;
    private static final int COLUMN_MAX = 0x3ff;

    private final BtfBuilder btf;

    BtfExtEncoder(BtfBuilder btf) {
        this.btf = btf;
    }

    byte[] encode(
            Map<String, List<FuncInfo>> functions,
            Map<String, List<LineInfo>> lines,
            Map<String, List<CoReRelo>> relocations) {
        byte[] first = part(functions, FUNC_INFO, this::function);
        byte[] second = part(lines, LINE_INFO, this::line);
        byte[] third = relocations.isEmpty() ? new byte[0] : part(relocations, CORE_RELO, this::relocation);
        ByteBuffer bytes = ByteBuffer.allocate(HEADER + first.length + second.length + third.length);
        bytes.order(btf.order())
                .putShort((short) BtfHeader.MAGIC)
                .put((byte) BtfHeader.VERSION)
                .put((byte) 0);
        bytes.putInt(HEADER).putInt(0).putInt(first.length).putInt(first.length).putInt(second.length);
        bytes.putInt(first.length + second.length).putInt(third.length);
        return bytes.put(first).put(second).put(third).array();
    }

    /** Record size, then per section its name, the number of records, and these. */
    private <T> byte[] part(Map<String, List<T>> sections, int size, BiConsumer<ByteBuffer, T> writer) {
        ByteOrder order = btf.order();
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(ByteBuffer.allocate(4).order(order).putInt(size).array());
        sections.forEach((section, records) -> {
            ByteBuffer bytes = ByteBuffer.allocate(8 + size * records.size()).order(order);
            bytes.putInt(btf.addString(section)).putInt(records.size());
            records.forEach(each -> writer.accept(bytes, each));
            out.writeBytes(bytes.array());
        });
        return out.toByteArray();
    }

    private void function(ByteBuffer bytes, FuncInfo info) {
        bytes.putInt(info.insnOffset()).putInt(info.typeId());
    }

    private void line(ByteBuffer bytes, LineInfo info) {
        if (info.line() < 0 || info.line() > LINE_MAX || info.column() < 0 || info.column() > COLUMN_MAX) {
            throw new IllegalArgumentException("line " + info.line() + ", column " + info.column() + ", at most "
                    + LINE_MAX + " and " + COLUMN_MAX);
        }
        bytes.putInt(info.insnOffset()).putInt(info.fileNameOffset()).putInt(info.lineOffset());
        bytes.putInt((info.line() << 10) | info.column());
    }

    private void relocation(ByteBuffer bytes, CoReRelo relo) {
        bytes.putInt(relo.insnOffset()).putInt(relo.typeId()).putInt(btf.addString(relo.access()));
        bytes.putInt(relo.kind().number());
    }
}
