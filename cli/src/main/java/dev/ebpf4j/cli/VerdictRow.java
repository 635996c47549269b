package dev.ebpf4j.cli;

import dev.ebpf4j.error.Errno;
import dev.ebpf4j.error.VerifierLog.Stats;
import dev.ebpf4j.kernel.ProgramInfo;
import dev.ebpf4j.kernel.ProgramVerdict;
import dev.ebpf4j.spec.ProgramType;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A verdict as a row. Columns that the kernel's {@code veristat} has too have its names and its meaning. */
final class VerdictRow {
    static final String FILE = "file_name";
    static final String PROGRAM = "prog_name";
    static final String VERDICT = "verdict";
    static final String INSNS = "total_insns";
    static final String STATES = "total_states";
    static final String SUCCESS = "success";
    static final String FAILURE = "failure";

    /** All columns in order; durations are the verifier's own, in microseconds. */
    static final List<String> COLUMNS = List.of(
            FILE,
            PROGRAM,
            "prog_type",
            VERDICT,
            "errno",
            "duration",
            INSNS,
            STATES,
            "peak_states",
            "max_states_per_insn",
            "stack_depth",
            "prog_size",
            "prog_size_jited",
            "tag",
            "reason");

    private VerdictRow() {}

    static Map<String, @Nullable Object> of(String file, ProgramVerdict verdict) {
        Stats stats = verdict.log().stats().orElse(null);
        ProgramInfo info = verdict.info();
        ProgramType type = verdict.program().type();
        Map<String, @Nullable Object> row = new LinkedHashMap<>();
        row.put(FILE, file);
        row.put(PROGRAM, verdict.program().name());
        row.put("prog_type", type == ProgramType.UNSPEC ? null : type.name());
        row.put(VERDICT, verdict.accepted() ? SUCCESS : FAILURE);
        row.put("errno", verdict.errno().map(Errno::name).orElse(null));
        row.put("duration", stats == null ? null : known(stats.micros()));
        row.put(INSNS, stats == null ? null : known(stats.instructions()));
        row.put(STATES, stats == null ? null : known(stats.totalStates()));
        row.put("peak_states", stats == null ? null : known(stats.peakStates()));
        row.put("max_states_per_insn", stats == null ? null : known(stats.maxStates()));
        row.put("stack_depth", stats == null ? null : known(stats.stackDepth()));
        row.put("prog_size", verdict.size() == 0 ? null : verdict.size());
        row.put("prog_size_jited", info == null ? null : info.jitedLength());
        row.put("tag", info == null ? null : info.tag());
        row.put("reason", verdict.accepted() ? null : verdict.reason());
        return row;
    }

    /** The kernel tells some figures only from some version on. */
    private static @Nullable Object known(long figure) {
        return figure < 0 ? null : figure;
    }
}
