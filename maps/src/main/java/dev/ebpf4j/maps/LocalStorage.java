package dev.ebpf4j.maps;

import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;

import dev.ebpf4j.codec.Codec;
import dev.ebpf4j.codec.CodecMismatchException;
import dev.ebpf4j.spec.MapType;
import java.nio.channels.NetworkChannel;
import java.nio.file.Path;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Values that hang on something of the kernel's and go with it: on sockets (SK_STORAGE), tasks (TASK_STORAGE), inodes
 * (INODE_STORAGE), cgroups (CGRP_STORAGE). The key is a descriptor of that thing; for what Java knows of it, such as a
 * process, the descriptor is opened for the one call. To use one again and again, open a {@link KernelFd}.
 *
 * <p>A view: the {@link BpfMap} below it stays the caller's, to be closed by the caller. As safe for threads as that.
 *
 * @param <O> owners of values: ProcessHandle, Path, NetworkChannel
 * @param <V> values
 * @kernel 5.2 for SK_STORAGE, 5.10 for INODE_STORAGE, 5.11 for TASK_STORAGE, 6.2 for CGRP_STORAGE
 */
public final class LocalStorage<O, V> {
    private final BpfMap map;
    private final Function<O, KernelFd> opener;
    private final Codec<V> values;

    private LocalStorage(BpfMap map, MapType type, Function<O, KernelFd> opener, Codec<V> values) {
        MapTypes.require(map, type);
        this.map = map;
        this.opener = opener;
        this.values = values.bind(map.valueType());
    }

    /**
     * Values of sockets.
     *
     * @param map a map of type SK_STORAGE
     * @param values how values stand in memory
     * @param <V> values
     * @return the view
     * @throws IllegalArgumentException if the map is of another type
     * @throws CodecMismatchException if the codec does not fit the map's value size or its BTF
     */
    public static <V> LocalStorage<NetworkChannel, V> ofSockets(BpfMap map, Codec<V> values) {
        return new LocalStorage<>(map, MapType.SK_STORAGE, KernelFd::socket, values);
    }

    /**
     * Values of processes: of their first threads, strictly. For the others there is {@link KernelFd#thread}.
     *
     * @param map a map of type TASK_STORAGE
     * @param values how values stand in memory
     * @param <V> values
     * @return the view
     * @throws IllegalArgumentException if the map is of another type
     * @throws CodecMismatchException if the codec does not fit the map's value size or its BTF
     */
    public static <V> LocalStorage<ProcessHandle, V> ofProcesses(BpfMap map, Codec<V> values) {
        return new LocalStorage<>(map, MapType.TASK_STORAGE, KernelFd::process, values);
    }

    /**
     * Values of files and directories, whichever of their names is used.
     *
     * @param map a map of type INODE_STORAGE
     * @param values how values stand in memory
     * @param <V> values
     * @return the view
     * @throws IllegalArgumentException if the map is of another type
     * @throws CodecMismatchException if the codec does not fit the map's value size or its BTF
     */
    public static <V> LocalStorage<Path, V> ofFiles(BpfMap map, Codec<V> values) {
        return new LocalStorage<>(map, MapType.INODE_STORAGE, KernelFd::path, values);
    }

    /**
     * Values of cgroups, by their directories.
     *
     * @param map a map of type CGRP_STORAGE
     * @param values how values stand in memory
     * @param <V> values
     * @return the view
     * @throws IllegalArgumentException if the map is of another type
     * @throws CodecMismatchException if the codec does not fit the map's value size or its BTF
     */
    public static <V> LocalStorage<Path, V> ofCgroups(BpfMap map, Codec<V> values) {
        return new LocalStorage<>(map, MapType.CGRP_STORAGE, KernelFd::path, values);
    }

    /**
     * The value of an owner.
     *
     * @param owner whose
     * @return the value, or null where it has none
     * @throws dev.ebpf4j.error.BpfException if there is no such owner, or the kernel refuses
     */
    public @Nullable V lookup(O owner) {
        try (KernelFd fd = opener.apply(owner)) {
            return lookup(fd);
        }
    }

    /**
     * The value of an owner.
     *
     * @param owner whose
     * @return the value, or null where it has none
     * @throws dev.ebpf4j.error.BpfException if the kernel refuses, as descriptors of other things
     */
    public @Nullable V lookup(KernelFd owner) {
        try (Scratch scratch = at(owner)) {
            return map.lookup(scratch) ? values.read(scratch.value, 0) : null;
        }
    }

    /**
     * Sets the value of an owner, new or not.
     *
     * @param owner whose
     * @param value the value
     * @throws dev.ebpf4j.error.BpfException if there is no such owner, or the kernel refuses
     */
    public void update(O owner, V value) {
        try (KernelFd fd = opener.apply(owner)) {
            update(fd, value);
        }
    }

    /**
     * Sets the value of an owner, new or not.
     *
     * @param owner whose
     * @param value the value
     * @throws dev.ebpf4j.error.BpfException if the kernel refuses, as descriptors of other things
     */
    public void update(KernelFd owner, V value) {
        put(owner, value, BpfMap.ANY);
    }

    /**
     * Sets the value of an owner that has none.
     *
     * @param owner whose
     * @param value the value
     * @return false, and nothing done, where it has one
     * @throws dev.ebpf4j.error.BpfException if there is no such owner, or the kernel refuses
     */
    public boolean putIfAbsent(O owner, V value) {
        try (KernelFd fd = opener.apply(owner)) {
            return put(fd, value, BpfMap.NOEXIST);
        }
    }

    /**
     * Sets the value of an owner that has one.
     *
     * @param owner whose
     * @param value the value
     * @return false, and nothing done, where it has none
     * @throws dev.ebpf4j.error.BpfException if there is no such owner, or the kernel refuses
     */
    public boolean replace(O owner, V value) {
        try (KernelFd fd = opener.apply(owner)) {
            return put(fd, value, BpfMap.EXIST);
        }
    }

    private boolean put(KernelFd owner, V value, long flags) {
        try (Scratch scratch = at(owner)) {
            values.write(value, scratch.value, 0);
            return map.update(scratch, flags);
        }
    }

    /**
     * Removes the value of an owner.
     *
     * @param owner whose
     * @return false where it has none
     * @throws dev.ebpf4j.error.BpfException if there is no such owner, or the kernel refuses
     */
    public boolean delete(O owner) {
        try (KernelFd fd = opener.apply(owner)) {
            return delete(fd);
        }
    }

    /**
     * Removes the value of an owner.
     *
     * @param owner whose
     * @return false where it has none
     * @throws dev.ebpf4j.error.BpfException if the kernel refuses, as descriptors of other things
     */
    public boolean delete(KernelFd owner) {
        try (Scratch scratch = at(owner)) {
            return map.delete(scratch);
        }
    }

    private Scratch at(KernelFd owner) {
        Scratch scratch = map.scratch();
        scratch.key.set(JAVA_INT_UNALIGNED, 0, owner.fd());
        return scratch;
    }

    /** {@return the map below} */
    public BpfMap map() {
        return map;
    }
}
