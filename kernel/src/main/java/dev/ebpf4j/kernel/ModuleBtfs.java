package dev.ebpf4j.kernel;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.ebpf4j.btf.Btf;
import dev.ebpf4j.btf.BtfFormatException;
import dev.ebpf4j.error.BpfException;
import dev.ebpf4j.error.Errno;
import dev.ebpf4j.link.ModuleBtf;
import dev.ebpf4j.sys.BpfAttr;
import dev.ebpf4j.sys.BpfObjects;
import dev.ebpf4j.sys.Fd;
import dev.ebpf4j.sys.Sys;
import dev.ebpf4j.sys.Uapi.Cmd;
import dev.ebpf4j.sys.UapiStruct.BtfInfo;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.ref.SoftReference;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * The types of the kernel's modules. Which modules there are is asked anew each time, since they come and go; their types
 * are kept while memory lasts. A module whose types can't be had is as if it had none. Safe for many threads.
 */
final class ModuleBtfs {
    private static final int NAME_BYTES = 64;
    private static final String KERNEL_PROPER = "vmlinux";

    private final Sys sys;
    private final Supplier<Optional<Btf>> base;
    private final Map<ModuleBtf, SoftReference<Btf>> known = new HashMap<>();

    ModuleBtfs(Sys sys, Supplier<Optional<Btf>> base) {
        this.sys = sys;
        this.base = base;
    }

    /** The modules with types; none where the process may not ask (CAP_SYS_ADMIN), or the kernel does not tell (before 5.11). */
    List<ModuleBtf> list() {
        List<ModuleBtf> modules = new ArrayList<>();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment attr = arena.allocate(BpfAttr.GetId.BYTES, Long.BYTES);
            int id = 0;
            while (sys.bpf(Cmd.BPF_BTF_GET_NEXT_ID, attr, BpfAttr.GetId.BYTES) >= 0) {
                int next = attr.get(JAVA_INT, BpfAttr.GetId.NEXT_ID);
                if (Integer.compareUnsigned(next, id) <= 0) {
                    break;
                }
                id = next;
                module(id).ifPresent(modules::add);
                attr.set(JAVA_INT, BpfAttr.GetId.START_ID, id);
            }
        }
        synchronized (known) {
            known.keySet().retainAll(modules);
        }
        return modules;
    }

    /** The module that a BTF is of; empty if it is of something else, or gone. */
    private Optional<ModuleBtf> module(int id) {
        long opened = open(sys, id);
        if (opened < 0) {
            return Optional.empty();
        }
        try (Fd fd = new Fd(sys, opened);
                Arena arena = Arena.ofConfined()) {
            MemorySegment info = arena.allocate(BtfInfo.BYTES, Long.BYTES);
            MemorySegment name = arena.allocate(NAME_BYTES);
            info.set(JAVA_LONG, BtfInfo.NAME, name.address());
            info.set(JAVA_INT, BtfInfo.NAME_LEN, NAME_BYTES);
            boolean known = BpfObjects.info(sys, fd.fd(), info) >= 0;
            String text = name.getString(0, UTF_8);
            return known && info.get(JAVA_INT, BtfInfo.KERNEL_BTF) != 0 && !text.equals(KERNEL_PROPER)
                    ? Optional.of(new ModuleBtf(text, id))
                    : Optional.empty();
        }
    }

    /** The types of a module; empty if they can't be read, or are not sound. */
    Optional<Btf> types(ModuleBtf module) {
        synchronized (known) {
            SoftReference<Btf> kept = known.get(module);
            Btf types = kept == null ? null : kept.get();
            if (types == null) {
                Optional<Btf> read = base.get().flatMap(kernel -> read(module, kernel));
                read.ifPresent(btf -> known.put(module, new SoftReference<>(btf)));
                return read;
            }
            return Optional.of(types);
        }
    }

    private Optional<Btf> read(ModuleBtf module, Btf kernel) {
        long opened = open(sys, module.id());
        if (opened < 0) {
            return Optional.empty();
        }
        try (Fd fd = new Fd(sys, opened)) {
            return bytes(sys, fd.fd())
                    .map(bytes -> Btf.parseSplit(bytes, kernel).checked());
        } catch (BtfFormatException e) {
            return Optional.empty();
        }
    }

    /** The bytes of a BTF that the kernel holds; empty if it does not give them. */
    static Optional<byte[]> bytes(Sys sys, int fd) {
        long size = BpfObjects.btfSize(sys, fd);
        if (size < 0) {
            return Optional.empty();
        }
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment bytes = arena.allocate(size, Long.BYTES);
            return BpfObjects.btf(sys, fd, bytes) < 0 ? Optional.empty() : Optional.of(bytes.toArray(JAVA_BYTE));
        }
    }

    /** Opens the BTF of a module, which the caller closes. */
    static Fd open(Sys sys, ModuleBtf module) {
        long fd = open(sys, module.id());
        if (fd < 0) {
            throw new BpfException(
                    "open the type information of " + module,
                    Errno.of(fd),
                    fd == -Errno.ENOENT ? "it was there when the object was linked; link it again" : "");
        }
        return new Fd(sys, fd);
    }

    private static long open(Sys sys, int id) {
        return BpfObjects.openById(sys, Cmd.BPF_BTF_GET_FD_BY_ID, id);
    }
}
