package dev.ebpf4j.kernel;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;

import dev.ebpf4j.btf.Btf;
import dev.ebpf4j.error.BpfException;
import dev.ebpf4j.error.Errno;
import dev.ebpf4j.link.LinkedObject;
import dev.ebpf4j.link.ModuleBtf;
import dev.ebpf4j.maps.ArenaMap;
import dev.ebpf4j.maps.BpfMap;
import dev.ebpf4j.maps.KernelValue;
import dev.ebpf4j.maps.MapCreation;
import dev.ebpf4j.maps.MapMismatchException;
import dev.ebpf4j.maps.MapOpener;
import dev.ebpf4j.maps.PinPolicy;
import dev.ebpf4j.maps.Pins;
import dev.ebpf4j.plan.LoadStep;
import dev.ebpf4j.plan.LoadStep.CompleteStructOps;
import dev.ebpf4j.plan.LoadStep.CompleteStructOps.FunctionAt;
import dev.ebpf4j.plan.LoadStep.CreateMap;
import dev.ebpf4j.plan.LoadStep.CreateStructOps;
import dev.ebpf4j.plan.LoadStep.FillArena;
import dev.ebpf4j.plan.LoadStep.MapArena;
import dev.ebpf4j.plan.LoadStep.OpenPinned;
import dev.ebpf4j.plan.LoadStep.UseMap;
import dev.ebpf4j.spec.Bytes;
import dev.ebpf4j.spec.MapType;
import dev.ebpf4j.sys.Fd;
import dev.ebpf4j.sys.Sys;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.IntUnaryOperator;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/** The steps of a plan that are about maps. */
final class MapSteps {
    private final Sys sys;
    private final LoadOptions options;
    private final Deque<AutoCloseable> made;
    private final List<String> notes;
    private final int token;
    private final List<BpfException> refusals = new ArrayList<>();
    private final Pins pins;
    private final MapOpener opener;
    private final PinReplacements replacements;
    private final Deque<AutoCloseable> pinned = new ArrayDeque<>();
    private final @Nullable BpfMap[] maps;
    private final Map<Integer, StructOpsMap> structOps = new TreeMap<>();
    private final Map<String, MappedArena> arenas = new HashMap<>();
    private final Set<Integer> found = new HashSet<>();
    private @Nullable Btf btf;
    private int btfFd;

    /**
     * An arena in memory.
     *
     * @param variables where the object's global variables begin in it, in bytes
     */
    record MappedArena(ArenaMap arena, long variables) {}

    /**
     * @param options maps that the caller brings along, and what to do where other maps are pinned than wanted
     * @param made where to put what is to be closed with the object
     * @param token descriptor of what gives the right to create maps, 0 for none
     * @param notes where to tell what was done otherwise than planned
     */
    MapSteps(Sys sys, int slots, LoadOptions options, Deque<AutoCloseable> made, List<String> notes, int token) {
        this.sys = sys;
        this.notes = notes;
        this.token = token;
        this.options = options;
        this.made = made;
        this.pins = new Pins(sys);
        this.opener = new MapOpener(sys);
        this.replacements = new PinReplacements(pins);
        this.maps = new BpfMap[slots];
    }

    /** Has the maps that are created from now on tell their types. */
    void useTypes(Btf types, Fd fd) {
        btf = types;
        btfFd = fd.fd();
    }

    /** Returns the object's maps by name, in its order, without those that were not made. */
    Map<String, BpfMap> byName(LinkedObject object) {
        Map<String, BpfMap> named = new LinkedHashMap<>();
        for (int slot = 0; slot < object.maps().size(); slot++) {
            BpfMap map = maps[slot];
            if (map != null) {
                named.put(object.maps().get(slot).name(), map);
            }
        }
        return named;
    }

    /** Tells a later failure of the types that the kernel refused: a program may have needed them. */
    void explain(Throwable failure) {
        refusals.forEach(failure::addSuppressed);
    }

    /** Returns the arenas that are mapped, by name. */
    Map<String, MappedArena> arenas() {
        return arenas;
    }

    BpfMap map(int slot) {
        return Objects.requireNonNull(maps[slot], "the plan uses a map before it creates it");
    }

    void create(CreateMap step) {
        int innerFd = step.inner() == LoadStep.NO_SLOT ? 0 : map(step.inner()).fd();
        int types = step.withBtf() ? btfFd : 0;
        try {
            keep(step.map(), create(step, innerFd, types));
        } catch (BpfException refusal) {
            if (types == 0 || needsTypes(step.spec().type()) || isDenied(refusal.errno())) {
                throw refusal;
            }
            keep(step.map(), create(step, innerFd, 0));
            refusals.add(refusal);
            notes.add("map '" + step.spec().name() + "' was created without the types of its keys and values, which the"
                    + " kernel refused with " + refusal.errno().name());
        }
    }

    private BpfMap create(CreateMap step, int innerFd, int types) {
        MapCreation creation = new MapCreation(step.kernelName(), btf, types, innerFd, token, step.exclusiveTo());
        return opener.create(step.spec(), creation);
    }

    /** The kernel knows where to put local storage by its types alone. */
    private static boolean needsTypes(MapType type) {
        return switch (type) {
            case SK_STORAGE, INODE_STORAGE, TASK_STORAGE, CGRP_STORAGE, STRUCT_OPS -> true;
            default -> false;
        };
    }

    /** Whether the refusal is about the process or the machine, and not about this map. */
    private static boolean isDenied(Errno errno) {
        return errno.is(Errno.EPERM) || errno.is(Errno.EACCES) || errno.is(Errno.ENOMEM);
    }

    void create(CreateStructOps step, ToIntFunction<ModuleBtf> moduleFd) {
        ModuleBtf module = step.operations().module();
        KernelValue value = new KernelValue(
                step.operations().valueTypeId(), module == null ? 0 : moduleFd.applyAsInt(module), btfFd, token);
        keep(step.map(), opener.createStructOps(step.spec(), step.kernelName(), value));
    }

    /** The kernel takes each function as the descriptor of its program, in the place of a pointer. */
    void complete(CompleteStructOps step, Advice advice, IntUnaryOperator programFd) {
        byte[] value = step.value().toArray();
        MemorySegment segment = MemorySegment.ofArray(value);
        for (FunctionAt function : step.functions()) {
            segment.set(JAVA_LONG_UNALIGNED, function.offset(), programFd.applyAsInt(function.program()));
        }
        structOps.put(step.map(), new StructOpsMap(sys, advice, map(step.map()), value));
    }

    /** The kernel operations that are complete. */
    List<StructOpsMap> structOps() {
        return List.copyOf(structOps.values());
    }

    void use(UseMap step) {
        BpfMap map = options.reusedMaps().get(step.spec().name());
        if (map == null) {
            throw new IllegalArgumentException("the plan uses a given map '"
                    + step.spec().name() + "', and the load options give none of that name");
        }
        keep(step.map(), MapOpener.duplicate(map, step.spec(), btf));
        found.add(step.map());
    }

    /** An arena that was there before and is mapped elsewhere has its address: programs can use it all the same. */
    void mapArena(MapArena step) {
        try {
            ArenaMap arena = ArenaMap.open(map(step.map()));
            made.push(arena);
            arenas.put(map(step.map()).name(), new MappedArena(arena, step.variables()));
        } catch (BpfException e) {
            if (!found.contains(step.map())) {
                throw e;
            }
        }
    }

    void fillArena(FillArena step) {
        if (found.contains(step.map())) {
            return;
        }
        MappedArena arena =
                Objects.requireNonNull(arenas.get(map(step.map()).name()), "the plan fills an arena before it maps it");
        byte[] contents = step.contents().toArray();
        MemorySegment.copy(contents, 0, arena.arena().memory(), JAVA_BYTE, step.offset(), contents.length);
    }

    /** Opens what is pinned, or creates and pins; whoever is overtaken by another process while creating opens after all. */
    void openPinned(OpenPinned step, Consumer<LoadStep> run) {
        try {
            if (tryOpen(step)) {
                return;
            }
        } catch (MapMismatchException mismatch) {
            replace(step, run, mismatch);
            return;
        }
        step.creation().forEach(run);
        BpfMap map = map(step.map());
        List<String> directories = pins.pin(map.fd(), "map '" + map.name() + "'", step.path());
        if (directories != null) {
            pinned.push(() -> unpin(step.path(), directories));
            return;
        }
        map.close();
        if (!tryOpen(step)) {
            throw new BpfException("pin map '" + map.name() + "' at " + step.path(), Errno.of(Errno.EEXIST));
        }
    }

    private void replace(OpenPinned step, Consumer<LoadStep> run, MapMismatchException mismatch) {
        PinPolicy policy = options.pinPolicies().getOrDefault(step.spec().name(), PinPolicy.FAIL);
        if (policy instanceof PinPolicy.Fail) {
            throw mismatch;
        }
        BpfMap old = opener.openPinned(step.path());
        made.push(old);
        step.creation().forEach(run);
        BpfMap created = map(step.map());
        if (policy instanceof PinPolicy.Migrate migrate) {
            migrate.migration().migrate(old, created);
        }
        pinned.push(replacements.prepare(old, created, step.path()));
        notes.add(
                "map '" + created.name() + "' takes the pin " + step.path() + " of another map:\n" + mismatch.table());
    }

    /** Gives new maps the pins of those that they replace, all or none. */
    void takePins() {
        replacements.commit();
    }

    private boolean tryOpen(OpenPinned step) {
        BpfMap map = opener.openPinned(step.path(), step.spec(), btf);
        if (map == null) {
            return false;
        }
        keep(step.map(), map);
        found.add(step.map());
        return true;
    }

    private void unpin(String path, List<String> directories) {
        pins.remove(path);
        pins.removeDirectories(directories);
    }

    /** Removes the pins that this run made, for when it fails; not those that it found. */
    void unpin(Throwable failure) {
        Closing.undo(pinned, failure);
    }

    void fill(int slot, Bytes contents) {
        BpfMap map = map(slot);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment key = arena.allocate(JAVA_INT);
            MemorySegment values = arena.allocate(contents.size(), Long.BYTES);
            values.copyFrom(MemorySegment.ofArray(contents.toArray()));
            long step = map.valueSize();
            for (int i = 0; i * step < values.byteSize(); i++) {
                key.set(JAVA_INT, 0, i);
                map.update(key, values.asSlice(i * step, step), BpfMap.ANY);
            }
        }
    }

    void put(int slot, int key, int fd) {
        try (Arena arena = Arena.ofConfined()) {
            map(slot).update(arena.allocateFrom(JAVA_INT, key), arena.allocateFrom(JAVA_INT, fd), BpfMap.ANY);
        }
    }

    private void keep(int slot, BpfMap map) {
        made.push(map);
        maps[slot] = map;
    }
}
