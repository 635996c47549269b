package dev.ebpf4j.errors;

import static dev.ebpf4j.errors.Messages.assertFails;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ebpf4j.codec.Codec;
import dev.ebpf4j.codec.CodecMismatchException;
import dev.ebpf4j.codec.Codecs;
import dev.ebpf4j.error.BpfException;
import dev.ebpf4j.error.Errno;
import dev.ebpf4j.error.MissingObjectException;
import dev.ebpf4j.kernel.BpfLoader;
import dev.ebpf4j.kernel.LoadedObject;
import dev.ebpf4j.maps.BpfArray;
import dev.ebpf4j.maps.BpfHashMap;
import dev.ebpf4j.maps.BpfMap;
import dev.ebpf4j.maps.MapSizeException;
import dev.ebpf4j.rings.RingBuffer;
import dev.ebpf4j.test.LeakCheck;
import dev.ebpf4j.test.RequiresBpf;
import java.lang.foreign.Arena;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What a user reads who handles a map as something that it is not, or whose map the kernel refuses. */
@RequiresBpf
@ExtendWith(LeakCheck.class)
class MapErrorsTest {
    record Stat(long count, int lastPid, String comm) {}

    record TooNarrow(int count, int lastPid, String comm) {}

    record Renamed(long count, int pid, String comm) {}

    private static <R extends Record> Codec<R> codec(Class<R> type) {
        return Codecs.record(java.lang.invoke.MethodHandles.lookup(), type);
    }

    @Test
    void missingNames() {
        try (LoadedObject object = BpfLoader.load(Sources.good())) {
            assertFails(
                    MissingObjectException.class,
                    "loaded object 'good' has no map 'evnts'; it has stats, events, .rodata, .bss",
                    () -> object.map("evnts"));
            assertFails(
                    MissingObjectException.class,
                    "loaded object 'good' has no program 'on_exce'; it has on_exec, on_exit",
                    () -> object.program("on_exce"));
            assertFails(
                    MissingObjectException.class,
                    "loaded object 'good' has no variable 'sen'; it has target_pid, prefix, seen",
                    () -> object.variable("sen", Codecs.LONG));
        }
    }

    @Test
    void codecsThatDoNotFitShowBothLayouts() {
        try (LoadedObject object = BpfLoader.load(Sources.good())) {
            BpfMap stats = object.map("stats");
            assertFails(CodecMismatchException.class, """
                the value of map 'stats' does not fit the codec for long
                  offset  size  C            Java
                       0    32  struct stat  long  <- needs 32 bytes, has 8
                """, () -> BpfHashMap.of(stats, Codecs.INT, Codecs.LONG));
            assertFails(CodecMismatchException.class, """
                the key of map 'stats' does not fit the codec for long
                  offset  size  C      Java
                       0     4  __u32  long  <- needs 4 bytes, has 8
                """, () -> BpfHashMap.of(stats, Codecs.LONG, codec(Stat.class)));
            assertFails(
                    CodecMismatchException.class, """
                    the value of map 'stats' (struct stat, 32 bytes) does not fit record TooNarrow
                      offset  size  struct stat     record TooNarrow
                           0     8  __u64 count     int count         <- int has 4 bytes; use long
                           8     4  __u32 last_pid  int lastPid
                          12    16  char[16] comm   String comm
                    """, () -> BpfHashMap.of(stats, Codecs.INT, codec(TooNarrow.class)));
            assertFails(
                    CodecMismatchException.class, """
                    the value of map 'stats' (struct stat, 32 bytes) does not fit record Renamed
                      offset  size  struct stat     record Renamed
                           0     8  __u64 count     long count
                           8     4  __u32 last_pid                  <- no component of this name
                          12    16  char[16] comm   String comm
                                                    int pid         <- no member of this name
                    """, () -> BpfHashMap.of(stats, Codecs.INT, codec(Renamed.class)));
            assertFails(CodecMismatchException.class, """
                the variable 'seen' does not fit the codec for int
                  offset  size  C      Java
                       0     8  __u64  int   <- needs 8 bytes, has 4
                """, () -> object.variable("seen", Codecs.INT));
        }
    }

    @Test
    void otherMisuse() {
        try (LoadedObject object = BpfLoader.load(Sources.good());
                Arena arena = Arena.ofConfined()) {
            BpfMap stats = object.map("stats");
            assertFails(
                    MapSizeException.class,
                    "map 'stats' has a value of 32 bytes, and 8 were given",
                    () -> stats.update(arena.allocate(4), arena.allocate(8), BpfMap.ANY));
            assertFails(
                    IllegalArgumentException.class,
                    "map 'stats' is of type HASH, not ARRAY",
                    () -> BpfArray.of(stats, codec(Stat.class)));
            assertFails(
                    IllegalArgumentException.class,
                    "map 'stats' is of type HASH, not RINGBUF",
                    () -> RingBuffer.open(stats));
            assertFails(
                    IllegalArgumentException.class,
                    "variable 'target_pid' is read-only once its program is loaded",
                    () -> object.variable("target_pid", Codecs.INT).set(1));
            assertFails(
                    IllegalArgumentException.class,
                    "'a name of more than 16 bytes' takes 28 bytes, and there is room for 16",
                    () -> BpfHashMap.of(stats, Codecs.INT, codec(Stat.class))
                            .update(1, new Stat(0, 0, "a name of more than 16 bytes")));
        }
    }

    @Test
    void aFullMap() {
        try (LoadedObject object = BpfLoader.load(Sources.good())) {
            BpfHashMap<Integer, Stat> stats = BpfHashMap.of(object.map("stats"), Codecs.INT, codec(Stat.class));
            stats.update(1, new Stat(1, 1, "one"));
            stats.update(2, new Stat(2, 2, "two"));
            BpfException e = assertFails(BpfException.class, """
                can't update an element of map 'stats': E2BIG (Argument list too long)
                  the map is full: max_entries is 2
                """, () -> stats.update(3, new Stat(3, 3, "three")));
            assertTrue(e.errno().is(Errno.E2BIG));
        }
    }

    @Test
    void mapsThatTheKernelDoesNotCreate() {
        assertFails(BpfException.class, """
            can't create map 'stats' (HASH, key 4 B, value 32 B, 0 entries, flags 0x0): EINVAL (Invalid argument)
              it is to hold 0 entries: give __uint(max_entries, N) in C, or withMaxEntries(N)
            """, () -> load("max_entries, 2", "max_entries, 0"));
        assertFails(BpfException.class, """
            can't create map 'stats' (ARRAY, key 8 B, value 32 B, 2 entries, flags 0x0): EINVAL (Invalid argument)
              the keys of ARRAY maps are indexes of 4 bytes, these have 8
            """, () -> load("TYPE_HASH", "TYPE_ARRAY", "key, __u32", "key, __u64"));
    }

    /** More than any machine of today has; the kernel refuses it by its size, before it allocates anything. */
    @Test
    void aMapThatIsLargerThanTheMachinesMemory() {
        assertFails(
                BpfException.class,
                """
                can't create map 'stats' (ARRAY, key 4 B, value 67108880 B, 67108864 entries, flags 0x0): …
                  its keys and values alone take 4.0 PiB: lower max_entries
                """,
                () -> load(
                        "TYPE_HASH",
                        "TYPE_ARRAY",
                        "max_entries, 2",
                        "max_entries, 1 << 26",
                        "comm[16]",
                        "comm[1 << 26]"));
    }

    /** Loads the good object with some of its text replaced. */
    private static void load(String... replacements) {
        String source = Sources.GOOD;
        for (int i = 0; i < replacements.length; i += 2) {
            assertTrue(source.contains(replacements[i]), replacements[i]);
            source = source.replace(replacements[i], replacements[i + 1]);
        }
        BpfLoader.load(Sources.object("changed", source)).close();
    }
}
