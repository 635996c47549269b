package dev.ebpf4j.kernel;

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
import dev.ebpf4j.link.LinkedProgram.Target;
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
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.IntUnaryOperator;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/** Loads one program: what the kernel gets, and what its refusal means. For one thread. */
final class ProgramLoader {
    private final Sys sys;
    private final Advice advice;
    private final VerifierLogging logging;
    private final LoadProgram step;
    private final int token;
    private final LinkedProgram program;
    private VerifierLog log = VerifierLog.EMPTY;

    ProgramLoader(Sys sys, Advice advice, VerifierLogging logging, LoadProgram step, int token) {
        this.sys = sys;
        this.advice = advice;
        this.logging = logging;
        this.step = step;
        this.token = token;
        this.program = step.linked();
    }

    /**
     * Loads the program.
     *
     * @param mapFd descriptor of the map in a slot
     * @param moduleFd descriptor of a module's type information
     * @param programFd descriptor of a program that was loaded before, by its id
     * @param btfFd descriptor of the object's type information, 0 without
     * @return the program's descriptor, which the caller closes
     */
    Fd load(IntUnaryOperator mapFd, ToIntFunction<ModuleBtf> moduleFd, IntUnaryOperator programFd, int btfFd) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment attr = attr(arena, code(mapFd, moduleFd), btfFd);
            putModules(arena, attr, moduleFd);
            if (program.spec().attachProgram() != 0) {
                attr.set(
                        JAVA_INT,
                        ProgLoad.ATTACH_PROG_FD,
                        programFd.applyAsInt(program.spec().attachProgram()));
            }
            VerifierDialogue dialogue =
                    new VerifierDialogue(sys, logging.with(program.spec().logLevel()), attr);
            long result = dialogue.ask();
            Fd fd = result < 0 ? null : new Fd(sys, result);
            log = VerifierLog.parse(dialogue.text());
            tell(fd);
            if (fd == null) {
                throw failure(dialogue, log, result);
            }
            return fd;
        }
    }

    /** What the verifier wrote; empty if it was not asked to, and accepted the program. */
    VerifierLog log() {
        return log;
    }

    private void tell(@Nullable Fd fd) {
        BiConsumer<String, VerifierLog> listener = logging.listener();
        if (listener == null) {
            return;
        }
        try {
            listener.accept(program.name(), log);
        } catch (RuntimeException e) {
            if (fd != null) {
                fd.close();
            }
            throw e;
        }
    }

    private MemorySegment attr(Arena arena, long[] code, int btfFd) {
        ProgramSpec spec = program.spec();
        MemorySegment attr = arena.allocate(ProgLoad.BYTES, Long.BYTES);
        attr.set(JAVA_INT, ProgLoad.PROG_TYPE, spec.type().number());
        attr.set(JAVA_INT, ProgLoad.EXPECTED_ATTACH_TYPE, attachType());
        attr.set(JAVA_INT, ProgLoad.PROG_FLAGS, spec.flags());
        attr.set(JAVA_INT, ProgLoad.KERN_VERSION, step.kernelVersion());
        attr.set(JAVA_INT, ProgLoad.ATTACH_BTF_ID, program.target().btfId());
        attr.set(JAVA_INT, ProgLoad.INSN_CNT, code.length);
        attr.set(JAVA_LONG, ProgLoad.INSNS, arena.allocateFrom(JAVA_LONG, code).address());
        attr.set(JAVA_LONG, ProgLoad.LICENSE, arena.allocateFrom(step.license()).address());
        attr.setString(ProgLoad.PROG_NAME, step.kernelName());
        if (token != 0) {
            attr.set(JAVA_INT, ProgLoad.PROG_FLAGS, spec.flags() | Uapi.Flag.BPF_F_TOKEN_FD);
            attr.set(JAVA_INT, ProgLoad.PROG_TOKEN_FD, token);
        }
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

    /** Of kernel operations, the kernel takes the number of the function in its place. */
    private int attachType() {
        int member = program.target().member();
        return member == Target.NO_MEMBER ? program.spec().attachType().number() : member;
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

    private BpfException failure(VerifierDialogue dialogue, VerifierLog log, long result) {
        if (dialogue.wantedBytes() > 0 && result == -Errno.ENOSPC) {
            String more = dialogue.wantedBytes() > 1 ? "; it has " + dialogue.wantedBytes() + " bytes" : "";
            return new BpfException(
                    "load program '" + program.name() + "'",
                    Errno.of(result),
                    "the verifier's log does not fit the memory that was given for it" + more);
        }
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
