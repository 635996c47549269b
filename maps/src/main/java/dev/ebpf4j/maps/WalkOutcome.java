package dev.ebpf4j.maps;

/** How a walk over a map ended, which others may have changed meanwhile. Keys that came or went on the way may be in it or not. */
public enum WalkOutcome {
    /** Each key that was there all the time was visited exactly once. */
    FINISHED,
    /**
     * A key was removed while the walk stood at it, and the kernel began again with the first: each key that was there all the
     * time was visited at least once, some more often.
     */
    RESTARTED,
    /** That happened so often that the walk gave up: some keys were not visited. */
    ABORTED
}
