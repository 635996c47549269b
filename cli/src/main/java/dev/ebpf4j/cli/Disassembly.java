package dev.ebpf4j.cli;

import dev.ebpf4j.btf.Btf;
import dev.ebpf4j.btf.BtfFormatException;
import dev.ebpf4j.error.MissingObjectException;
import dev.ebpf4j.insn.Disassembler;
import dev.ebpf4j.spec.FunctionId;
import dev.ebpf4j.spec.FunctionSpec;
import dev.ebpf4j.spec.ObjectSpec;
import dev.ebpf4j.spec.ProgramSpec;
import dev.ebpf4j.spec.Reloc;
import dev.ebpf4j.spec.SourceLine;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** A program's instructions with the source lines and relocations above them, followed by the functions that it calls. */
final class Disassembly {
    private final ObjectSpec spec;
    private final Words words;
    private final Map<FunctionId, FunctionSpec> functions = new LinkedHashMap<>();

    Disassembly(ObjectSpec spec) {
        this.spec = spec;
        this.words = new Words(spec);
        Stream.concat(spec.programs().stream().map(ProgramSpec::entry), spec.subprograms().stream())
                .forEach(function -> functions.put(function.id(), function));
    }

    /** The text of a program or function, and of all that it calls. */
    String of(String name) {
        FunctionSpec start = functions.values().stream()
                .filter(function -> function.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new MissingObjectException(
                        "object '" + spec.name() + "'",
                        "program or function",
                        name,
                        functions.values().stream().map(FunctionSpec::name).toList()));
        Map<FunctionId, FunctionSpec> reached = new LinkedHashMap<>();
        reach(start, reached);
        StringBuilder text = new StringBuilder();
        for (FunctionSpec function : reached.values()) {
            text.append(text.isEmpty() ? "" : "\n")
                    .append(function.name())
                    .append(" in section ")
                    .append(function.id().section())
                    .append(":\n");
            Map<Integer, String> notes = notes(function);
            text.append(Disassembler.plain()
                    .withLabels()
                    .withNotes(slot -> Optional.ofNullable(notes.get(slot)))
                    .text(function.code()));
        }
        return text.toString();
    }

    private void reach(FunctionSpec function, Map<FunctionId, FunctionSpec> reached) {
        if (reached.putIfAbsent(function.id(), function) != null) {
            return;
        }
        for (Reloc reloc : function.relocs()) {
            FunctionSpec callee = switch (reloc) {
                case Reloc.SubprogCall call -> functions.get(call.callee());
                case Reloc.SubprogAddress address -> functions.get(address.callee());
                default -> null;
            };
            if (callee != null) {
                reach(callee, reached);
            }
        }
    }

    private Map<Integer, String> notes(FunctionSpec function) {
        Map<Integer, String> notes = new HashMap<>();
        String last = "";
        for (SourceLine line : function.lines()) {
            String text = source(line);
            if (!text.equals(last)) {
                notes.merge(line.slot(), text, (a, b) -> a + "\n" + b);
            }
            last = text;
        }
        for (Reloc reloc : function.relocs()) {
            notes.merge(reloc.slot(), "  " + Words.kind(reloc) + ": " + words.target(reloc), (a, b) -> a + "\n" + b);
        }
        return notes;
    }

    private String source(SourceLine line) {
        Btf btf = spec.btf();
        try {
            return btf == null ? "" : btf.string(line.text()).strip() + " @ line " + line.line();
        } catch (BtfFormatException e) {
            return "@ line " + line.line();
        }
    }
}
