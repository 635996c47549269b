package dev.ebpf4j.parity;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ebpf4j.btf.Btf;
import dev.ebpf4j.btf.BtfBuilder;
import dev.ebpf4j.btf.BtfType;
import dev.ebpf4j.btf.CoReRelo;
import dev.ebpf4j.btf.MinCoreBtf;
import dev.ebpf4j.elf.ElfReader;
import dev.ebpf4j.kernel.BpfLoader;
import dev.ebpf4j.kernel.KernelInfo;
import dev.ebpf4j.kernel.LoadedObject;
import dev.ebpf4j.link.LinkException;
import dev.ebpf4j.link.LinkInputs;
import dev.ebpf4j.link.ModuleBtf;
import dev.ebpf4j.oracle.Libbpf;
import dev.ebpf4j.oracle.ObjectDump;
import dev.ebpf4j.oracle.ObjectDump.ProgramDump;
import dev.ebpf4j.oracle.Ours;
import dev.ebpf4j.plan.LoadPlan;
import dev.ebpf4j.spec.FunctionSpec;
import dev.ebpf4j.spec.ObjectSpec;
import dev.ebpf4j.spec.ProgramSpec;
import dev.ebpf4j.spec.Reloc;
import dev.ebpf4j.test.LeakCheck;
import dev.ebpf4j.test.RequiresBpf;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Rows 26 to 29 and 81: programs relocated for types that are not this kernel's. Whatever libbpf makes of them is right; where both
 * load a program, it also runs, and returns what it found out.
 */
@RequiresBpf
@ExtendWith(LeakCheck.class)
class CoReRowsTest {
    /** Types as the programs know them. */
    private static final String LOCAL = """
        #define TRACE __attribute__((preserve_access_index))

        enum color { RED = 1, GREEN = 2, BLUE = 3 } ;
        enum wide { LITTLE = 1, HUGE = 0x100000000ULL };
        struct inner { int z; int y; } TRACE;
        struct s {
        	int a;
        	unsigned long b;
        	unsigned int u;
        	unsigned low : 5, mid : 9;
        	int neg : 6;
        	char text[8];
        	struct inner in;
        	struct inner many[4];
        	enum color c;
        	struct s *next;
        } TRACE;
        struct s___old { int gone; unsigned long b; } TRACE;
        struct s___new { long fresh; } TRACE;
        struct missing { int m; } TRACE;
        union un { int i; char c; } TRACE;
        typedef struct inner inner_t;
        """;

    private static final String PROGRAMS = LOCAL + """
        #define TEST(name, value) SEC("tc") int name(struct __sk_buff *skb) { return (long)(value); }
        #define INFO(field, kind) __builtin_preserve_field_info(((struct s *)0)->field, kind)

        TEST(offset, bpf_core_field_offset(struct s, b) * 1000 + bpf_core_field_offset(struct s, in.y))
        TEST(offset_of_element, bpf_core_field_offset(struct s, many[2].y))
        TEST(offset_of_bits, INFO(mid, BPF_FIELD_BYTE_OFFSET))
        TEST(size, bpf_core_field_size(struct s, b) * 1000 + bpf_core_field_size(struct s, text))
        TEST(size_of_bits, INFO(mid, BPF_FIELD_BYTE_SIZE))
        TEST(exists, bpf_core_field_exists(struct s, b) * 10 + bpf_core_field_exists(struct s, u))
        TEST(exists_not, bpf_core_field_exists(struct missing, m))
        TEST(is_signed, INFO(a, BPF_FIELD_SIGNED) * 100 + INFO(u, BPF_FIELD_SIGNED) * 10 + INFO(neg, BPF_FIELD_SIGNED))
        TEST(left, INFO(mid, BPF_FIELD_LSHIFT_U64) * 100 + INFO(neg, BPF_FIELD_LSHIFT_U64))
        TEST(right, INFO(mid, BPF_FIELD_RSHIFT_U64) * 100 + INFO(neg, BPF_FIELD_RSHIFT_U64))
        TEST(local_id, bpf_core_type_id_local(struct s))
        TEST(target_id, bpf_core_type_id_kernel(struct s))
        TEST(target_id_not, bpf_core_type_id_kernel(struct missing))
        TEST(type_exists, bpf_core_type_exists(struct s) * 100 + bpf_core_type_exists(struct missing) * 10
        	+ bpf_core_type_exists(inner_t))
        TEST(type_size, bpf_core_type_size(struct s) * 100 + bpf_core_type_size(union un))
        TEST(type_size_not, bpf_core_type_size(struct missing))
        TEST(type_matches, bpf_core_type_matches(struct inner) * 10 + bpf_core_type_matches(enum color))
        TEST(value_exists, bpf_core_enum_value_exists(enum color, BLUE) * 10 + bpf_core_enum_value_exists(enum wide, HUGE))
        TEST(value, bpf_core_enum_value(enum color, GREEN))
        TEST(wide_value, bpf_core_enum_value(enum wide, HUGE) >> 32)
        TEST(old_flavour, bpf_core_field_exists(struct s___old, gone))
        TEST(field_through_flavour, bpf_core_field_offset(struct s___old, b))
        TEST(new_flavour, bpf_core_field_exists(struct s___new, fresh))

        static struct s *object(void)
        {
        	static struct s here[2];

        	return here;
        }

        SEC("tc")
        int access(struct __sk_buff *skb)
        {
        	struct s *s = object();

        	s->a = 1;
        	s->u = s->a + 4;
        	s->in.y = 6;
        	return s->u + s->in.y;
        }

        SEC("tc")
        int resized(struct __sk_buff *skb)
        {
        	struct s *s = object();

        	return s->b + s->u;
        }

        SEC("tc")
        int bits(struct __sk_buff *skb)
        {
        	struct s *s = object();

        	return BPF_CORE_READ_BITFIELD(s, mid) + BPF_CORE_READ_BITFIELD(s, neg);
        }
        """;

    /** Targets; each misses something or has it elsewhere, larger, or with another sign. */
    private static final Map<String, String> TARGETS = Map.of(
            "same", """
            enum color { RED = 1, GREEN = 2, BLUE = 3 };
            enum wide { LITTLE = 1, HUGE = 0x100000000ULL };
            struct inner { int z; int y; };
            struct s { int a; unsigned long b; unsigned int u; unsigned low : 5, mid : 9; int neg : 6; char text[8];
            	struct inner in; struct inner many[4]; enum color c; struct s *next; };
            union un { int i; char c; };
            typedef struct inner inner_t;
            """,
            "moved", """
            enum color { BLUE = 13, GREEN = 12, RED = 11 };
            enum wide { LITTLE = 1, HUGE = 0x700000000ULL };
            struct inner { long pad; int y; int z; };
            struct s { char first[40]; unsigned long b; int a; unsigned int u; struct { unsigned mid : 12, low : 3; int neg : 7; };
            	char text[16]; long fresh; struct inner many[9]; struct inner in; enum color c; struct s *next; };
            union un { long i; char c; };
            typedef struct inner inner_t;
            """,
            "resized", """
            enum color { RED, GREEN };
            struct inner { long long y; int z; };
            struct s { long a; unsigned int b; unsigned long long u; unsigned long long low : 40, mid : 20; long long neg : 33;
            	char text[2]; struct inner in; struct inner many[1]; enum color c; void *next; };
            union un { char i[3]; char c; };
            """,
            "poor", """
            struct s { unsigned int a; int u; };
            struct s___old { int gone; char pad[20]; };
            """,
            "two", """
            struct s___one { int a; unsigned long b; unsigned int u; };
            struct s___two { int a; unsigned long b; unsigned int u; long fresh; };
            enum color___x { RED = 1, GREEN = 2 };
            """);

    @TempDir
    static Path folder;

    private static Path programs;
    private static Map<String, ObjectDump> theirs = Map.of();

    @BeforeAll
    static void compile() throws IOException {
        programs = Files.write(folder.resolve("kinds.bpf.o"), Sources.compile("kinds", PROGRAMS));
    }

    /** An object whose BTF has all types of a target. */
    private static byte[] target(String name) {
        String types = Objects.requireNonNull(TARGETS.get(name));
        StringBuilder uses = new StringBuilder();
        Pattern.compile("^(struct|union|enum) \\w+|inner_t", Pattern.MULTILINE)
                .matcher(types)
                .results()
                .forEach(use -> uses.append(use.group())
                        .append(" use")
                        .append(use.start())
                        .append(";\n"));
        return Sources.compile("target_" + name, types + uses + """

            SEC("tc")
            int nothing(void *ctx)
            {
            	return 0;
            }
            """);
    }

    private static Path programsFor(String target) {
        return folder.resolve("kinds_" + target + ".bpf.o");
    }

    /** What libbpf makes of the programs for each target; asked once, for it takes a JVM of its own. */
    private static synchronized Map<String, ObjectDump> theirs() throws IOException {
        if (theirs.isEmpty()) {
            Map<Path, Path> arguments = new LinkedHashMap<>();
            for (String name : TARGETS.keySet()) {
                Path types =
                        Files.write(folder.resolve(name + ".btf"), types(name).toBytes());
                arguments.put(Files.copy(programs, programsFor(name)), types);
            }
            theirs = Libbpf.loadEach(arguments).objects();
        }
        return theirs;
    }

    private static Btf types(String target) {
        return Objects.requireNonNull(ElfReader.read(target(target)).btf());
    }

    @ParameterizedTest
    @ValueSource(strings = {"same", "moved", "resized", "poor", "two"})
    void row26_everyKindForEveryTargetAsLibbpf(String name) throws IOException {
        ObjectDump theirs =
                Objects.requireNonNull(theirs().get(programsFor(name).toString()));
        LinkInputs inputs = KernelInfo.detect().linkInputs().withCoReBtf(types(name));
        ObjectSpec spec = ElfReader.read(programs);
        assertEquals(spec.programs().size(), theirs.programs().size());
        int loaded = 0;
        for (ProgramSpec program : spec.programs()) {
            ProgramDump their = Objects.requireNonNull(theirs.programs().get(program.name()));
            ObjectSpec alone = spec.only(program.name());
            LoadPlan plan;
            try {
                plan = Ours.plan(alone, inputs);
            } catch (LinkException e) {
                assertFalse(their.isLoaded(), e::getMessage);
                assertTrue(String.valueOf(e.getMessage()).contains("several types on the target fit"), e::getMessage);
                continue;
            }
            ProgramDump our = Objects.requireNonNull(Ours.programs(plan).get(program.name()));
            assertEquals(their.withoutMapNames().lines(), our.withoutMapNames().lines(), name + " " + program.name());
            if (their.isLoaded()) {
                try (LoadedObject object = BpfLoader.load(plan)) {
                    Sources.run(object.program(program.name()));
                    loaded++;
                }
            }
        }
        assertTrue(loaded >= 10, loaded + " programs loaded for " + name);
    }

    private static Map<String, ProgramDump> linked(ObjectSpec spec, Btf target) {
        LinkInputs inputs = KernelInfo.detect().linkInputs().withCoReBtf(target);
        return Ours.programs(Ours.plan(spec, inputs));
    }

    private static List<CoReRelo> relocations(ObjectSpec spec) {
        Stream<FunctionSpec> functions =
                Stream.concat(spec.programs().stream().map(ProgramSpec::entry), spec.subprograms().stream());
        return functions
                .flatMap(function -> function.relocs().stream())
                .flatMap(reloc -> reloc instanceof Reloc.CoRe relocation ? Stream.of(relocation.relo()) : Stream.of())
                .toList();
    }

    @Test
    void row28_rawElfAndMinimisedTypesGiveTheSameCode() throws IOException {
        byte[] elf = target("moved");
        Btf inElf = Objects.requireNonNull(ElfReader.read(elf).btf());
        Btf raw = Btf.parse(Files.readAllBytes(Files.write(folder.resolve("raw.btf"), inElf.toBytes())));
        ObjectSpec spec = ElfReader.read(programs);
        ObjectSpec noIds = spec.only(spec.programs().stream()
                .map(ProgramSpec::name)
                .filter(name -> !name.startsWith("target_id"))
                .toArray(String[]::new));
        Btf minimised = new MinCoreBtf(raw)
                .add(Objects.requireNonNull(spec.btf()), relocations(spec))
                .build();
        assertTrue(minimised.toBytes().length < raw.toBytes().length);
        Map<String, ProgramDump> expected = linked(noIds, inElf);
        assertEquals(expected, linked(noIds, raw));
        assertEquals(expected, linked(noIds, minimised));
    }

    @Test
    void row29_typesOfModules() {
        Btf kernel = KernelInfo.detect().btf().orElseThrow();
        BtfBuilder builder = BtfBuilder.split(kernel);
        int number = builder.add(new BtfType.Int("ebpf4j_int", 4, 1, 0, 32));
        builder.add(new BtfType.Struct("only_in_a_module", 16, List.of(new BtfType.Member("field", number, 96, 0))));
        Btf module = builder.build();
        LinkInputs inputs = KernelInfo.detect()
                .linkInputs()
                .withModules(() -> List.of(new ModuleBtf("simulated", 1)), m -> Optional.of(module));
        ObjectSpec spec = Sources.object("module", """
            struct only_in_a_module {
            	int field;
            } __attribute__((preserve_access_index));

            SEC("tc")
            int where(struct __sk_buff *skb)
            {
            	return bpf_core_field_offset(struct only_in_a_module, field);
            }
            """);
        try (LoadedObject object = BpfLoader.load(Ours.plan(spec, inputs))) {
            assertEquals(12, Sources.run(object.program("where")));
        }
    }

    @Test
    void row81_minimisedTypesOfThisKernel() {
        Btf kernel = KernelInfo.detect().btf().orElseThrow();
        ObjectSpec spec = Sources.object("min", """
            struct mm_struct { unsigned long total_vm; } __attribute__((preserve_access_index));
            struct task_struct {
            	int pid;
            	int tgid;
            	struct task_struct *real_parent;
            	struct mm_struct *mm;
            	char comm[16];
            } __attribute__((preserve_access_index));
            struct sk_buff { unsigned int len; unsigned char *head; } __attribute__((preserve_access_index));

            SEC("tp_btf/sched_process_exit")
            int walk(__u64 *ctx)
            {
            	struct task_struct *task = (void *)ctx[0];

            	return task->pid + task->real_parent->tgid + task->mm->total_vm + task->comm[3];
            }

            SEC("raw_tp/sched_process_exit")
            int ask(__u64 *ctx)
            {
            	struct sk_buff *skb = (void *)ctx[0];

            	return BPF_CORE_READ(skb, len) + bpf_core_type_size(struct task_struct)
            		+ bpf_core_field_exists(skb->head);
            }
            """);
        byte[] minimised = new MinCoreBtf(kernel)
                .add(Objects.requireNonNull(spec.btf()), relocations(spec))
                .build()
                .toBytes();
        assertTrue(minimised.length * 20L < kernel.toBytes().length, () -> minimised.length + " bytes");
        assertEquals(linked(spec, kernel), linked(spec, Btf.parse(minimised)));
    }
}
