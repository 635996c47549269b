package dev.ebpf4j.kernel;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.ebpf4j.error.BpfException;
import dev.ebpf4j.error.Errno;
import dev.ebpf4j.error.MissingObjectException;
import dev.ebpf4j.error.VerifierLog;
import dev.ebpf4j.link.ModuleBtf;
import dev.ebpf4j.maps.BpfMap;
import dev.ebpf4j.plan.LoadPlan;
import dev.ebpf4j.plan.LoadStep;
import dev.ebpf4j.plan.LoadStep.BindMap;
import dev.ebpf4j.plan.LoadStep.CloseMap;
import dev.ebpf4j.plan.LoadStep.CompleteStructOps;
import dev.ebpf4j.plan.LoadStep.CreateMap;
import dev.ebpf4j.plan.LoadStep.CreateStructOps;
import dev.ebpf4j.plan.LoadStep.FillArena;
import dev.ebpf4j.plan.LoadStep.FillMap;
import dev.ebpf4j.plan.LoadStep.FreezeMap;
import dev.ebpf4j.plan.LoadStep.LoadBtf;
import dev.ebpf4j.plan.LoadStep.LoadProgram;
import dev.ebpf4j.plan.LoadStep.MapArena;
import dev.ebpf4j.plan.LoadStep.OpenModuleBtf;
import dev.ebpf4j.plan.LoadStep.OpenPinned;
import dev.ebpf4j.plan.LoadStep.OpenProgram;
import dev.ebpf4j.plan.LoadStep.PutMap;
import dev.ebpf4j.plan.LoadStep.PutProgram;
import dev.ebpf4j.plan.LoadStep.UseMap;
import dev.ebpf4j.spec.MapSpec;
import dev.ebpf4j.spec.ProgramType;
import dev.ebpf4j.sys.BpfAttr;
import dev.ebpf4j.sys.Fd;
import dev.ebpf4j.sys.Sys;
import dev.ebpf4j.sys.Uapi;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** One run of a plan: one step after the other, and if one fails, everything made so far is closed in reverse. */
final class PlanRun {
    private final Sys sys;
    private final Advice advice;
    private final Memlock memlock;
    private final LoadPlan plan;
    private final @Nullable Program[] programs;
    private final Map<ModuleBtf, Fd> modules = new HashMap<>();
    private final Map<Integer, Fd> targets = new HashMap<>();
    private final Deque<AutoCloseable> made = new ArrayDeque<>();
    private final List<String> notes;
    private final MapSteps maps;
    private final Token token;
    private final LoadOptions options;
    private final Map<String, VerifierLog> logs = new HashMap<>();
    private @Nullable Fd btfFd;

    PlanRun(Sys sys, Advice advice, Memlock memlock, LoadPlan plan, LoadOptions options, Token token) {
        this.sys = sys;
        this.advice = advice;
        this.memlock = memlock;
        this.plan = plan;
        this.notes = new ArrayList<>(plan.notes());
        this.maps = new MapSteps(sys, plan.mapSlots(), options, made, notes, token.fd());
        this.token = keep(token);
        this.programs = new Program[plan.object().programs().size()];
        this.options = options;
    }

    LoadedObject run() {
        PreparedObject prepared = prepare();
        try {
            return prepared.load();
        } catch (Throwable failure) {
            undo(failure);
            throw failure;
        }
    }

    /** Runs what comes before the programs. */
    PreparedObject prepare() {
        try {
            checkPolicies();
            plan.steps().subList(0, firstProgram()).forEach(this::runWithMemory);
            return new PreparedObject(this, plan.object(), maps);
        } catch (Throwable failure) {
            undo(failure);
            throw failure;
        }
    }

    private void checkPolicies() {
        List<String> names = plan.object().maps().stream().map(MapSpec::name).toList();
        for (String name : options.pinPolicies().keySet()) {
            if (!names.contains(name)) {
                throw new MissingObjectException(
                        "object '" + plan.object().spec().name() + "'", "map", name, names);
            }
        }
    }

    /** Runs the rest. After a failure everything is as it was before, and this may be called again. */
    LoadedObject load() {
        int prepared = made.size();
        try {
            plan.steps().subList(firstProgram(), plan.steps().size()).forEach(this::runWithMemory);
            maps.takePins();
            modules.values().forEach(Fd::close);
            targets.values().forEach(Fd::close);
            Reports.notes(plan.object().spec().name(), notes);
            return new LoadedObject(plan.object(), maps, programs, made, new LoadedObject.Remarks(notes, logs));
        } catch (Throwable failure) {
            maps.explain(failure);
            Closing.undo(made, prepared, failure);
            throw failure;
        }
    }

    /** Closes all that was made, and removes the pins that were. */
    void undo(Throwable failure) {
        maps.unpin(failure);
        Closing.undo(made, failure);
    }

    private int firstProgram() {
        int first = 0;
        while (first < plan.steps().size() && !(plan.steps().get(first) instanceof LoadProgram)) {
            first++;
        }
        return first;
    }

    /** A refusal may come from the limit of locked memory; then the step is worth a second try. */
    private void runWithMemory(LoadStep step) {
        try {
            run(step);
        } catch (BpfException failure) {
            if (!failure.errno().is(Errno.EPERM) || !memlock.raise()) {
                throw advice.other(failure, types());
            }
            run(step);
        }
    }

    private Set<ProgramType> types() {
        return plan.object().programs().stream()
                .map(program -> program.spec().type())
                .collect(Collectors.toSet());
    }

    private void run(LoadStep step) {
        switch (step) {
            case LoadBtf load -> loadBtf(load);
            case OpenProgram open -> targets.put(open.id(), keep(ProgramCalls.byId(sys, open.id())));
            case OpenModuleBtf open -> modules.put(open.module(), keep(ModuleBtfs.open(sys, open.module())));
            case CreateMap create -> maps.create(create);
            case CreateStructOps create -> maps.create(create, this::moduleFd);
            case CompleteStructOps complete ->
                maps.complete(complete, advice, slot -> program(slot).fd());
            case UseMap use -> maps.use(use);
            case OpenPinned open -> maps.openPinned(open, this::runWithMemory);
            case CloseMap close -> maps.map(close.map()).close();
            case FillMap fill -> maps.fill(fill.map(), fill.contents());
            case MapArena arena -> maps.mapArena(arena);
            case FillArena fill -> maps.fillArena(fill);
            case FreezeMap freeze -> maps.map(freeze.map()).freeze();
            case PutMap put ->
                maps.put(put.outer(), put.key(), maps.map(put.inner()).fd());
            case LoadProgram load -> loadProgram(load);
            case BindMap bind -> bind(program(bind.program()), maps.map(bind.map()));
            case PutProgram put ->
                maps.put(put.map(), put.key(), program(put.program()).fd());
        }
    }

    /** Without type information most objects load too, so a refusal ends the run only if it is required. */
    private void loadBtf(LoadBtf step) {
        byte[] bytes = step.btf().toBytes();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment copy = arena.allocate(bytes.length, Long.BYTES);
            copy.copyFrom(MemorySegment.ofArray(bytes));
            MemorySegment attr = arena.allocate(BpfAttr.BtfLoad.BYTES, Long.BYTES);
            attr.set(JAVA_LONG, BpfAttr.BtfLoad.BTF, copy.address());
            attr.set(JAVA_INT, BpfAttr.BtfLoad.BTF_SIZE, bytes.length);
            if (token.fd() != 0) {
                attr.set(JAVA_INT, BpfAttr.BtfLoad.BTF_FLAGS, Uapi.Flag.BPF_F_TOKEN_FD);
                attr.set(JAVA_INT, BpfAttr.BtfLoad.BTF_TOKEN_FD, token.fd());
            }
            long result = sys.bpf(Uapi.Cmd.BPF_BTF_LOAD, attr, BpfAttr.BtfLoad.BYTES);
            if (result >= 0) {
                btfFd = keep(new Fd(sys, result));
                maps.useTypes(step.btf(), btfFd);
                return;
            }
            BpfException failure = btfFailure(arena, attr, result);
            if (step.required() || isDenied(failure)) {
                throw failure;
            }
            notes.add(failure.getMessage().replaceAll("\\s*\n\\s*", "; ") + "; loaded without it");
        }
    }

    /** Whether the refusal is about the process, and so will meet all else too. */
    private static boolean isDenied(BpfException failure) {
        return failure.errno().is(Errno.EPERM)
                || failure.errno().is(Errno.EACCES)
                || failure.errno().is(Errno.ENOSYS)
                || failure.errno().is(Errno.ENOMEM);
    }

    private void bind(Program program, BpfMap map) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment attr = arena.allocate(BpfAttr.ProgBindMap.BYTES, Long.BYTES);
            attr.set(JAVA_INT, BpfAttr.ProgBindMap.PROG_FD, program.fd());
            attr.set(JAVA_INT, BpfAttr.ProgBindMap.MAP_FD, map.fd());
            long result = sys.bpf(Uapi.Cmd.BPF_PROG_BIND_MAP, attr, BpfAttr.ProgBindMap.BYTES);
            if (result < 0) {
                notes.add("map '" + map.name() + "' is not bound to program '" + program.name() + "': "
                        + Errno.of(result));
            }
        }
    }

    /** Asks once more, for what the kernel has to say. */
    private BpfException btfFailure(Arena arena, MemorySegment attr, long result) {
        MemorySegment log = arena.allocate(64 * 1024);
        attr.set(JAVA_LONG, BpfAttr.BtfLoad.BTF_LOG_BUF, log.address());
        attr.set(JAVA_INT, BpfAttr.BtfLoad.BTF_LOG_SIZE, (int) log.byteSize());
        attr.set(JAVA_INT, BpfAttr.BtfLoad.BTF_LOG_LEVEL, 1);
        long again = sys.bpf(Uapi.Cmd.BPF_BTF_LOAD, attr, BpfAttr.BtfLoad.BYTES);
        if (again >= 0) {
            new Fd(sys, again).close();
        }
        log.set(JAVA_BYTE, log.byteSize() - 1, (byte) 0);
        String reason = log.getString(0).strip();
        String operation = "load the type information of " + plan.object().spec();
        return new BpfException(
                operation,
                Errno.of(result),
                reason.isEmpty()
                        ? ""
                        : "the kernel says: " + reason.lines().toList().getLast());
    }

    private void loadProgram(LoadProgram step) {
        int types = btfFd != null ? btfFd.fd() : 0;
        ProgramLoader loader = new ProgramLoader(sys, advice, options.verifierLogging(), step, token.fd());
        Fd fd = loader.load(slot -> maps.map(slot).fd(), this::moduleFd, this::targetFd, types);
        logs.put(step.linked().name(), loader.log());
        programs[step.program()] = keep(new Program(sys, advice, step.linked().spec(), fd));
    }

    private int targetFd(int id) {
        return Objects.requireNonNull(targets.get(id), "the plan uses a program before it opens it")
                .fd();
    }

    private int moduleFd(ModuleBtf module) {
        return Objects.requireNonNull(modules.get(module), "the plan uses a module before it opens it")
                .fd();
    }

    private Program program(int slot) {
        return Objects.requireNonNull(programs[slot], "the plan uses a program before it loads it");
    }

    private <T extends AutoCloseable> T keep(T resource) {
        made.push(resource);
        return resource;
    }
}
