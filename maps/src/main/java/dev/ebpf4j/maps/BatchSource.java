package dev.ebpf4j.maps;

/** Where the elements of a {@link BatchCursor} come from. */
interface BatchSource {
    /** What a fetch came to. Elements are there only with MORE and LAST. */
    enum Fetched {
        /** Go on. */
        MORE,
        /** There are no others. */
        LAST,
        /** Nothing was fetched: there is not room for the next bucket. */
        GROW,
        /** The kernel has no such command, or not for this map. */
        UNSUPPORTED
    }

    /** Fetches into the cursor's memory, and tells it how many. */
    Fetched fetch(BatchCursor into);

    BatchPath path();

    WalkOutcome outcome();
}
