package dev.ebpf4j.plan;

import dev.ebpf4j.link.LinkException;
import dev.ebpf4j.link.LinkedObject;
import java.util.List;

/**
 * Everything that loading an object will ask of the kernel, in order, decided before the first system call. Immutable;
 * may be run any number of times. Its text is a dry run.
 *
 * @param object the object that is loaded; its maps and programs stand in the slots that the steps name
 * @param mapSlots number of map slots that the steps use: those of the object, and some that are closed on the way
 * @param steps what to do, in order
 * @param notes a line for each thing that this kernel lacks and that is done otherwise; empty on a kernel that has all
 */
public record LoadPlan(LinkedObject object, int mapSlots, List<LoadStep> steps, List<String> notes) {
    /** Copies the lists. */
    public LoadPlan {
        steps = List.copyOf(steps);
        notes = List.copyOf(notes);
    }

    /**
     * A plan without notes.
     *
     * @param object the object that is loaded
     * @param mapSlots number of map slots that the steps use
     * @param steps what to do, in order
     */
    public LoadPlan(LinkedObject object, int mapSlots, List<LoadStep> steps) {
        this(object, mapSlots, steps, List.of());
    }

    /**
     * Plans how to load an object.
     *
     * @param object the object, linked for this kernel
     * @param features what the kernel can do; only what this object needs is asked for
     * @param machine the machine's sizes
     * @return the plan
     * @throws LinkException if the object needs what this kernel lacks
     */
    public static LoadPlan of(LinkedObject object, KernelFeatures features, Machine machine) {
        return of(object, features, machine, PlanOptions.DEFAULT);
    }

    /**
     * Plans how to load an object.
     *
     * @param object the object, linked for this kernel
     * @param features what the kernel can do; only what this object needs is asked for
     * @param machine the machine's sizes
     * @param options where pins stand, and which maps the caller brings along
     * @return the plan
     * @throws LinkException if the object needs what this kernel lacks
     * @throws dev.ebpf4j.error.MissingObjectException if the options name a map that the object has not
     */
    public static LoadPlan of(LinkedObject object, KernelFeatures features, Machine machine, PlanOptions options) {
        return new LoadPlanner(object, features, machine, options).plan();
    }

    /** Returns the plan as text: a line for the object, one for each step, one for each note. */
    @Override
    public String toString() {
        return PlanText.of(this);
    }
}
