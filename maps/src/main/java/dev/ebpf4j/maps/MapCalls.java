package dev.ebpf4j.maps;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.ebpf4j.btf.Btf;
import dev.ebpf4j.error.BpfException;
import dev.ebpf4j.error.Errno;
import dev.ebpf4j.spec.MapSpec;
import dev.ebpf4j.spec.MapType;
import dev.ebpf4j.sys.BpfAttr;
import dev.ebpf4j.sys.BpfObjects;
import dev.ebpf4j.sys.Fd;
import dev.ebpf4j.sys.Sys;
import dev.ebpf4j.sys.Uapi.Cmd;
import dev.ebpf4j.sys.Uapi.Flag;
import dev.ebpf4j.sys.UapiStruct;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/** The commands of bpf(2) about whole maps. Each makes a zeroed attr of its own, so that no tail is left over. */
final class MapCalls {
    private static final int NAME_BYTES = 15;

    private MapCalls() {}

    static Fd create(Sys sys, MapSpec spec, MapCreation creation) {
        return made(sys, spec, tryCreate(sys, spec, creation));
    }

    private static Fd made(Sys sys, MapSpec spec, long fd) {
        if (fd < 0) {
            Errno errno = Errno.of(fd);
            throw new BpfException("create " + spec, errno, MapAdvice.create(sys, spec, errno));
        }
        return new Fd(sys, fd);
    }

    /** Answers the descriptor or {@code -errno}. */
    static long tryCreate(Sys sys, MapSpec spec, MapCreation creation) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment attr = arena.allocate(BpfAttr.MapCreate.BYTES, 8);
            putShape(attr, spec);
            attr.set(JAVA_INT, BpfAttr.MapCreate.INNER_MAP_FD, creation.innerFd());
            putName(attr, creation.kernelName());
            if (creation.btfFd() != 0) {
                attr.set(JAVA_INT, BpfAttr.MapCreate.BTF_FD, creation.btfFd());
                attr.set(JAVA_INT, BpfAttr.MapCreate.BTF_KEY_TYPE_ID, spec.keyTypeId());
                attr.set(JAVA_INT, BpfAttr.MapCreate.BTF_VALUE_TYPE_ID, spec.valueTypeId());
            }
            putToken(attr, spec, creation.tokenFd());
            byte[] hash = creation.exclusiveTo().toArray();
            if (hash.length > 0) {
                MemorySegment copy = arena.allocateFrom(JAVA_BYTE, hash);
                attr.set(JAVA_LONG, BpfAttr.MapCreate.EXCL_PROG_HASH, copy.address());
                attr.set(JAVA_INT, BpfAttr.MapCreate.EXCL_PROG_HASH_SIZE, hash.length);
            }
            return sys.bpf(Cmd.BPF_MAP_CREATE, attr, BpfAttr.MapCreate.BYTES);
        }
    }

    /** Creates a map of kernel operations. */
    static Fd createStructOps(Sys sys, MapSpec spec, String kernelName, KernelValue value) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment attr = arena.allocate(BpfAttr.MapCreate.BYTES, 8);
            putShape(attr, spec);
            putName(attr, kernelName);
            attr.set(JAVA_INT, BpfAttr.MapCreate.BTF_FD, value.objectFd());
            attr.set(JAVA_INT, BpfAttr.MapCreate.BTF_VMLINUX_VALUE_TYPE_ID, value.typeId());
            attr.set(JAVA_INT, BpfAttr.MapCreate.VALUE_TYPE_BTF_OBJ_FD, value.moduleFd());
            putToken(attr, spec, value.tokenFd());
            return made(sys, spec, sys.bpf(Cmd.BPF_MAP_CREATE, attr, BpfAttr.MapCreate.BYTES));
        }
    }

    private static void putToken(MemorySegment attr, MapSpec spec, int tokenFd) {
        if (tokenFd != 0) {
            attr.set(JAVA_INT, BpfAttr.MapCreate.MAP_FLAGS, spec.flags() | Flag.BPF_F_TOKEN_FD);
            attr.set(JAVA_INT, BpfAttr.MapCreate.MAP_TOKEN_FD, tokenFd);
        }
    }

    private static void putName(MemorySegment attr, String kernelName) {
        byte[] name = kernelName.getBytes(UTF_8);
        byte[] cut = Arrays.copyOf(name, Math.min(name.length, NAME_BYTES));
        MemorySegment.copy(cut, 0, attr, JAVA_BYTE, BpfAttr.MapCreate.MAP_NAME, cut.length);
    }

    private static void putShape(MemorySegment attr, MapSpec spec) {
        attr.set(JAVA_INT, BpfAttr.MapCreate.MAP_TYPE, spec.type().number());
        attr.set(JAVA_INT, BpfAttr.MapCreate.KEY_SIZE, spec.keySize());
        attr.set(JAVA_INT, BpfAttr.MapCreate.VALUE_SIZE, spec.valueSize());
        attr.set(JAVA_INT, BpfAttr.MapCreate.MAX_ENTRIES, spec.maxEntries());
        attr.set(JAVA_INT, BpfAttr.MapCreate.MAP_FLAGS, spec.flags());
        if ((spec.flags() & MapSpec.NUMA_NODE) != 0) {
            attr.set(JAVA_INT, BpfAttr.MapCreate.NUMA_NODE, spec.numaNode());
        }
        attr.set(JAVA_INT, BpfAttr.MapCreate.MAP_IFINDEX, spec.ifindex());
        attr.set(JAVA_LONG, BpfAttr.MapCreate.MAP_EXTRA, spec.mapExtra());
    }

    static Fd openPinned(Sys sys, String path, int fileFlags) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment attr = arena.allocate(BpfAttr.Obj.BYTES, 8);
            attr.set(JAVA_LONG, BpfAttr.Obj.PATHNAME, arena.allocateFrom(path).address());
            attr.set(JAVA_INT, BpfAttr.Obj.FILE_FLAGS, fileFlags);
            long fd = sys.bpf(Cmd.BPF_OBJ_GET, attr, BpfAttr.Obj.BYTES);
            return new Fd(sys, BpfException.checked(fd, "open the map pinned at " + path));
        }
    }

    static Fd byId(Sys sys, int id) {
        long fd = BpfObjects.openById(sys, Cmd.BPF_MAP_GET_FD_BY_ID, id);
        return new Fd(sys, BpfException.checked(fd, "open the map with id " + id));
    }

    static long freeze(BpfMap map, int fd) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment attr = arena.allocate(BpfAttr.MapElem.BYTES, 8);
            attr.set(JAVA_INT, BpfAttr.MapElem.MAP_FD, fd);
            long result = map.sys().bpf(Cmd.BPF_MAP_FREEZE, attr, Integer.BYTES);
            if (result < 0) {
                throw MapFailures.freeze(map, Errno.of(result));
            }
            return result;
        }
    }

    static MapInfo info(Sys sys, int fd, String what) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment info = arena.allocate(UapiStruct.MapInfo.BYTES, 8);
            BpfException.checked(BpfObjects.info(sys, fd, info), "ask for the properties of " + what);
            return new MapInfo(
                    type(info.get(JAVA_INT, UapiStruct.MapInfo.TYPE), what),
                    info.get(JAVA_INT, UapiStruct.MapInfo.ID),
                    info.getString(UapiStruct.MapInfo.NAME, UTF_8),
                    info.get(JAVA_INT, UapiStruct.MapInfo.KEY_SIZE),
                    info.get(JAVA_INT, UapiStruct.MapInfo.VALUE_SIZE),
                    info.get(JAVA_INT, UapiStruct.MapInfo.MAX_ENTRIES),
                    info.get(JAVA_INT, UapiStruct.MapInfo.MAP_FLAGS),
                    info.get(JAVA_LONG, UapiStruct.MapInfo.MAP_EXTRA),
                    new MapInfo.Types(
                            info.get(JAVA_INT, UapiStruct.MapInfo.BTF_ID),
                            info.get(JAVA_INT, UapiStruct.MapInfo.BTF_KEY_TYPE_ID),
                            info.get(JAVA_INT, UapiStruct.MapInfo.BTF_VALUE_TYPE_ID)));
        }
    }

    private static MapType type(int number, String what) {
        if (number < 0 || number >= MapType.values().length) {
            throw new UnsupportedOperationException(
                    what + " is of type " + number + ", which is newer than this version of ebpf4j");
        }
        return MapType.of(number);
    }

    /** Fetches the BTF with this id out of the kernel. */
    static Btf btf(Sys sys, int id, String what) {
        String operation = "read the BTF of " + what;
        long opened = BpfException.checked(BpfObjects.openById(sys, Cmd.BPF_BTF_GET_FD_BY_ID, id), operation);
        try (Fd fd = new Fd(sys, opened);
                Arena arena = Arena.ofConfined()) {
            long size = BpfException.checked(BpfObjects.btfSize(sys, fd.fd()), operation);
            MemorySegment bytes = arena.allocate(size, 8);
            BpfException.checked(BpfObjects.btf(sys, fd.fd(), bytes), operation);
            return Btf.parse(bytes);
        }
    }
}
