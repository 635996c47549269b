package dev.ebpf4j.error;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ebpf4j.error.VerifierLog.Source;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The logs of kernel 6.18 were captured from a real kernel with libbpf at log level 1. */
class VerifierLogTest {
    private static final Errno EACCES = Errno.of(Errno.EACCES);

    static String fixture(String name) {
        try (InputStream in = VerifierLogTest.class.getResourceAsStream(name + ".log")) {
            return new String(Objects.requireNonNull(in, name).readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new IllegalStateException(name, e);
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '\0', textBlock = """
        nullcheck-6.18  |  7 | 12 | *count += 1;                    | R0 invalid mem access 'map_value_or_null'   | may be NULL
        loop-6.18       | 18 | 30 | while (bpf_get_prandom_u32() != key) n++; | infinite loop detected at insn 19 | bound
        oob-6.18        | 13 | 50 | return value[i];                | R7 unbounded memory access, make sure to bounds check any such access | compare the index
        leak-6.18       | 18 | 58 | if (bpf_get_prandom_u32() == 7) return 1; | Unreleased reference id=2 alloc_insn=5; BPF_EXIT instruction in main prog would lead to reference leak | every path
        unkhelper-6.18  |  0 | 84 | return nope();                  | invalid func unknown#9999                   | no helper
        helpertype-6.18 | 14 | 100 | return bpf_get_current_pid_tgid() + b[0] + bpf_override_return(ctx, 1); | program of this type cannot use helper bpf_override_return#58 | another type
        subprog-6.18    | 10 | 104 | static __attribute__((noinline)) int helper(__u64 *v) { return *v; } | R1 invalid mem access 'map_value_or_null' | may be NULL
        globalfn-6.18   |  6 | 113 | __attribute__((noinline)) int global_one(__u64 *v) { return *v; } | R1 invalid mem access 'mem_or_null' | may be NULL
        retval-6.18     |  1 | 122 | int on_exec(void *ctx) { return 77; } | At program exit the register R0 has smin=77 smax=77 should have been in [0, 3] | may return
        deref-6.18      |  1 | 128 | return filename[0];             | R1 invalid mem access 'scalar'              | bpf_probe_read
        bigstack-6.18   |  0 | 134 | asm volatile("*(u64 *)(r10 - 520) = %0" :: "r"(ctx) : "memory"); | invalid write to stack R10 off=-520 size=8 | 512 bytes
        """)
    void namesInstructionSourceAndReason(String log, int slot, int line, String source, String reason, String hint) {
        VerifierLog parsed = VerifierLog.parse(fixture(log));
        assertEquals(slot, parsed.last().orElseThrow().slot());
        assertEquals(new Source(source, "fix.c", line), parsed.lastSource().orElseThrow());
        assertEquals(reason, parsed.reason());
        assertTrue(parsed.stats().orElseThrow().instructions() > 0);
        String[] message = new VerifierException("on_exec", EACCES, parsed, "")
                .getMessage()
                .split("\n", -1);
        assertEquals("the verifier rejected program 'on_exec': EACCES (Permission denied)", message[0]);
        assertEquals("  at fix.c:" + line + ": " + source, message[1]);
        assertEquals("  verifier: " + reason, message[2]);
        assertTrue(message[4].startsWith("  hint: ") && message[4].contains(hint), message[4]);
    }

    @Test
    void tellsRegistersAtTheEnd() {
        VerifierLog log = VerifierLog.parse(fixture("nullcheck-6.18"));
        assertEquals(
                "map_value_or_null(id=1,map=counts,ks=4,vs=8)",
                log.lastRegisters().get("R0"));
        assertEquals("mmmm????", log.lastRegisters().get("fp-8"));
        assertEquals("r1 = *(u64 *)(r0 +0)", log.last().orElseThrow().code());
        assertEquals("R2=fp-4", log.instructions().get(3).after().text());
    }

    @Test
    void splitsAJumpFromTheStateBehindIt() {
        VerifierLog log = VerifierLog.parse(fixture("leak-6.18"));
        VerifierLog.Instruction jump = log.instructions().stream()
                .filter(instruction -> instruction.slot() == 12)
                .findFirst()
                .orElseThrow();
        assertEquals("if r0 == 0x7 goto pc+4", jump.code());
        assertEquals("ringbuf_mem(ref_obj_id=2,sz=16)", jump.after().values().get("R7"));
        assertEquals("2", log.lastRegisters().get("refs"));
    }

    @Test
    void anAcceptedProgramHasNoReason() {
        VerifierLog log = VerifierLog.parse(fixture("accepted-6.18"));
        assertEquals("", log.reason());
        VerifierLog.Stats stats = log.stats().orElseThrow();
        assertEquals(13, stats.instructions());
        assertEquals(1_000_000, stats.limit());
        assertEquals(1, stats.peakStates());
        assertEquals(98, stats.micros());
        assertEquals(8, stats.stackDepth());
    }

    @Test
    void readsStatesOnTheirOwnLinesAndSourceWithoutPlace() {
        VerifierLog log = VerifierLog.parse("""
            0: R1=ctx(id=0,off=0,imm=0) R10=fp0
            ; u64 *v = find(key);
            0: (b7) r1 = 1
            1: R1_w=inv1 R10=fp0
            1: (85) call bpf_map_lookup_elem#1
             R0=map_value_or_null(id=1,off=0,ks=4,vs=8,imm=0) R10=fp0
            ; return *v;
            2: (79) r0 = *(u64 *)(r0 +0)
            R0 invalid mem access 'map_value_or_null'
            processed 3 insns (limit 1000000) max_states_per_insn 0 total_states 0 peak_states 0 mark_read 0
            """);
        assertEquals(3, log.instructions().size());
        assertEquals(new Source("return *v;", "", 0), log.lastSource().orElseThrow());
        assertEquals("inv1", log.lastRegisters().get("R1"));
        assertTrue(log.lastRegisters().getOrDefault("R0", "").startsWith("map_value_or_null"));
        assertEquals("R0 invalid mem access 'map_value_or_null'", log.reason());
        assertEquals(-1, log.stats().orElseThrow().micros());
    }

    @Test
    void keepsTheExplanationOfNewKernels() {
        VerifierLog log = VerifierLog.parse("""
            0: R1=ctx() R10=fp0
            0: (95) exit
            R0 !read_ok

            Verification failed: some category

            Reason:
              words about R0

            processed 1 insns (limit 1000000) max_states_per_insn 0 total_states 0 peak_states 0 mark_read 0
            """);
        assertEquals("R0 !read_ok", log.reason());
        assertTrue(log.explanation().startsWith("Verification failed: some category"));
        assertTrue(log.explanation().endsWith("words about R0"));
        String message = new VerifierException("p", EACCES, log, "").getMessage();
        assertTrue(message.contains("words about R0"), message);
    }

    /** The layout of {@code kernel/bpf/diagnostics.c}, for code with and without line information. */
    @Test
    void theExplanationOfNewKernelsIsTakenApart() {
        VerifierLog log = VerifierLog.parse("""
            0: R1=ctx() R10=fp0
            ; return *v; @ a.c:12
            0: (79) r0 = *(u64 *)(r1 +0)          ; R0=scalar() R1=ctx()
            R1 invalid mem access 'scalar'

            Verification failed: Register Type Safety: Invalid dereference

            Reason:
              R1 is an integer scalar here,
              not a pointer to memory.

            At:
              on_exec @ dir/a.c:12:9
              Source context:
                  11 | int f(void *v) {
              >>> 12 |         return *v;
                     |         ^-- error: invalid dereference
              Instruction context:
              >>> 0 | (79) r0 = *(u64 *)(r1 +0)

            Causal path:
              insn 0: R1 became a scalar

            Suggestion:
              Use a helper.

            processed 1 insns (limit 1000000) max_states_per_insn 0 total_states 0 peak_states 0 mark_read 3
            """);
        assertEquals("R1 invalid mem access 'scalar'", log.reason());
        assertEquals(1, log.instructions().size());
        assertEquals(3, log.stats().orElseThrow().markRead());
        assertEquals(
                new VerifierDiagnosis(
                        "Register Type Safety",
                        "Invalid dereference",
                        "R1 is an integer scalar here, not a pointer to memory.",
                        "on_exec",
                        Optional.of(new Source("return *v;", "dir/a.c", 12)),
                        "Use a helper.",
                        List.of("  insn 0: R1 became a scalar")),
                log.diagnosis().orElseThrow());
        VerifierLog bare = VerifierLog.parse("""
            0: (95) exit

            Verification failed: Policy: Operation is not allowed

            At:
              insn 0
            """);
        assertEquals("Policy: Operation is not allowed", bare.reason());
        assertEquals(Optional.empty(), bare.diagnosis().orElseThrow().source());
        assertEquals(Optional.empty(), VerifierLog.EMPTY.diagnosis());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        R0 !read_ok                                                   | must return a value
        R3 !read_ok                                                   | never written
        R2 unbounded memory access, use 'var &= const' or 'if (var < const)' | compare the index
        invalid access to packet, off=0 size=4, R1(id=0,off=0,r=0)    | data_end
        misaligned stack access off 0+-8+1 size 8                     | multiple of the size
        back-edge from insn 3 to 1                                    | bound
        BPF program is too large. Processed 1000001 insn              | bpf_loop
        combined stack size of 2 calls is 544. Too large              | 512 bytes
        cannot call GPL-restricted function from non-GPL compatible program | licence
        unknown func bpf_get_socket_cookie#46                         | no such helper
        helper call might sleep in a non-sleepable prog               | sleepable
        Unreleased reference id=2 alloc_insn=5                        | on every path
        BPF_EXIT instruction in main prog cannot be used inside bpf_spin_lock-ed region | release the lock
        map 'm' has to have BTF in order to use bpf_spin_lock         | compile with -g
        invalid func unknown#2001000003                               | map that was not made
        invalid func unknown#2002000001                               | kernel function
        Possibly NULL pointer passed to trusted arg0                  | NULL
        write into map forbidden, value_size=8 off=0 size=4           | constants
        """)
    void theMostCommonReasonsHaveAHint(String reason, String hint) {
        String message = new VerifierException("p", EACCES, VerifierLog.parse("0: (95) exit\n" + reason + "\n"), "")
                .getMessage();
        String line = message.lines()
                .filter(text -> text.startsWith("  hint: "))
                .findFirst()
                .orElse("no hint");
        assertTrue(line.contains(hint), message);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "frame pointer is read only",
                "arg#0 expected pointer to map value",
                "arg#1 pointer type STRUCT s must point to scalar, or struct with scalar"
            })
    void reasonsThatBeginLikeChatter(String reason) {
        String log = "0: (b7) r10 = 0\nframe 0: propagating r6\narg#0 reference type('UNKNOWN ') size cannot be"
                + " determined: -22\n" + reason + "\nprocessed 1 insns (limit 1000000)\n";
        assertEquals(reason, VerifierLog.parse(log).reason());
    }

    @Test
    void aPoisonedInstructionIsExplainedByTheLoader() {
        VerifierLog log = VerifierLog.parse(fixture("poison-6.18"));
        String message = new VerifierException("p", EACCES, log, "struct task_struct has no field 'x'").getMessage();
        assertTrue(message.contains("\n  because struct task_struct has no field 'x'\n"), message);
        assertTrue(message.contains("\n  hint: a CO-RE access that this kernel can't serve is reached here"), message);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "\n\n", "unreachable insn 2\nprocessed 0 insns (limit 1000000)", "\0", "1: (", "; @ :", "R"})
    void oddTextsParse(String text) {
        VerifierLog log = VerifierLog.parse(text);
        assertDoesNotThrow(() -> new VerifierException("p", EACCES, log, "").getMessage());
    }

    @Test
    void mutatedLogsNeverThrow() {
        Random random = new Random(618);
        String[] names = {"nullcheck-6.18", "loop-6.18", "subprog-6.18", "accepted-6.18", "leak-6.18"};
        for (int round = 0; round < 20_000; round++) {
            StringBuilder text = new StringBuilder(fixture(names[round % names.length]));
            for (int change = random.nextInt(8) + 1; change > 0; change--) {
                int at = random.nextInt(text.length());
                switch (random.nextInt(4)) {
                    case 0 -> text.setCharAt(at, (char) random.nextInt(128));
                    case 1 -> text.delete(at, Math.min(text.length(), at + random.nextInt(40)));
                    case 2 -> text.insert(at, text.substring(at, Math.min(text.length(), at + random.nextInt(80))));
                    default -> text.setLength(at + 1);
                }
                if (text.isEmpty()) {
                    text.append(' ');
                }
            }
            VerifierLog log = VerifierLog.parse(text.toString());
            assertDoesNotThrow(log::lastRegisters);
            assertDoesNotThrow(() -> new VerifierException("p", EACCES, log, "").getMessage());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {" ", "a ", "(", "1 ", "R0=( ", "= ", "; ", "frame1: ", "99999999999", "0: (b7) r1 ; "})
    void longDamagedLinesTakeLinearTime(String unit) {
        String line = unit.repeat(1_000_000 / unit.length());
        Assertions.assertTimeoutPreemptively(Duration.ofSeconds(30), () -> {
            for (String start : new String[] {"", "0: R1=", "0: (b7) ", "processed ", "; "}) {
                VerifierLog log = VerifierLog.parse(start + line);
                log.lastRegisters();
            }
        });
    }
}
