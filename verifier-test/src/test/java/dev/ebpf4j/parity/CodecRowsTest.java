package dev.ebpf4j.parity;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ebpf4j.codec.Codec;
import dev.ebpf4j.codec.CodecMismatchException;
import dev.ebpf4j.codec.Codecs;
import dev.ebpf4j.codec.Flyweight;
import dev.ebpf4j.codec.TypeRef;
import dev.ebpf4j.elf.ElfReader;
import dev.ebpf4j.kernel.BpfLoader;
import dev.ebpf4j.kernel.LoadedObject;
import dev.ebpf4j.maps.BpfArray;
import dev.ebpf4j.maps.BpfHashMap;
import dev.ebpf4j.rings.EventConsumer;
import dev.ebpf4j.rings.RingBuffer;
import dev.ebpf4j.spec.ObjectSpec;
import dev.ebpf4j.spec.VariableSpec;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.math.BigInteger;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Rows 45 and 46: values as clang lays them out, in both byte orders; C writes them, codecs read them and write them back. */
class CodecRowsTest {
    private static final String ALL = """
        enum state { STATE_IDLE, STATE_RUNNING = 5, STATE_DEAD = -1 };
        enum wide { WIDE_ZERO, WIDE_HUGE = 0x500000000ULL };
        struct inner { short a; char b; };
        union choice { unsigned int number; struct { unsigned short low, high; } halves; unsigned char bytes[6]; };
        struct packed { char a; int b; short c; } __attribute__((packed));
        typedef unsigned int counter_t;
        struct all {
        	_Bool flag;
        	signed char s8; unsigned char u8; short s16; unsigned short u16;
        	int s32; unsigned int u32; long long s64; unsigned long long u64;
        	enum state state; enum wide wide;
        	char comm[16]; char full[3];
        	int ints[3]; unsigned int uints[2]; const long long longs[2]; unsigned char raw[5]; short matrix[2][3];
        	struct inner inner; struct inner inners[2]; char names[2][8];
        	unsigned char v4[4]; unsigned char v6[16];
        	unsigned int b3:3; int sb5:5; unsigned long long b40:40; enum state bstate:4; unsigned int crossing:17; _Bool bit:1;
        	union { int as_int; unsigned char as_bytes[4]; };
        	struct { int deep; };
        	union choice choice;
        	struct packed packed;
        	__int128 s128; unsigned __int128 u128;
        	float f; double d;
        	volatile counter_t counter;
        	void *pointer;
        	_Bool flags[2];
        	enum state states[2];
        };
        struct all all = {
        	1, -2, 250, -3000, 60000, -100000, 4000000000u, -5000000000000LL, 18000000000000000000ULL,
        	STATE_DEAD, WIDE_HUGE, "sleep", {'a', 'b', 'c'},
        	{-1, 2, -3}, {4000000000u, 5}, {-6, 7}, {1, 2, 3, 4, 255}, {{1, -2, 3}, {4, 5, -6}},
        	{-7, 'x'}, {{1, 'y'}, {2, 'z'}}, {"one", "twoooooo"},
        	{10, 0, 0, 1}, {0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1},
        	5, -9, 0xabcdef0123ULL, STATE_RUNNING, 0x1f0f1, 1,
        	{.as_int = -2}, {77}, {.number = 0x11223344}, {9, -10, 11},
        	-((__int128)1 << 100), ((unsigned __int128)1 << 127) + 3,
        	1.5f, -2.25, 42, (void *)0x1122334455667788, {0, 1}, {STATE_RUNNING, STATE_IDLE},
        };
        """;

    enum State {
        IDLE,
        RUNNING,
        DEAD
    }

    enum Wide {
        WIDE_ZERO,
        HUGE
    }

    record Inner(short a, byte b) {}

    record Halves(int low, int high) {}

    @SuppressWarnings("ArrayRecordComponent")
    record Choice(long number, @Nullable Halves halves, byte @Nullable [] bytes) {}

    record Packed(byte a, int b, short c) {}

    @SuppressWarnings("ArrayRecordComponent")
    record All(
            boolean flag,
            byte s8,
            int u8,
            short s16,
            char u16,
            int s32,
            long u32,
            long s64,
            BigInteger u64,
            State state,
            Wide wide,
            String comm,
            String full,
            int[] ints,
            long[] uints,
            long[] longs,
            byte[] raw,
            short[][] matrix,
            Inner inner,
            List<Inner> inners,
            String[] names,
            Inet4Address v4,
            InetAddress v6,
            int b3,
            byte sb5,
            long b40,
            State bstate,
            int crossing,
            boolean bit,
            int asInt,
            byte[] asBytes,
            int deep,
            Choice choice,
            Packed packed,
            BigInteger s128,
            BigInteger u128,
            float f,
            double d,
            long counter,
            long pointer,
            boolean[] flags,
            List<State> states) {}

    private static ObjectSpec compile(String name, String text, ByteOrder order) {
        return ElfReader.read(Sources.compile(Sources.request(name, text).byteOrder(order)), name);
    }

    private static TypeRef type(ObjectSpec spec, String name) {
        VariableSpec variable = spec.variable(name);
        return new TypeRef(name, spec.btf(), variable.typeId(), variable.size());
    }

    private static byte[] bytes(ObjectSpec spec, String name) {
        return spec.initialValue(name).toArray();
    }

    @ParameterizedTest
    @ValueSource(strings = {"LITTLE_ENDIAN", "BIG_ENDIAN"})
    void row46_everyKindOfMember(String name) throws Exception {
        ByteOrder order = name.startsWith("L") ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN;
        ObjectSpec spec = compile("all", ALL, order);
        Codec<All> codec = Codecs.record(MethodHandles.lookup(), All.class).bind(type(spec, "all"));
        byte[] bytes = bytes(spec, "all");
        All all = codec.read(MemorySegment.ofArray(bytes), 0);
        numbers(all);
        assertEquals(
                List.of("sleep", "abc", "one", "twoooooo"), List.of(all.comm, all.full, all.names[0], all.names[1]));
        assertArrayEquals(new int[] {-1, 2, -3}, all.ints);
        assertArrayEquals(new long[] {4_000_000_000L, 5}, all.uints);
        assertArrayEquals(new long[] {-6, 7}, all.longs);
        assertArrayEquals(new byte[] {1, 2, 3, 4, -1}, all.raw);
        assertArrayEquals(new short[][] {{1, -2, 3}, {4, 5, -6}}, all.matrix);
        assertEquals(new Inner((short) -7, (byte) 'x'), all.inner);
        assertEquals(List.of(new Inner((short) 1, (byte) 'y'), new Inner((short) 2, (byte) 'z')), all.inners);
        assertEquals(InetAddress.getByName("10.0.0.1"), all.v4);
        assertEquals(InetAddress.getByName("2001:db8::1"), all.v6);
        assertTrue(all.v6 instanceof Inet6Address);
        bitfields(all);
        unions(all, order);
        assertEquals(new Packed((byte) 9, -10, (short) 11), all.packed);
        assertArrayEquals(new boolean[] {false, true}, all.flags);
        assertEquals(List.of(State.RUNNING, State.IDLE), all.states);
        byte[] again = new byte[bytes.length + 16];
        Arrays.fill(again, (byte) 0x55);
        codec.write(all, MemorySegment.ofArray(again), 8);
        assertArrayEquals(bytes, Arrays.copyOfRange(again, 8, bytes.length + 8));
        assertEquals(0x5555, again[7] << 8 | again[bytes.length + 8]);
    }

    private static void numbers(All all) {
        assertEquals(
                List.of(true, (byte) -2, 250, (short) -3000, (char) 60_000, -100_000, 4_000_000_000L),
                List.of(all.flag, all.s8, all.u8, all.s16, all.u16, all.s32, all.u32));
        assertEquals(
                List.of(-5_000_000_000_000L, new BigInteger("18000000000000000000"), State.DEAD, Wide.HUGE, 42L),
                List.of(all.s64, all.u64, all.state, all.wide, all.counter));
        assertEquals(
                List.of(
                        BigInteger.ONE.shiftLeft(100).negate(),
                        BigInteger.ONE.shiftLeft(127).add(BigInteger.valueOf(3))),
                List.of(all.s128, all.u128));
        assertEquals(List.of(1.5f, -2.25, 0x1122334455667788L), List.of(all.f, all.d, all.pointer));
    }

    private static void bitfields(All all) {
        assertEquals(
                List.of(5, (byte) -9, 0xabcdef0123L, State.RUNNING, 0x1f0f1, true),
                List.of(all.b3, all.sb5, all.b40, all.bstate, all.crossing, all.bit));
    }

    private static void unions(All all, ByteOrder order) {
        boolean little = order == ByteOrder.LITTLE_ENDIAN;
        assertEquals(-2, all.asInt);
        assertArrayEquals(little ? new byte[] {-2, -1, -1, -1} : new byte[] {-1, -1, -1, -2}, all.asBytes);
        assertEquals(77, all.deep);
        assertEquals(0x11223344L, all.choice.number);
        assertEquals(little ? new Halves(0x3344, 0x1122) : new Halves(0x1122, 0x3344), all.choice.halves);
    }

    @Test
    void row46_ofAUnionOneMeaningIsWritten() {
        ObjectSpec spec = compile("all", ALL, ByteOrder.nativeOrder());
        Codec<Choice> codec =
                Codecs.record(MethodHandles.lookup(), Choice.class).bind(TypeRef.named(spec.btf(), "choice"));
        MemorySegment memory = MemorySegment.ofArray(new byte[8]);
        codec.write(new Choice(7, null, null), memory, 0);
        assertEquals(7, codec.read(memory, 0).number);
        codec.write(new Choice(0, new Halves(1, 2), null), memory, 0);
        assertEquals(new Halves(1, 2), codec.read(memory, 0).halves);
        codec.write(codec.read(memory, 0), memory, 0);
        assertEquals(new Halves(1, 2), codec.read(memory, 0).halves);
        String message = assertThrows(
                        IllegalArgumentException.class,
                        () -> codec.write(new Choice(7, new Halves(1, 2), null), memory, 0))
                .toString();
        assertTrue(message.contains("number and halves are the same bytes of a union"), message);
    }

    interface InnerView {
        short a();

        void a(short value);
    }

    interface AllView {
        boolean flag();

        int u8();

        void u8(int value);

        char u16();

        long u64();

        State state();

        void state(State value);

        String comm();

        void comm(String value);

        byte raw(int index);

        int ints(int index);

        void ints(int index, int value);

        long uints(int index);

        String names(int index);

        InnerView inner();

        InnerView inners(int index);

        int b3();

        void b3(int value);

        byte sb5();

        int crossing();

        boolean bit();

        int asInt();

        float f();

        double d();

        void d(double value);

        default String both() {
            return comm() + state();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"LITTLE_ENDIAN", "BIG_ENDIAN"})
    void row46_flyweightsReadAndWriteInPlace(String name) {
        ByteOrder order = name.startsWith("L") ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN;
        ObjectSpec spec = compile("all", ALL, order);
        Flyweight<AllView> flyweight = Flyweight.of(MethodHandles.lookup(), AllView.class, type(spec, "all"));
        byte[] bytes = bytes(spec, "all");
        byte[] shifted = new byte[bytes.length + 8];
        System.arraycopy(bytes, 0, shifted, 8, bytes.length);
        AllView all = flyweight.over(MemorySegment.ofArray(shifted), 8);
        assertEquals(
                List.of(
                        true,
                        250,
                        (char) 60_000,
                        new BigInteger("18000000000000000000").longValue(),
                        State.DEAD,
                        "sleep"),
                List.of(all.flag(), all.u8(), all.u16(), all.u64(), all.state(), all.comm()));
        assertEquals(
                List.of((byte) -1, -3, 4_000_000_000L, "twoooooo", (short) -7, (short) 2),
                List.of(
                        all.raw(4),
                        all.ints(2),
                        all.uints(0),
                        all.names(1),
                        all.inner().a(),
                        all.inners(1).a()));
        assertEquals(
                List.of(5, (byte) -9, 0x1f0f1, true, -2, 1.5f, -2.25, "sleepDEAD"),
                List.of(all.b3(), all.sb5(), all.crossing(), all.bit(), all.asInt(), all.f(), all.d(), all.both()));
        assertThrows(IndexOutOfBoundsException.class, () -> all.ints(3));
        assertThrows(IndexOutOfBoundsException.class, () -> all.inners(-1));
        assertThrows(IllegalArgumentException.class, () -> all.u8(256));
        all.u8(200);
        all.state(State.RUNNING);
        all.comm("bash");
        all.ints(1, 77);
        all.inners(0).a((short) 99);
        all.b3(2);
        all.d(0.5);
        Codec<All> codec = Codecs.record(MethodHandles.lookup(), All.class).bind(type(spec, "all"));
        All now = codec.read(MemorySegment.ofArray(shifted), 8);
        assertEquals(
                List.of(200, State.RUNNING, "bash", 77, (short) 99, 2, (byte) -9, 0.5),
                List.of(now.u8, now.state, now.comm, now.ints[1], now.inners.get(0).a, now.b3, now.sb5, now.d));
    }

    interface Wrong {
        int u64();

        String nothing();
    }

    @Test
    void row46_aFlyweightThatDoesNotFitShowsBoth() {
        ObjectSpec spec = compile("all", ALL, ByteOrder.nativeOrder());
        String message = assertThrows(
                        CodecMismatchException.class,
                        () -> Flyweight.of(MethodHandles.lookup(), Wrong.class, type(spec, "all")))
                .toString();
        assertTrue(message.contains("int u64          <- int has 4 bytes; use long"), message);
        assertTrue(message.contains("String nothing   <- no member of this name"), message);
        assertThrows(
                IllegalArgumentException.class,
                () -> Flyweight.of(MethodHandles.lookup(), Comparable.class, type(spec, "all")));
    }

    @SuppressWarnings("ArrayRecordComponent")
    record Sample(int number, State state, String comm, byte[] rest) {}

    interface SampleView {
        int number();

        State state();

        String comm();

        byte rest(int index);
    }

    @Test
    void row46_recordsOfRingsAsValuesAndThroughFlyweights() {
        ObjectSpec spec = Sources.object("samples", """
            enum state { STATE_IDLE, STATE_RUNNING = 5, STATE_DEAD };
            struct sample { int number; enum state state; char comm[16]; char rest[]; };
            struct { __uint(type, BPF_MAP_TYPE_RINGBUF); __uint(max_entries, 4096); } samples SEC(".maps");
            const struct sample *unused __attribute__((unused));

            SEC("tc")
            int emit(struct __sk_buff *skb)
            {
            	struct { struct sample s; char rest[4]; } one = {};
            	one.s.number = skb->mark;
            	one.s.state = STATE_RUNNING;
            	one.s.comm[0] = 'a';
            	one.s.comm[1] = 'b';
            	one.rest[1] = 7;
            	return bpf_ringbuf_output(&samples, &one, sizeof(one), 0);
            }
            """);
        TypeRef type = TypeRef.named(spec.btf(), "sample");
        Codec<Sample> codec =
                Codecs.record(MethodHandles.lookup(), Sample.class).bind(type);
        Flyweight<SampleView> views = Flyweight.of(MethodHandles.lookup(), SampleView.class, type);
        try (LoadedObject object = BpfLoader.load(spec);
                RingBuffer ring = RingBuffer.open(object.map("samples"))) {
            object.program("emit").testRun(Sources.marked(3));
            object.program("emit").testRun(Sources.marked(4));
            List<Sample> seen = new ArrayList<>();
            assertEquals(2, ring.consume(EventConsumer.of(codec, seen::add)));
            assertEquals(List.of(3, 4), seen.stream().map(Sample::number).toList());
            assertEquals(List.of(State.RUNNING, "ab"), List.of(seen.get(0).state, seen.get(0).comm));
            assertArrayEquals(new byte[] {0, 7, 0, 0}, seen.get(0).rest);
            assertSame(seen.get(0).comm, seen.get(1).comm);
            object.program("emit").testRun(Sources.marked(5));
            object.program("emit").testRun(Sources.marked(6));
            List<SampleView> kept = new ArrayList<>();
            List<Object> values = new ArrayList<>();
            assertEquals(2, ring.consume(EventConsumer.of(views, view -> {
                kept.add(view);
                values.addAll(List.of(view.number(), view.state(), view.comm(), view.rest(1)));
                assertThrows(IndexOutOfBoundsException.class, () -> view.rest(4));
            })));
            assertEquals(List.of(5, State.RUNNING, "ab", (byte) 7, 6, State.RUNNING, "ab", (byte) 7), values);
            assertSame(kept.get(0), kept.get(1));
            assertThrows(IllegalStateException.class, () -> kept.get(0).number());
        }
    }

    record Locked(long count, int owner) {}

    record WithTimer(long fired) {}

    record WithLock(int lock, long count, int owner) {}

    /** The kernel has a lock, a timer and a pointer in the values; Java sees what is left. */
    @Test
    void row45_whatTheKernelManagesIsHiddenAndWrittenAsZero() {
        ObjectSpec spec = Sources.object("managed", """
            struct bpf_spin_lock { __u32 val; };
            struct bpf_timer { __u64 __opaque[2]; } __attribute__((aligned(8)));
            struct task_struct { int pid; };
            const struct task_struct *complete __attribute__((unused));
            struct locked {
            	struct bpf_spin_lock lock;
            	__u64 count;
            	struct task_struct __attribute__((btf_type_tag("kptr_untrusted"))) *task;
            	__u32 owner;
            	__u32 pad;
            };
            struct timed { struct bpf_timer timer; __u64 fired; };
            struct { __uint(type, BPF_MAP_TYPE_ARRAY); __type(key, __u32); __type(value, struct locked); __uint(max_entries, 1); } locks SEC(".maps");
            struct { __uint(type, BPF_MAP_TYPE_HASH); __type(key, __u32); __type(value, struct timed); __uint(max_entries, 4); } timers SEC(".maps");
            static long (*spin_lock)(struct bpf_spin_lock *lock) = (void *) 93;
            static long (*spin_unlock)(struct bpf_spin_lock *lock) = (void *) 94;

            SEC("tc")
            int add(struct __sk_buff *skb)
            {
            	__u32 zero = 0;
            	struct locked *value = bpf_map_lookup_elem(&locks, &zero);
            	if (!value)
            		return -1;
            	spin_lock(&value->lock);
            	value->count += 5;
            	spin_unlock(&value->lock);
            	return bpf_map_lookup_elem(&timers, &zero) ? 1 : 0;
            }
            """);
        try (LoadedObject object = BpfLoader.load(spec)) {
            assertTrue(object.map("locks").valueType().hasSpinLock());
            assertFalse(object.map("timers").valueType().hasSpinLock());
            MethodHandles.Lookup lookup = MethodHandles.lookup();
            BpfArray<Locked> locks = BpfArray.of(object.map("locks"), Codecs.record(lookup, Locked.class));
            locks.update(0, new Locked(7, 8));
            BpfHashMap<Integer, WithTimer> timers =
                    BpfHashMap.of(object.map("timers"), Codecs.INT, Codecs.record(lookup, WithTimer.class));
            timers.update(0, new WithTimer(9));
            assertEquals(1, Sources.run(object.program("add")));
            assertEquals(new Locked(12, 8), locks.lookup(0));
            assertEquals(new WithTimer(9), timers.lookup(0));
            byte[] raw = BpfArray.of(object.map("locks"), Codecs.bytes(32)).lookup(0);
            assertArrayEquals(new byte[4], Arrays.copyOf(raw, 4), "the kernel hides the lock");
            assertArrayEquals(new byte[8], Arrays.copyOfRange(raw, 16, 24), "and the pointer");
            String message = assertThrows(
                            CodecMismatchException.class,
                            () -> BpfArray.of(object.map("locks"), Codecs.record(lookup, WithLock.class)))
                    .toString();
            assertTrue(message.contains("<- the kernel's own, always zero here; leave it out"), message);
        }
    }
}
