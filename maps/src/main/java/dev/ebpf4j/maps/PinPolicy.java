package dev.ebpf4j.maps;

/** What to do where something else is pinned than the map that is wanted, as after an upgrade of a program. */
public sealed interface PinPolicy {
    /** Refuse, with both definitions side by side: {@link MapMismatchException}. */
    PinPolicy FAIL = new Fail();

    /** Pin a new map in place of the old one, whose elements are gone with its last user. */
    PinPolicy REPLACE = new Replace();

    /**
     * {@return the policy to pin a new map in place of the old one, once it has got what is to stay}
     *
     * @param migration fills the new map
     */
    static PinPolicy migrate(Migration migration) {
        return new Migrate(migration);
    }

    /** Refuse. */
    record Fail() implements PinPolicy {}

    /** Pin a new map in place of the old one. */
    record Replace() implements PinPolicy {}

    /**
     * Pin a new map in place of the old one, once it is filled.
     *
     * @param migration fills the new map
     */
    record Migrate(Migration migration) implements PinPolicy {}

    /** Carries over what was in the old map. */
    @FunctionalInterface
    interface Migration {
        /**
         * Fills the new map. Whoever finds the pin meanwhile finds the old one; what programs write to that after it was read
         * is lost. If this throws, the pin stays as it is and there is no new map.
         *
         * @param old what is pinned; closed by the caller
         * @param created the map that takes its place; closed by the caller
         */
        void migrate(BpfMap old, BpfMap created);
    }
}
