package dev.ebpf4j.link;

import dev.ebpf4j.spec.ObjectSpec;
import java.util.List;

/** Fits an object to one kernel. Pure: it changes nothing, and the same input gives the same output on any machine. */
public final class ObjectLinker {
    private ObjectLinker() {}

    /**
     * Links an object.
     *
     * @param spec the object; programs that are not to be loaded are left out, with all that only they need
     * @param inputs the facts about the kernel; each is asked for only if this object needs it
     * @return the object with nothing left to resolve but the file descriptors of its maps
     * @throws LinkException if the object is wrong in itself, or needs what this kernel has not
     */
    public static LinkedObject link(ObjectSpec spec, LinkInputs inputs) {
        LinkedObject object = new LinkedObject(spec, spec.maps(), spec.variables(), List.of());
        for (Pass pass : passes(inputs)) {
            object = pass.apply(object);
        }
        return object;
    }

    private static List<Pass> passes(LinkInputs inputs) {
        return List.of(
                new CheckByteOrder(inputs),
                new ResolveStructOps(inputs),
                new SelectPrograms(),
                new FlattenSubprograms(),
                new ApplyCoRe(inputs),
                new ResolveKconfig(inputs),
                new ResolveKsyms(inputs),
                new ResolveKfuncs(inputs),
                new ResolveAttachTargets(inputs),
                new BindMapSlots(),
                new BindJumpTables(),
                new CheckNothingLeft());
    }
}
