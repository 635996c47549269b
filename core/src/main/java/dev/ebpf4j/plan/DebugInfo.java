package dev.ebpf4j.plan;

import dev.ebpf4j.link.LinkedProgram;
import dev.ebpf4j.link.LinkedProgram.FunctionStart;
import dev.ebpf4j.spec.Bytes;
import dev.ebpf4j.spec.SourceLine;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Where functions and source lines begin, in the records that loading a program takes ({@code linux/bpf.h}):
 *
 * <pre>
 *   struct bpf_func_info { u32 insn_off; u32 type_id; };
 *   struct bpf_line_info { u32 insn_off; u32 file_name_off; u32 line_off; u32 line_col; };   line &lt;&lt; 10 | column
 * </pre>
 */
final class DebugInfo {
    private static final int COLUMN_BITS = 10;

    private DebugInfo() {}

    static Bytes functions(LinkedProgram program, ByteOrder order) {
        ByteBuffer out = ByteBuffer.allocate(program.functions().size() * LoadStep.LoadProgram.FUNC_INFO_BYTES)
                .order(order);
        for (FunctionStart function : program.functions()) {
            out.putInt(function.slot()).putInt(function.typeId());
        }
        return Bytes.of(out.array());
    }

    static Bytes lines(LinkedProgram program, ByteOrder order) {
        ByteBuffer out = ByteBuffer.allocate(program.lines().size() * LoadStep.LoadProgram.LINE_INFO_BYTES)
                .order(order);
        for (SourceLine line : program.lines()) {
            int column = line.column() < 1 << COLUMN_BITS ? line.column() : 0;
            out.putInt(line.slot())
                    .putInt(line.fileName())
                    .putInt(line.text())
                    .putInt(line.line() << COLUMN_BITS | column);
        }
        return Bytes.of(out.array());
    }
}
