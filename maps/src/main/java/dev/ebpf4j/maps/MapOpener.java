package dev.ebpf4j.maps;

import dev.ebpf4j.btf.Btf;
import dev.ebpf4j.error.BpfException;
import dev.ebpf4j.maps.BpfMap.Types;
import dev.ebpf4j.plan.Machine;
import dev.ebpf4j.plan.MapShape;
import dev.ebpf4j.spec.Bytes;
import dev.ebpf4j.spec.MapSpec;
import dev.ebpf4j.spec.MapType;
import dev.ebpf4j.sys.Fd;
import dev.ebpf4j.sys.Sys;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Creates and opens maps of one kernel: what {@link BpfMap}'s static methods do on the host, and what the loader needs
 * beside. Whoever gets a map closes it.
 */
@SuppressWarnings("exports") // Sys is hidden from users, and the loader, for which this is, sees it.
public final class MapOpener {
    private final Sys sys;

    /**
     * Opens by way of {@code sys}.
     *
     * @param sys the kernel
     */
    public MapOpener(Sys sys) {
        this.sys = sys;
    }

    /**
     * Creates a map by hand, in the shape that the kernel wants of its type.
     *
     * @param wanted its shape as a user says it
     * @param btf what the type ids refer to; null to keep the types from the kernel
     * @return the map
     * @throws BpfException if the kernel refuses
     */
    public BpfMap create(MapSpec wanted, @Nullable Btf btf) {
        MapSpec spec = fit(wanted);
        MapSpec inner = spec.inner();
        try (MapBtf types = MapBtf.load(sys, spec, btf);
                Closer template = new Closer(inner == null ? null : create(inner, btf))) {
            return create(
                    types.spec(), new MapCreation(spec.name(), types.btf(), types.fd(), template.fd(), 0, Bytes.EMPTY));
        }
    }

    /** The shape that the kernel takes of a map that is created by hand. */
    MapSpec fit(MapSpec wanted) {
        return MapShape.fit(wanted, machine(wanted));
    }

    /** Only one type's shape depends on the number of CPUs, and finding it means reading a file. */
    private Machine machine(MapSpec wanted) {
        MapSpec inner = wanted.inner();
        boolean counts = wanted.type() == MapType.PERF_EVENT_ARRAY
                || (inner != null && inner.type() == MapType.PERF_EVENT_ARRAY);
        return new Machine((int) sys.pageSize(), counts ? PossibleCpus.count(sys) : 1);
    }

    /** The template of the maps inside, which the kernel wants to see and not to keep. */
    private record Closer(@Nullable BpfMap map) implements AutoCloseable {
        int fd() {
            return map == null ? 0 : map.fd();
        }

        @Override
        public void close() {
            if (map != null) {
                map.close();
            }
        }
    }

    /**
     * Creates a map in its final shape.
     *
     * @param spec the shape, taken as it is, with the name that the object gave it
     * @param creation what else the kernel gets
     * @return the map
     * @throws BpfException if the kernel refuses
     */
    public BpfMap create(MapSpec spec, MapCreation creation) {
        Fd fd = MapCalls.create(sys, spec, creation);
        Types types = new Types(creation.btf(), spec.keyTypeId(), spec.valueTypeId());
        return owned(fd, () -> new BpfMap(sys, fd, spec, types));
    }

    /**
     * Creates a map of kernel operations (struct_ops).
     *
     * @param spec its final shape, with the name that the object gave it
     * @param kernelName the name for the kernel, of which it gets the first 15 bytes; empty for none
     * @param value the type of its value
     * @return the map
     * @throws BpfException if the kernel refuses
     * @kernel 5.6
     */
    public BpfMap createStructOps(MapSpec spec, String kernelName, KernelValue value) {
        Fd fd = MapCalls.createStructOps(sys, spec, kernelName, value);
        return owned(fd, () -> new BpfMap(sys, fd, spec, new Types(null, 0, 0)));
    }

    /**
     * Takes over a descriptor of a map.
     *
     * @param fd the descriptor, from now on owned by the result, also when this throws
     * @return the map
     * @throws BpfException if it is no descriptor of a map
     */
    public BpfMap adopt(int fd) {
        return opened(new Fd(sys, fd), "the map at descriptor " + fd);
    }

    /**
     * Opens a map by its pin, whatever it is.
     *
     * @param path where it is pinned
     * @return the map
     * @throws BpfException if the kernel refuses, or something else is pinned there
     */
    public BpfMap openPinned(String path) {
        return openPinned(path, 0);
    }

    BpfMap openPinned(String path, int fileFlags) {
        return opened(MapCalls.openPinned(sys, path, fileFlags), "the map pinned at " + path);
    }

    BpfMap byId(int id) {
        return opened(MapCalls.byId(sys, id), "the map with id " + id);
    }

    /**
     * Opens a map by its pin, if it is what the object wants.
     *
     * @param path where it is pinned
     * @param wanted what the object wants
     * @param btf what the spec's type ids refer to, for a map of which the kernel has no types; or null
     * @return the map; null if nothing is pinned there
     * @throws MapMismatchException if it differs from what is wanted
     * @throws BpfException if the kernel refuses, or something else is pinned there
     */
    public @Nullable BpfMap openPinned(String path, MapSpec wanted, @Nullable Btf btf) {
        Fd fd = new Pins(sys).open(path, "map '" + wanted.name() + "'");
        if (fd == null) {
            return null;
        }
        return owned(fd, () -> {
            MapInfo info = MapCalls.info(sys, fd.fd(), "the map pinned at " + path);
            String operation = "use the map pinned at " + path + " as map '" + wanted.name() + "'";
            MapCompatibility.check(operation, "pinned", info, wanted);
            return existing(fd, info, wanted, btf);
        });
    }

    /**
     * Makes a second handle of a map for an object that is to use it. Number of elements and flags may be other than the
     * object says.
     *
     * @param map the map, which stays the caller's
     * @param wanted what the object wants, whose name the new handle has
     * @param btf what the spec's type ids refer to, for a map of which the kernel has no types; or null
     * @return the new handle
     * @throws MapMismatchException if type or sizes differ from what is wanted
     * @throws BpfException if the kernel refuses
     */
    public static BpfMap duplicate(BpfMap map, MapSpec wanted, @Nullable Btf btf) {
        MapOpener opener = new MapOpener(map.sys());
        String operation = "use map '" + map.name() + "' as map '" + wanted.name() + "'";
        Fd copy = new Fd(map.sys(), BpfException.checked(map.sys().dup(map.fd()), operation));
        return owned(copy, () -> {
            MapInfo info = MapCalls.info(map.sys(), copy.fd(), "map '" + map.name() + "'");
            MapCompatibility.checkLayout(operation, "given", info, wanted);
            return opener.existing(copy, info, wanted, btf);
        });
    }

    private BpfMap opened(Fd fd, String what) {
        return owned(fd, () -> {
            MapInfo info = MapCalls.info(sys, fd.fd(), what);
            return new BpfMap(sys, fd, shape(info.name(), info), null);
        });
    }

    /** A map that the kernel had before: its own types are the truth, where it has some. */
    private BpfMap existing(Fd fd, MapInfo info, MapSpec wanted, @Nullable Btf btf) {
        boolean typed = info.types().btfId() != 0;
        Types types = typed ? null : new Types(btf, wanted.keyTypeId(), wanted.valueTypeId());
        return new BpfMap(sys, fd, shape(wanted.name(), info), types);
    }

    private static MapSpec shape(String name, MapInfo info) {
        return MapSpec.builder(name, info.type())
                .keySize(info.keySize())
                .valueSize(info.valueSize())
                .maxEntries(info.maxEntries())
                .flags(info.flags())
                .mapExtra(info.mapExtra())
                .build();
    }

    /** Closes {@code fd} if {@code make} fails. */
    private static BpfMap owned(Fd fd, Supplier<BpfMap> make) {
        try {
            return make.get();
        } catch (Throwable t) {
            fd.close();
            throw t;
        }
    }
}
