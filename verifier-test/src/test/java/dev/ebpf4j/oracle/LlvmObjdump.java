package dev.ebpf4j.oracle;

import static org.junit.jupiter.api.Assumptions.abort;

import dev.ebpf4j.insn.Code;
import dev.ebpf4j.insn.Disassembler;
import dev.ebpf4j.insn.Insn;
import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * LLVM's disassembler, from {@code -Dllvm.bin=FOLDER}, the PATH, or the jar that our clang comes from; version 18 or newer,
 * the first with all of BPF v4.
 */
final class LlvmObjdump {
    private static final Duration LIMIT = Duration.ofMinutes(1);
    private static final int OLDEST = 18;
    private static final int NEWEST = 30;
    private static final Pattern VERSION = Pattern.compile("LLVM version (\\d+)");
    private static final Pattern LINE = Pattern.compile("\\s*\\d+:\\s((?: ?[0-9a-f]{2})+)\\s+(.*?)\\s*(?:<[^<>]*>)?");
    private static final Pattern HEX = Pattern.compile("(-?)0x([0-9a-f]+)");

    private final String program;
    private final Path libraries;

    private LlvmObjdump(String program, Path libraries) {
        this.program = program;
        this.libraries = libraries;
    }

    /** An instruction as it stands in a file, and LLVM's words for it. */
    record Line(Code code, String text) {
        /** Both in one spelling, ours and theirs. */
        List<String> texts() {
            return List.of(normal(llvmWords(code.insn(0))), normal(text));
        }
    }

    /** Finds one, or aborts the test; a copy that it needs to make goes into {@code folder}. */
    static LlvmObjdump find(Path folder) throws IOException {
        String setting = System.getProperty("llvm.bin");
        String prefix = setting == null ? "" : setting + "/";
        Optional<LlvmObjdump> installed = Stream.concat(
                        Stream.of("llvm-objdump"),
                        IntStream.iterate(NEWEST, version -> version >= OLDEST, version -> version - 1)
                                .mapToObj(version -> "llvm-objdump-" + version))
                .map(name -> new LlvmObjdump(prefix + name, Path.of("")))
                .filter(LlvmObjdump::isNewEnough)
                .findFirst();
        return installed.isPresent()
                ? installed.get()
                : ofJar(folder)
                        .orElseGet(() -> abort("no llvm-objdump of LLVM " + OLDEST
                                + " or newer: not on the PATH, not by -Dllvm.bin=FOLDER, not beside the clang in use"));
    }

    /** The jar of the clang that is unpacked has the program too; it takes the same libraries. */
    private static Optional<LlvmObjdump> ofJar(Path folder) throws IOException {
        String platform = System.getProperty("os.arch").equals("aarch64") ? "linux-arm64" : "linux-x86_64";
        URL packed = ClassLoader.getSystemResource("org/bytedeco/llvm/" + platform + "/llvm-objdump");
        if (packed == null) {
            return Optional.empty();
        }
        Path program = folder.resolve("llvm-objdump");
        try (InputStream in = packed.openStream()) {
            Files.copy(in, program, StandardCopyOption.REPLACE_EXISTING);
        }
        if (!program.toFile().setExecutable(true)) {
            return Optional.empty();
        }
        Path libraries = BpfSource.clang().executable().resolve("../../lib").normalize();
        return Optional.of(new LlvmObjdump(program.toString(), libraries)).filter(LlvmObjdump::isNewEnough);
    }

    private boolean isNewEnough() {
        try {
            return run("--version").stream()
                    .map(VERSION::matcher)
                    .filter(Matcher::find)
                    .findFirst()
                    .map(found -> Integer.parseInt(found.group(1)) >= OLDEST)
                    .orElse(false);
        } catch (IOException e) {
            return false; // not there, or does not run
        }
    }

    /** All instructions of all sections of an object. */
    List<Line> lines(Path object) throws IOException {
        List<Line> lines = new ArrayList<>();
        for (String line : run("-d", "--mcpu=v4", object.toString())) {
            Matcher found = LINE.matcher(line);
            if (found.matches()) {
                byte[] bytes = HexFormat.of().parseHex(found.group(1).replace(" ", ""));
                lines.add(new Line(Code.of(bytes, ByteOrder.LITTLE_ENDIAN), found.group(2)));
            }
        }
        return lines;
    }

    private List<String> run(String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(program));
        command.addAll(List.of(arguments));
        return Tool.lines(libraries, LIMIT, command);
    }

    /** What bpftool and the verifier name, LLVM prints as numbers. */
    private static String llvmWords(Insn insn) {
        return switch (insn) {
            case Insn.CallHelper i -> "call " + i.id();
            case Insn.CallSubprogram i -> "call " + i.delta();
            case Insn.CallKfunc i -> "call " + i.btfId();
            case Insn.PacketInd i -> Disassembler.text(i).replaceFirst(" [+-] \\d+]", "]"); // it forgets the offset
            default -> Disassembler.text(insn);
        };
    }

    /** Decimal numbers, single blanks, and r for the w of a narrow load or store. */
    private static String normal(String text) {
        String decimal = HEX.matcher(text.replaceAll("\\s+", " ")).replaceAll(LlvmObjdump::decimal);
        boolean plainMemory = decimal.contains("*(u") && !decimal.startsWith("lock");
        return plainMemory ? decimal.replaceAll("\\bw(\\d)", "r$1") : decimal;
    }

    private static String decimal(MatchResult hex) {
        long value = Long.parseUnsignedLong(hex.group(2), 16);
        return Long.toString(hex.group(1).isEmpty() ? value : -value);
    }
}
