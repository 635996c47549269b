package dev.ebpf4j.kernel;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.ebpf4j.error.BpfException;
import dev.ebpf4j.error.Errno;
import dev.ebpf4j.error.VerifierException;
import dev.ebpf4j.error.VerifierLog;
import dev.ebpf4j.insn.CodeEditor;
import dev.ebpf4j.insn.Slots;
import dev.ebpf4j.link.LinkedProgram;
import dev.ebpf4j.link.LinkedProgram.MapUse;
import dev.ebpf4j.link.LinkedProgram.ModuleUse;
import dev.ebpf4j.link.LinkedProgram.Poison;
import dev.ebpf4j.link.ModuleBtf;
import dev.ebpf4j.plan.LoadStep.LoadProgram;
import dev.ebpf4j.spec.Bytes;
import dev.ebpf4j.spec.ProgramSpec;
import dev.ebpf4j.sys.BpfAttr.ProgLoad;
import dev.ebpf4j.sys.Fd;
import dev.ebpf4j.sys.Sys;
import dev.ebpf4j.sys.Uapi;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.IntUnaryOperator;
import java.util.function.ToIntFunction;

/**
 * Loads one program: first without a log, which is fastest; if that fails, once more for the log, in a buffer that grows
 * until the log fits.
 */
final class ProgramLoader {
    private static final int TRIES_WHILE_BUSY = 5;
    private static final int LOG_LEVEL = 1;
    private static final int FIRST_LOG_BYTES = 64 * 1024;
    /** Older kernels take no larger buffer; newer ones keep the end of a longer log, where the reason stands. */
    private static final int MOST_LOG_BYTES = 0xff_ffff;

    private final Sys sys;
    private final Advice advice;
    private final LoadProgram step;
    private final LinkedProgram program;

    ProgramLoader(Sys sys, Advice advice, LoadProgram step) {
        this.sys = sys;
        this.advice = advice;
        this.step = step;
        this.program = step.linked();
    }

    /**
     * Loads the program.
     *
     * @param mapFd descriptor of the map in a slot
     * @param moduleFd descriptor of a module's type information
     * @param btfFd descriptor of the object's type information, 0 without
     * @return the program's descriptor, which the caller closes
     */
    Fd load(IntUnaryOperator mapFd, ToIntFunction<ModuleBtf> moduleFd, int btfFd) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment attr = attr(arena, code(mapFd, moduleFd), btfFd);
            putModules(arena, attr, moduleFd);
            long result = call(attr);
            for (int i = 1; result == -Errno.EAGAIN && i < TRIES_WHILE_BUSY; i++) {
                result = call(attr);
            }
            return new Fd(sys, result >= 0 ? result : again(attr, result));
        }
    }

    private long call(MemorySegment attr) {
        return sys.bpf(Uapi.Cmd.BPF_PROG_LOAD, attr, ProgLoad.BYTES);
    }

    private MemorySegment attr(Arena arena, long[] code, int btfFd) {
        ProgramSpec spec = program.spec();
        MemorySegment attr = arena.allocate(ProgLoad.BYTES, Long.BYTES);
        attr.set(JAVA_INT, ProgLoad.PROG_TYPE, spec.type().number());
        attr.set(JAVA_INT, ProgLoad.EXPECTED_ATTACH_TYPE, spec.attachType().number());
        attr.set(JAVA_INT, ProgLoad.PROG_FLAGS, spec.flags());
        attr.set(JAVA_INT, ProgLoad.KERN_VERSION, step.kernelVersion());
        attr.set(JAVA_INT, ProgLoad.ATTACH_BTF_ID, program.target().btfId());
        attr.set(JAVA_INT, ProgLoad.INSN_CNT, code.length);
        attr.set(JAVA_LONG, ProgLoad.INSNS, arena.allocateFrom(JAVA_LONG, code).address());
        attr.set(JAVA_LONG, ProgLoad.LICENSE, arena.allocateFrom(step.license()).address());
        attr.setString(ProgLoad.PROG_NAME, step.kernelName());
        if (step.withBtf() && btfFd != 0) {
            attr.set(JAVA_INT, ProgLoad.PROG_BTF_FD, btfFd);
            putRecords(arena, attr, step.funcInfo(), LoadProgram.FUNC_INFO_BYTES, ProgLoad.FUNC_INFO_REC_SIZE);
            putRecords(arena, attr, step.lineInfo(), LoadProgram.LINE_INFO_BYTES, ProgLoad.LINE_INFO_REC_SIZE);
        }
        return attr;
    }

    /** Record size, address and count stand 0, 4 and 12 bytes behind {@code field}, for both kinds of records. */
    private static void putRecords(Arena arena, MemorySegment attr, Bytes records, int size, int field) {
        if (records.size() == 0) {
            return;
        }
        MemorySegment copy = arena.allocate(records.size(), Long.BYTES);
        copy.copyFrom(MemorySegment.ofArray(records.toArray()));
        attr.set(JAVA_INT, field, size);
        attr.set(JAVA_LONG, field + 4L, copy.address());
        attr.set(JAVA_INT, field + 12L, records.size() / size);
    }

    /** The BTF that the target's id is of, and the list that calls of modules' functions refer to; 0 is the kernel's own. */
    private void putModules(Arena arena, MemorySegment attr, ToIntFunction<ModuleBtf> moduleFd) {
        ModuleBtf owner = program.target().module();
        if (owner != null) {
            attr.set(JAVA_INT, ProgLoad.ATTACH_BTF_OBJ_FD, moduleFd.applyAsInt(owner));
        }
        List<ModuleBtf> modules = program.modules();
        if (!program.moduleUses().isEmpty()) {
            MemorySegment fds = arena.allocate(JAVA_INT, 1 + modules.size());
            for (int i = 0; i < modules.size(); i++) {
                fds.setAtIndex(JAVA_INT, 1 + i, moduleFd.applyAsInt(modules.get(i)));
            }
            attr.set(JAVA_LONG, ProgLoad.FD_ARRAY, fds.address());
        }
    }

    /** The only place where descriptors meet instructions. */
    private long[] code(IntUnaryOperator mapFd, ToIntFunction<ModuleBtf> moduleFd) {
        CodeEditor editor = program.code().edit();
        for (MapUse use : program.mapUses()) {
            editor.setImm(use.slot(), mapFd.applyAsInt(use.map()));
        }
        List<ModuleBtf> modules = program.modules();
        for (ModuleUse use : program.moduleUses()) {
            if (Slots.isLoadImm64(editor.slot(use.slot()))) {
                editor.setImm(use.slot() + 1, moduleFd.applyAsInt(use.module()));
            } else {
                editor.setOff(use.slot(), 1 + modules.indexOf(use.module()));
            }
        }
        return editor.toCode().toArray();
    }

    /** Tries again with a log; throws what it tells, unless this time the program is accepted. */
    private long again(MemorySegment attr, long firstResult) {
        int size = FIRST_LOG_BYTES;
        while (true) {
            try (Arena arena = Arena.ofConfined()) {
                MemorySegment log = arena.allocate(size);
                attr.set(JAVA_INT, ProgLoad.LOG_LEVEL, LOG_LEVEL);
                attr.set(JAVA_INT, ProgLoad.LOG_SIZE, size);
                attr.set(JAVA_LONG, ProgLoad.LOG_BUF, log.address());
                attr.set(JAVA_INT, ProgLoad.LOG_TRUE_SIZE, 0);
                long result = call(attr);
                if (result >= 0) {
                    return result;
                }
                int larger = larger(size, attr.get(JAVA_INT, ProgLoad.LOG_TRUE_SIZE), result);
                if (larger == size) {
                    throw failure(firstResult, text(log));
                }
                size = larger;
            }
        }
    }

    /** The size to try next; the same again if this one did, or nothing larger is allowed. */
    private static int larger(int size, int trueSize, long result) {
        long wanted = size;
        if (Integer.toUnsignedLong(trueSize) > size) {
            wanted = Integer.toUnsignedLong(trueSize);
        } else if (trueSize == 0 && result == -Errno.ENOSPC) {
            wanted = size * 2L;
        }
        return (int) Math.min(wanted, MOST_LOG_BYTES);
    }

    /** Up to the first zero; a log that was cut need not have one. */
    private static String text(MemorySegment log) {
        byte[] bytes = log.toArray(JAVA_BYTE);
        int end = 0;
        while (end < bytes.length && bytes[end] != 0) {
            end++;
        }
        return new String(bytes, 0, end, StandardCharsets.UTF_8);
    }

    private BpfException failure(long result, String text) {
        VerifierLog log = VerifierLog.parse(text);
        boolean judged = !log.reason().isEmpty() || !log.instructions().isEmpty();
        return judged
                ? new VerifierException(program.name(), Errno.of(result), log, poisonAt(log))
                : advice.program(program.name(), program.spec().type(), result);
    }

    /** What the linker could not find for the instruction that the verifier stumbled over; empty if it is not one of those. */
    private String poisonAt(VerifierLog log) {
        return log.last()
                .flatMap(last -> program.poisons().stream()
                        .filter(poison -> poison.slot() == last.slot())
                        .map(Poison::reason)
                        .findFirst())
                .orElse("");
    }
}
