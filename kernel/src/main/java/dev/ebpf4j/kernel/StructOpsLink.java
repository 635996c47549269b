package dev.ebpf4j.kernel;

import dev.ebpf4j.attach.AttachTarget;
import dev.ebpf4j.attach.Link;
import dev.ebpf4j.attach.StructOps;
import dev.ebpf4j.attacher.FdLink;
import dev.ebpf4j.attacher.StructOpsAttacher;
import dev.ebpf4j.error.BpfException;
import dev.ebpf4j.sys.Sys;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/** Kernel operations (struct_ops) in force, until closed. A second close does nothing. Safe for many threads. */
public final class StructOpsLink implements Link {
    private final Sys sys;
    private final @Nullable FdLink link;
    private StructOpsMap operations;
    private boolean open = true;

    /** Takes over {@code link}; null for operations that writing their map put into force. */
    StructOpsLink(Sys sys, StructOpsMap operations, @Nullable FdLink link) {
        this.sys = sys;
        this.operations = operations;
        this.link = link;
    }

    /** {@return the operations that are in force} */
    public synchronized StructOpsMap operations() {
        return operations;
    }

    /**
     * Replaces the operations by others of the same kind and name, with no moment between without any.
     *
     * @param others the other operations, which stay usable; of a section {@code .struct_ops.link} too
     * @throws UnsupportedOperationException if one of both is of a section {@code .struct_ops}, which has no link
     * @throws BpfException if the kernel refuses; the old operations then stay in force
     * @throws IllegalStateException after {@link #close}
     * @kernel 6.4
     */
    public synchronized void update(StructOpsMap others) {
        if (!open) {
            throw new IllegalStateException("the link of " + operations + " is closed");
        }
        if (link == null || !others.isLinked()) {
            throw new UnsupportedOperationException("can't replace " + operations + " by " + others + ": "
                    + (link == null ? operations : others) + " stands in a section .struct_ops, and only operations in"
                    + " .struct_ops.link can be replaced");
        }
        others.write();
        StructOpsAttacher.update(sys, link, others.map());
        operations = others;
    }

    @Override
    public synchronized AttachTarget target() {
        return new StructOps(operations.name());
    }

    @Override
    public Mechanism mechanism() {
        return link == null ? Mechanism.MAP_UPDATE : Mechanism.BPF_LINK;
    }

    @Override
    public synchronized OptionalInt id() {
        if (!open) {
            throw new IllegalStateException("the link of " + operations + " is closed");
        }
        return link == null ? OptionalInt.empty() : link.id();
    }

    @Override
    public synchronized void pin(String path) {
        if (link == null) {
            throw new UnsupportedOperationException(
                    operations + " has no link that could be pinned: it stands in a section"
                            + " .struct_ops, and only operations in .struct_ops.link have one");
        }
        link.pin(path);
    }

    @Override
    public synchronized boolean isOpen() {
        return open;
    }

    /**
     * Takes the operations out of force.
     *
     * @throws BpfException if the kernel refuses, for operations without a link of the kernel's
     */
    @Override
    public synchronized void close() {
        if (open) {
            open = false;
            if (link != null) {
                link.close();
            } else {
                StructOpsAttacher.delete(operations.map());
            }
        }
    }

    @Override
    public String toString() {
        return "link of " + operations() + " by " + mechanism() + (isOpen() ? "" : " (closed)");
    }
}
