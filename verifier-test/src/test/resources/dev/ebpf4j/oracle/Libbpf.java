import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BOOLEAN;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Loads objects by libbpf and prints what it made of them. Run from source in a JVM of its own, because only the module
 * sys may call native code in ours, and so that everything is closed when it ends:
 * {@code java --enable-native-access=ALL-UNNAMED Libbpf.java LIBBPF.SO whole|each [btf=FILE] OBJECT...}
 *
 * <pre>
 * version MAJOR.MINOR                             libbpf's
 * object PATH                                     a new object
 * map NAME TYPE KEY VALUE ENTRIES FLAGS           as the kernel tells it, numbers; only by "whole"
 * program NAME RESULT TAG XLATED_BYTES            RESULT 0 or -errno
 * code HEX                                        instructions of that program as libbpf loaded them
 * uses SLOT=NAME ...                              64-bit loads of a map, whose descriptor in the code is 0
 * </pre>
 *
 * "btf=FILE" has the objects behind it relocated by the types in that file instead of the kernel's.
 * "whole" loads all programs of an object together, "each" one after the other, each without the others; there nothing is
 * pinned, and a map without entries gets one.
 */
final class Libbpf {
    private static final Linker LINKER = Linker.nativeLinker();
    /** Perf event arrays, storage of five kinds of owner and kind, struct_ops: their entries are not for the application to choose. */
    private static final List<Integer> WITHOUT_ENTRIES = List.of(4, 19, 21, 24, 26, 28, 29, 32);

    private static final int PROG_INFO = 256;
    private static final int MAP_INFO = 128;
    private static final int OPEN_OPTIONS = 56;
    private static final int BTF_CUSTOM_PATH = 48;

    private final SymbolLookup library;
    private final Arena arena = Arena.global();
    private MemorySegment types = MemorySegment.NULL;

    private Libbpf(Path path) {
        library = SymbolLookup.libraryLookup(path, arena);
    }

    public static void main(String[] args) throws Throwable {
        Libbpf libbpf = new Libbpf(Path.of(args[0]));
        System.out.println(
                "version " + libbpf.version("libbpf_major_version") + "." + libbpf.version("libbpf_minor_version"));
        for (int i = 2; i < args.length; i++) {
            if (args[i].startsWith("btf=")) {
                libbpf.types = libbpf.arena.allocateFrom(args[i].substring(4));
                continue;
            }
            System.out.println("object " + args[i]);
            if (args[1].equals("whole")) {
                libbpf.whole(args[i]);
            } else {
                libbpf.each(args[i]);
            }
        }
    }

    private int version(String part) throws Throwable {
        return (int) function(part, JAVA_INT).invoke();
    }

    private void whole(String file) throws Throwable {
        MemorySegment object = open(file);
        if (object.address() == 0) {
            return;
        }
        int result = (int) function("bpf_object__load", JAVA_INT, ADDRESS).invoke(object);
        Map<Integer, String> maps = maps(object, result == 0);
        for (MemorySegment program : all("bpf_object__next_program", object)) {
            if (autoload(program)) {
                print(program, result, maps);
            }
        }
        close(object);
    }

    private void each(String file) throws Throwable {
        for (int index = 0; ; index++) {
            MemorySegment object = open(file);
            if (object.address() == 0) {
                return;
            }
            List<MemorySegment> programs = all("bpf_object__next_program", object);
            if (index == programs.size()) {
                close(object);
                return;
            }
            for (int other = 0; other < programs.size(); other++) {
                MethodHandle set = function("bpf_program__set_autoload", JAVA_INT, ADDRESS, JAVA_BOOLEAN);
                int ignored = (int) set.invoke(programs.get(other), other == index);
            }
            for (MemorySegment map : all("bpf_object__next_map", object)) {
                makeable(map);
            }
            int result = (int) function("bpf_object__load", JAVA_INT, ADDRESS).invoke(object);
            print(programs.get(index), result, maps(object, false));
            close(object);
        }
    }

    private void makeable(MemorySegment map) throws Throwable {
        int ignored = (int) function("bpf_map__set_pin_path", JAVA_INT, ADDRESS, ADDRESS).invoke(map, MemorySegment.NULL);
        int entries = (int) function("bpf_map__max_entries", JAVA_INT, ADDRESS).invoke(map);
        int type = (int) function("bpf_map__type", JAVA_INT, ADDRESS).invoke(map);
        if (entries == 0 && !WITHOUT_ENTRIES.contains(type)) {
            ignored = (int) function("bpf_map__set_max_entries", JAVA_INT, ADDRESS, JAVA_INT).invoke(map, 1);
        }
    }

    private MemorySegment open(String file) throws Throwable {
        MemorySegment options = arena.allocate(OPEN_OPTIONS, 8);
        options.set(JAVA_LONG, 0, OPEN_OPTIONS);
        options.set(ADDRESS, BTF_CUSTOM_PATH, types);
        return (MemorySegment)
                function("bpf_object__open_file", ADDRESS, ADDRESS, ADDRESS).invoke(arena.allocateFrom(file), options);
    }

    private void close(MemorySegment object) throws Throwable {
        function("bpf_object__close", null, ADDRESS).invoke(object);
    }

    private List<MemorySegment> all(String next, MemorySegment object) throws Throwable {
        MethodHandle handle = function(next, ADDRESS, ADDRESS, ADDRESS);
        List<MemorySegment> found = new ArrayList<>();
        MemorySegment at = (MemorySegment) handle.invoke(object, MemorySegment.NULL);
        while (at.address() != 0) {
            found.add(at);
            at = (MemorySegment) handle.invoke(object, at);
        }
        return found;
    }

    /** Names that the kernel knows the maps by, by descriptor; those not created are left out. */
    private Map<Integer, String> maps(MemorySegment object, boolean print) throws Throwable {
        Map<Integer, String> names = new TreeMap<>();
        for (MemorySegment map : all("bpf_object__next_map", object)) {
            int fd = (int) function("bpf_map__fd", JAVA_INT, ADDRESS).invoke(map);
            MemorySegment info = fd < 0 ? MemorySegment.NULL : info(fd, MAP_INFO);
            if (info.address() != 0) {
                String name = info.getString(24);
                names.put(fd, name);
                if (print) {
                    System.out.println("map " + name + " " + info.get(JAVA_INT, 0) + " " + info.get(JAVA_INT, 8) + " "
                            + info.get(JAVA_INT, 12) + " " + info.get(JAVA_INT, 16) + " " + info.get(JAVA_INT, 20));
                }
            }
        }
        return names;
    }

    private boolean autoload(MemorySegment program) throws Throwable {
        return (boolean)
                function("bpf_program__autoload", JAVA_BOOLEAN, ADDRESS).invoke(program);
    }

    private void print(MemorySegment program, int result, Map<Integer, String> maps) throws Throwable {
        MemorySegment name =
                (MemorySegment) function("bpf_program__name", ADDRESS, ADDRESS).invoke(program);
        int fd = (int) function("bpf_program__fd", JAVA_INT, ADDRESS).invoke(program);
        MemorySegment info = fd < 0 ? MemorySegment.NULL : info(fd, PROG_INFO);
        boolean known = info.address() != 0;
        String tag = known ? HexFormat.of().formatHex(info.asSlice(8, 8).toArray(JAVA_BYTE)) : "-";
        System.out.println("program " + name.reinterpret(Long.MAX_VALUE).getString(0) + " " + result + " " + tag + " "
                + (known ? info.get(JAVA_INT, 20) : 0));
        long count =
                (long) function("bpf_program__insn_cnt", JAVA_LONG, ADDRESS).invoke(program);
        MemorySegment code =
                (MemorySegment) function("bpf_program__insns", ADDRESS, ADDRESS).invoke(program);
        printCode(code.reinterpret(count * 8), maps);
    }

    private static void printCode(MemorySegment code, Map<Integer, String> maps) {
        StringBuilder uses = new StringBuilder("uses");
        MemorySegment copy = Arena.ofAuto().allocate(code.byteSize(), 8).copyFrom(code);
        for (long at = 0; at < copy.byteSize(); at += 8) {
            boolean wide = copy.get(JAVA_BYTE, at) == 0x18;
            int pseudo = copy.get(JAVA_BYTE, at + 1) >> 4 & 15;
            if (wide && (pseudo == 1 || pseudo == 2)) {
                uses.append(' ').append(at / 8).append('=').append(maps.getOrDefault(copy.get(JAVA_INT, at + 4), "?"));
                copy.set(JAVA_INT, at + 4, 0);
            }
            at += wide ? 8 : 0;
        }
        System.out.println("code " + HexFormat.of().formatHex(copy.toArray(JAVA_BYTE)));
        System.out.println(uses);
    }

    /** What the kernel says of a map or program, or NULL. */
    private MemorySegment info(int fd, int size) throws Throwable {
        MemorySegment info = arena.allocate(size, 8);
        MemorySegment length = arena.allocateFrom(JAVA_INT, size);
        MethodHandle get = function("bpf_obj_get_info_by_fd", JAVA_INT, JAVA_INT, ADDRESS, ADDRESS);
        return (int) get.invoke(fd, info, length) == 0 ? info : MemorySegment.NULL;
    }

    private MethodHandle function(String name, MemoryLayout result, MemoryLayout... parameters) {
        return LINKER.downcallHandle(
                library.find(name).orElseThrow(),
                result == null ? FunctionDescriptor.ofVoid(parameters) : FunctionDescriptor.of(result, parameters));
    }
}
