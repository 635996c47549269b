package dev.ebpf4j.spec;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Reduces an object to some of its programs and what they need. For one use. */
final class Only {
    private final ObjectSpec object;
    private final Set<String> programs;
    private final Map<FunctionId, FunctionSpec> functions = new HashMap<>();
    private final Map<String, MapSpec> byName = new HashMap<>();
    private final Set<FunctionId> seen = new HashSet<>();
    private final Deque<FunctionSpec> toWalk = new ArrayDeque<>();
    private final Set<String> maps = new HashSet<>();

    private Only(ObjectSpec object, Collection<String> programs) {
        this.object = object;
        this.programs = Set.copyOf(programs);
        object.programs().forEach(program -> functions.put(program.entry().id(), program.entry()));
        object.subprograms().forEach(function -> functions.put(function.id(), function));
        object.maps().forEach(map -> byName.put(map.name(), map));
    }

    static ObjectSpec of(ObjectSpec object, Collection<String> names) {
        names.forEach(object::program);
        Only only = new Only(object, names);
        only.walk();
        return only.reduced();
    }

    private void walk() {
        for (ProgramSpec program : object.programs()) {
            if (programs.contains(program.name())) {
                visit(program.entry());
                object.exceptionCallback(program.entry()).ifPresent(this::visit);
            }
        }
        while (!toWalk.isEmpty()) {
            toWalk.pop().relocs().forEach(this::follow);
        }
        for (MapSpec map : object.maps()) {
            if (map.type() == MapType.STRUCT_OPS
                    && map.slots().stream().anyMatch(slot -> programs.contains(slot.target()))) {
                maps.add(map.name());
            }
        }
    }

    private void follow(Reloc reloc) {
        switch (reloc) {
            case Reloc.MapRef ref -> keep(ref.map());
            case Reloc.DataRef ref -> keep(ref.map());
            case Reloc.SubprogCall call -> visit(call.callee());
            case Reloc.SubprogAddress address -> visit(address.callee());
            case Reloc.CoRe other -> {}
            case Reloc.Kconfig other -> {}
            case Reloc.Ksym other -> {}
            case Reloc.Kfunc other -> {}
            case Reloc.JumpTable other -> {}
            case Reloc.Broken other -> {}
        }
    }

    private void visit(FunctionId id) {
        FunctionSpec function = functions.get(id);
        if (function != null) {
            visit(function);
        }
    }

    private void visit(FunctionSpec function) {
        if (seen.add(function.id())) {
            toWalk.push(function);
        }
    }

    /** Keeps a map, and the maps that stand in it: one level, as the kernel allows no more. */
    private void keep(String name) {
        MapSpec map = byName.get(name);
        if (map != null && maps.add(name) && !holdsPrograms(map)) {
            map.slots().forEach(slot -> maps.add(slot.target()));
        }
    }

    private static boolean holdsPrograms(MapSpec map) {
        return map.type() == MapType.PROG_ARRAY || map.type() == MapType.STRUCT_OPS;
    }

    private ObjectSpec reduced() {
        return object.toBuilder()
                .programs(object.programs().stream()
                        .filter(program -> programs.contains(program.name()))
                        .map(program -> program.withAutoload(true))
                        .toList())
                .subprograms(subprograms())
                .maps(object.maps().stream()
                        .filter(map -> maps.contains(map.name()))
                        .map(this::withoutOtherPrograms)
                        .toList())
                .variables(object.variables().stream()
                        .filter(variable -> maps.contains(variable.map()))
                        .toList())
                .build();
    }

    /** All of the object, and the programs that others call. */
    private List<FunctionSpec> subprograms() {
        List<FunctionSpec> all = new ArrayList<>(object.subprograms());
        object.programs().stream()
                .filter(program -> !programs.contains(program.name()))
                .map(ProgramSpec::entry)
                .filter(entry -> seen.contains(entry.id()))
                .forEach(all::add);
        return all;
    }

    private MapSpec withoutOtherPrograms(MapSpec map) {
        List<MapSpec.Slot> kept = map.slots().stream()
                .filter(slot -> !holdsPrograms(map) || programs.contains(slot.target()))
                .toList();
        return map.withSlots(kept).withAutocreate(map.autocreate() || isNeeded(map));
    }

    /** A program is loaded only as a function of kernel operations that are made. */
    private boolean isNeeded(MapSpec map) {
        return map.type() == MapType.STRUCT_OPS
                && map.slots().stream()
                        .map(MapSpec.Slot::target)
                        .filter(programs::contains)
                        .anyMatch(program -> object.maps().stream()
                                .filter(other -> other.type() == MapType.STRUCT_OPS && other.autocreate())
                                .flatMap(other -> other.slots().stream())
                                .noneMatch(slot -> slot.target().equals(program)));
    }
}
