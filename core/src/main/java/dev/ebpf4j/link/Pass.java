package dev.ebpf4j.link;

/** One step of linking: takes an object, returns it with one kind of question answered. */
@FunctionalInterface
interface Pass {
    /**
     * Returns the object with this pass done.
     *
     * @throws LinkException if the object can't be fitted to this kernel
     */
    LinkedObject apply(LinkedObject object);
}
