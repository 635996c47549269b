package dev.ebpf4j.kernel;

import dev.ebpf4j.attach.Link;
import dev.ebpf4j.btf.Btf;
import dev.ebpf4j.codec.Codec;
import dev.ebpf4j.codec.TypeRef;
import dev.ebpf4j.error.MissingObjectException;
import dev.ebpf4j.error.VerifierLog;
import dev.ebpf4j.kernel.MapSteps.MappedArena;
import dev.ebpf4j.link.LinkedObject;
import dev.ebpf4j.maps.ArenaMap;
import dev.ebpf4j.maps.BpfMap;
import dev.ebpf4j.maps.DataSection;
import dev.ebpf4j.maps.GlobalVariable;
import dev.ebpf4j.maps.Pins;
import dev.ebpf4j.spec.MapType;
import dev.ebpf4j.spec.ObjectSpec;
import dev.ebpf4j.spec.ProgramType;
import dev.ebpf4j.spec.VariableSpec;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An object that stands in the kernel: its programs and maps. Closing it detaches what is still attached and closes
 * programs and maps, in the reverse of the order in which they came. Safe for many threads; close it when no other thread
 * uses one of its parts.
 */
public final class LoadedObject implements AutoCloseable {
    private final LinkedObject linked;
    private final Map<String, BpfMap> maps;
    private final Map<String, Program> programs;
    private final Map<String, StructOpsMap> structOps = new LinkedHashMap<>();
    private final Map<String, VariableSpec> variables = new LinkedHashMap<>();
    private final Map<String, DataSection> sections = new HashMap<>();
    private final Map<String, MappedArena> arenas;
    private final Deque<AutoCloseable> made;
    private final Remarks remarks;

    /** Takes over {@code made}, the newest first. Slots that the plan left empty, or that only it used, have no name. */
    LoadedObject(
            LinkedObject linked,
            MapSteps mapSteps,
            @Nullable Program[] programSlots,
            Deque<AutoCloseable> made,
            Remarks remarks) {
        this.linked = linked;
        this.arenas = Map.copyOf(mapSteps.arenas());
        this.made = new ArrayDeque<>(made);
        this.remarks = remarks;
        this.maps = mapSteps.byName(linked);
        this.programs = new LinkedHashMap<>();
        mapSteps.structOps().forEach(each -> structOps.put(each.name(), each));
        linked.variables().forEach(variable -> variables.put(variable.name(), variable));
        for (Program program : programSlots) {
            if (program != null) {
                programs.put(program.name(), program);
            }
        }
    }

    /** {@return the spec that the object was made from} */
    public ObjectSpec spec() {
        return linked.spec();
    }

    /** {@return a line for each thing that this kernel lacks or refused and that was done otherwise; most often none} */
    public List<String> notes() {
        return remarks.notes();
    }

    /**
     * {@return what the verifier wrote about a program that it accepted; empty if it was not asked to}
     *
     * @param program its name in the object
     * @throws MissingObjectException if there is none, or it was not to be loaded
     */
    public VerifierLog verifierLog(String program) {
        return remarks.logs().getOrDefault(program(program).name(), VerifierLog.EMPTY);
    }

    /**
     * What there is to say about how it was loaded.
     *
     * @param notes a line for each thing that was done otherwise
     * @param logs what the verifier wrote, by the names of the programs
     */
    record Remarks(List<String> notes, Map<String, VerifierLog> logs) {
        Remarks {
            notes = List.copyOf(notes);
            logs = Map.copyOf(logs);
        }
    }

    /**
     * {@return a program}
     *
     * @param name its name in the object
     * @throws MissingObjectException if there is none, or it was not to be loaded
     */
    public Program program(String name) {
        return find("program", name, programs);
    }

    /** {@return all programs that were loaded, in the order of the object} */
    public List<Program> programs() {
        return List.copyOf(programs.values());
    }

    /**
     * {@return a map, which stays this object's}
     *
     * @param name its name in the object; data sections have that of their section
     * @throws MissingObjectException if there is none
     */
    public BpfMap map(String name) {
        return find("map", name, maps);
    }

    /** {@return all maps, in the order of the object} */
    public List<BpfMap> maps() {
        return List.copyOf(maps.values());
    }

    /**
     * {@return kernel operations, which stay this object's}
     *
     * @param name name of their map in the object
     * @throws MissingObjectException if there are none, or they were not to be made
     */
    public StructOpsMap structOps(String name) {
        return find("struct_ops", name, structOps);
    }

    /**
     * {@return a section of global variables, mapped into memory when first asked for; closed with this object}
     *
     * @param name name of the section's map, such as {@code .bss}
     * @throws MissingObjectException if there is none
     * @throws IllegalArgumentException if the map can't be mapped, as on kernels before 5.5
     * @throws dev.ebpf4j.error.BpfException if the kernel refuses
     */
    public synchronized DataSection section(String name) {
        DataSection known = sections.get(name);
        if (known == null) {
            known = DataSection.open(map(name));
            sections.put(name, known);
            made.push(known);
        }
        return known;
    }

    /**
     * {@return an arena in memory; closed with this object}
     *
     * @param name name of the arena's map
     * @throws MissingObjectException if the object has no arena of this name
     * @throws IllegalStateException if the arena was there before and is mapped elsewhere, so that it could not be here
     */
    public ArenaMap arena(String name) {
        if (!arenas.containsKey(name) && maps.containsKey(name) && map(name).type() == MapType.ARENA) {
            throw new IllegalStateException("arena '" + name + "' was there before, and is mapped elsewhere");
        }
        return find("arena", name, arenas).arena();
    }

    /**
     * {@return a global variable, shared with the programs; usable until this object is closed}
     *
     * @param name name in the source
     * @param codec how its value stands in memory
     * @param <T> its Java type
     * @throws MissingObjectException if there is none
     * @throws dev.ebpf4j.codec.CodecMismatchException if the codec does not fit the variable's type
     * @throws dev.ebpf4j.error.BpfException if the kernel refuses
     */
    public <T> GlobalVariable<T> variable(String name, Codec<T> codec) {
        VariableSpec variable = find("variable", name, variables);
        Btf btf = variable.typeId() == 0 ? null : spec().btf();
        TypeRef type = new TypeRef("variable '" + name + "'", btf, variable.typeId(), variable.size());
        MappedArena mapped = arenas.get(variable.map());
        if (mapped != null) {
            return mapped.arena().variable(name, mapped.variables() + variable.offset(), type, codec);
        }
        return section(variable.map()).variable(name, variable.offset(), type, codec);
    }

    /**
     * Attaches every program to what its section names, and puts all kernel operations (struct_ops) into force.
     *
     * @return the links, in the order of the programs, then of the operations; closing the object closes them too
     * @throws dev.ebpf4j.error.BpfException if the kernel refuses one; those attached before it are detached again
     * @throws IllegalStateException if a section names no target
     */
    public List<Link> attachAll() {
        List<Link> links = new ArrayList<>();
        Deque<StructOpsLink> inForce = new ArrayDeque<>();
        try {
            programs.values().stream()
                    .filter(program -> program.type() != ProgramType.STRUCT_OPS)
                    .forEach(program -> links.add(program.attach()));
            structOps.values().forEach(operations -> inForce.add(operations.attach()));
            links.addAll(inForce);
            return List.copyOf(links);
        } catch (RuntimeException e) {
            Closing.undo(new ArrayDeque<>(inForce), e);
            Closing.closeLinks(links);
            throw e;
        }
    }

    /**
     * Pins all maps by their names, in which dots become underscores: the file system takes none.
     *
     * @param directory a directory in a file system of type bpf; where it is missing it is made, if one above it is in such
     *     a file system
     * @throws dev.ebpf4j.error.BpfException if the kernel refuses one; those pinned before it are unpinned again
     */
    public void pinMaps(String directory) {
        List<String> pinned = new ArrayList<>();
        try {
            for (BpfMap map : maps.values()) {
                String path = pinOf(directory, map);
                map.pin(path);
                pinned.add(path);
            }
        } catch (RuntimeException e) {
            pinned.reversed().forEach(Pins::unpin);
            throw e;
        }
    }

    /**
     * Removes the pins that {@link #pinMaps} makes, as far as they are there. The directory stays.
     *
     * @param directory as it was given there
     * @throws dev.ebpf4j.error.BpfException if the kernel refuses
     */
    public void unpinMaps(String directory) {
        maps.values().forEach(map -> Pins.unpin(pinOf(directory, map)));
    }

    private static String pinOf(String directory, BpfMap map) {
        return directory + "/" + map.name().replace('.', '_').replace('/', '_');
    }

    private <T> T find(String kind, String name, Map<String, T> present) {
        T found = present.get(name);
        if (found == null) {
            throw new MissingObjectException(
                    "loaded object '" + spec().name() + "'", kind, name, List.copyOf(present.keySet()));
        }
        return found;
    }

    /** Detaches all programs and closes everything; a second call does nothing. */
    @Override
    public synchronized void close() {
        IllegalStateException failure = new IllegalStateException("can't close " + this);
        Deque<AutoCloseable> inForce = new ArrayDeque<>();
        structOps.values().forEach(operations -> inForce.addAll(operations.openLinks()));
        Closing.undo(inForce, failure);
        Closing.closeLinks(programs.values().stream()
                .flatMap(program -> program.openLinks().stream())
                .toList());
        Closing.undo(made, failure);
        if (failure.getSuppressed().length > 0) {
            throw failure;
        }
    }

    @Override
    public String toString() {
        return "loaded object '" + spec().name() + "' (programs " + programs.keySet() + ", maps " + maps.keySet() + ")";
    }
}
