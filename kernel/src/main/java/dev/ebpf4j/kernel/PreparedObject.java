package dev.ebpf4j.kernel;

import dev.ebpf4j.error.MissingObjectException;
import dev.ebpf4j.kernel.MapSteps.MappedArena;
import dev.ebpf4j.link.LinkedObject;
import dev.ebpf4j.maps.ArenaMap;
import dev.ebpf4j.maps.BpfMap;
import java.util.List;
import java.util.Map;

/**
 * An object whose maps stand in the kernel and whose programs do not yet. {@link #load} adds them; where that fails, the
 * maps stay and it may be tried again. Closing this before ends the maps, and the pins that were made for them.
 *
 * <p>For one thread at a time.
 */
public final class PreparedObject implements AutoCloseable {
    private final PlanRun run;
    private final String name;
    private final Map<String, BpfMap> maps;
    private final Map<String, MappedArena> arenas;
    private boolean over;

    PreparedObject(PlanRun run, LinkedObject linked, MapSteps steps) {
        this.run = run;
        this.name = linked.spec().name();
        this.maps = steps.byName(linked);
        this.arenas = Map.copyOf(steps.arenas());
    }

    /**
     * {@return a map, which stays this object's}
     *
     * @param map its name in the object; data sections have that of their section
     * @throws MissingObjectException if there is none
     */
    public BpfMap map(String map) {
        return find("map", map, maps);
    }

    /** {@return all maps, in the order of the object} */
    public List<BpfMap> maps() {
        return List.copyOf(maps.values());
    }

    /**
     * {@return an arena in memory}
     *
     * @param map name of the arena's map
     * @throws MissingObjectException if there is none
     */
    public ArenaMap arena(String map) {
        return find("arena", map, arenas).arena();
    }

    private <T> T find(String kind, String wanted, Map<String, T> present) {
        T found = present.get(wanted);
        if (found == null) {
            throw new MissingObjectException(toString(), kind, wanted, List.copyOf(present.keySet()));
        }
        return found;
    }

    /**
     * Loads the programs.
     *
     * @return the object, which has the maps from now on; to be closed by the caller in place of this
     * @throws dev.ebpf4j.error.VerifierException if the verifier rejects a program; this may be tried again
     * @throws dev.ebpf4j.error.BpfException if the kernel refuses anything else; this may be tried again
     * @throws IllegalStateException if this was loaded or closed already
     */
    public LoadedObject load() {
        if (over) {
            throw new IllegalStateException(this + " was loaded or closed already");
        }
        LoadedObject loaded = run.load();
        over = true;
        return loaded;
    }

    /** Closes the maps, unless they were loaded with their programs. Further calls do nothing. */
    @Override
    public void close() {
        if (!over) {
            over = true;
            IllegalStateException failure = new IllegalStateException("can't close " + this);
            run.undo(failure);
            if (failure.getSuppressed().length > 0) {
                throw failure;
            }
        }
    }

    @Override
    public String toString() {
        return "prepared object '" + name + "'";
    }
}
