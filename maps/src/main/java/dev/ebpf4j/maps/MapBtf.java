package dev.ebpf4j.maps;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.ebpf4j.btf.Btf;
import dev.ebpf4j.btf.BtfBuilder;
import dev.ebpf4j.btf.BtfType;
import dev.ebpf4j.error.BpfException;
import dev.ebpf4j.spec.MapSpec;
import dev.ebpf4j.sys.BpfAttr;
import dev.ebpf4j.sys.Fd;
import dev.ebpf4j.sys.Sys;
import dev.ebpf4j.sys.Uapi.Cmd;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/**
 * The types of a map that is created by hand, loaded into the kernel for as long as that takes. Local storages must have
 * types: where none are given, an int for keys and bytes for values.
 *
 * @param spec the map, with the ids of these types
 * @param btf the types, or null
 * @param loaded {@code btf} in the kernel, or null
 */
record MapBtf(MapSpec spec, @Nullable Btf btf, @Nullable Fd loaded) implements AutoCloseable {
    static MapBtf load(Sys sys, MapSpec spec, @Nullable Btf btf) {
        if (spec.keyTypeId() == 0 && spec.valueTypeId() == 0) {
            return isLocalStorage(spec) ? load(sys, spec) : new MapBtf(spec, btf, null);
        }
        return btf == null
                ? new MapBtf(spec.toBuilder().typeIds(0, 0).build(), null, null)
                : new MapBtf(spec, btf, load(sys, btf, spec.name()));
    }

    private static boolean isLocalStorage(MapSpec spec) {
        return switch (spec.type()) {
            case SK_STORAGE, INODE_STORAGE, TASK_STORAGE, CGRP_STORAGE -> true;
            default -> false;
        };
    }

    private static MapBtf load(Sys sys, MapSpec spec) {
        BtfBuilder builder = new BtfBuilder(ByteOrder.nativeOrder());
        int key = builder.add(new BtfType.Int("int", 4, BtfType.Int.SIGNED, 0, 32));
        int bytes = builder.add(new BtfType.Int("unsigned char", 1, 0, 0, 8));
        int value = builder.add(new BtfType.Array(bytes, key, spec.valueSize()));
        Btf btf = builder.build();
        return new MapBtf(spec.toBuilder().typeIds(key, value).build(), btf, load(sys, btf, spec.name()));
    }

    private static Fd load(Sys sys, Btf btf, String map) {
        byte[] bytes = btf.toBytes();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment copy = arena.allocate(bytes.length, Long.BYTES);
            copy.copyFrom(MemorySegment.ofArray(bytes));
            MemorySegment attr = arena.allocate(BpfAttr.BtfLoad.BYTES, Long.BYTES);
            attr.set(JAVA_LONG, BpfAttr.BtfLoad.BTF, copy.address());
            attr.set(JAVA_INT, BpfAttr.BtfLoad.BTF_SIZE, bytes.length);
            long fd = sys.bpf(Cmd.BPF_BTF_LOAD, attr, BpfAttr.BtfLoad.BYTES);
            return new Fd(sys, BpfException.checked(fd, "load the types of map '" + map + "'"));
        }
    }

    int fd() {
        return loaded == null ? 0 : loaded.fd();
    }

    @Override
    public void close() {
        if (loaded != null) {
            loaded.close();
        }
    }
}
