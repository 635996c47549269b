package dev.ebpf4j.kernel;

import dev.ebpf4j.attach.Link;
import dev.ebpf4j.attacher.PinnedLinks;
import dev.ebpf4j.error.BpfException;
import dev.ebpf4j.sys.Sys;

/** Links that are there already. */
public final class Links {
    private Links() {}

    /**
     * Opens a link by its pin, in any process.
     *
     * @param path where it was pinned by {@link Link#pin}
     * @return the link, to be closed by the caller; the program stays attached until the pin is removed, too
     * @throws BpfException if the kernel refuses, or there is no such pin
     * @throws IllegalArgumentException if something else is pinned there
     * @throws UnsupportedOperationException if the link is of a type that ebpf4j does not know
     * @kernel 5.8
     */
    public static Link openPinned(String path) {
        return PinnedLinks.open(Sys.host(), path);
    }
}
