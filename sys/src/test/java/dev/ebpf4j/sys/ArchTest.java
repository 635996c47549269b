package dev.ebpf4j.sys;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The tables of both processors against Debian's kernel headers, whose numbers are in the test resources. */
class ArchTest {
    @ParameterizedTest
    @EnumSource
    void numbersAreThoseOfTheKernelHeaders(Arch arch) throws IOException {
        Map<String, Integer> header = headerNumbers("syscalls-" + arch.name().toLowerCase(Locale.ROOT) + ".txt");
        Map<String, Integer> table = new HashMap<>();
        for (SysCall call : SysCall.values()) {
            table.put(call.name().toLowerCase(Locale.ROOT), call.number(arch));
        }
        assertEquals(header, table);
    }

    private static Map<String, Integer> headerNumbers(String resource) throws IOException {
        try (InputStream in = Objects.requireNonNull(ArchTest.class.getResourceAsStream(resource))) {
            Map<String, Integer> numbers = new HashMap<>();
            for (String line : new String(in.readAllBytes(), UTF_8).split("\n", -1)) {
                if (!line.isEmpty() && !line.startsWith("#")) {
                    int space = line.indexOf(' ');
                    numbers.put(line.substring(0, space), Integer.valueOf(line.substring(space + 1)));
                }
            }
            return numbers;
        }
    }

    /** {@code struct user_pt_regs} is {@code u64 regs[31], sp, pc, pstate}; x29 is the frame pointer, x0 the result. */
    @Test
    void aarch64RegistersAreThoseOfUserPtRegs() {
        List<Integer> arguments = IntStream.range(0, 6).mapToObj(i -> 8 * i).toList();
        assertEquals(new Arch.Registers(arguments, 0, 31 * 8, 32 * 8, 29 * 8), Arch.AARCH64.registers());
    }

    /** {@code linux/eventpoll.h}: {@code u32 events; u64 data}, packed where {@code __x86_64__} is defined. */
    @Test
    void epollEventIsPackedOnX86Only() {
        assertEquals(12, Arch.X86_64.epollEventSize());
        assertEquals(16, Arch.AARCH64.epollEventSize());
        try (Arena arena = Arena.ofConfined()) {
            for (Arch arch : Arch.values()) {
                EpollEvents events = new EpollEvents(arch, arena, 2);
                events.set(0, 1, -2);
                events.set(1, 3, -4);
                assertEquals(
                        List.of(1L, -2L, 3L, -4L),
                        List.of((long) events.events(0), events.data(0), (long) events.events(1), events.data(1)));
            }
        }
    }

    @Test
    void namesAreThoseOfJavaAndOfBpfTracing() {
        assertEquals(Optional.of(Arch.X86_64), Arch.ofJavaName("amd64"));
        assertEquals(Optional.of(Arch.AARCH64), Arch.ofJavaName("aarch64"));
        assertEquals(Optional.empty(), Arch.ofJavaName("riscv64"));
        assertEquals("__TARGET_ARCH_x86", Arch.X86_64.targetDefine());
        assertEquals("__TARGET_ARCH_arm64", Arch.AARCH64.targetDefine());
    }
}
