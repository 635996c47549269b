package dev.ebpf4j.spec;

import static dev.ebpf4j.link.TestObjects.CALL;
import static dev.ebpf4j.link.TestObjects.EXIT;
import static dev.ebpf4j.link.TestObjects.WIDE;
import static dev.ebpf4j.link.TestObjects.WIDE_END;
import static dev.ebpf4j.link.TestObjects.function;
import static dev.ebpf4j.link.TestObjects.id;
import static dev.ebpf4j.link.TestObjects.object;
import static dev.ebpf4j.link.TestObjects.tracepoint;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.ebpf4j.error.MissingObjectException;
import dev.ebpf4j.insn.Code;
import dev.ebpf4j.spec.MapSpec.Slot;
import java.util.List;
import org.junit.jupiter.api.Test;

class OnlyTest {
    private static final Code LOAD = Code.of(WIDE, WIDE_END, EXIT);

    private final FunctionSpec leaf = function("leaf", LOAD, new Reloc.DataRef(0, ".bss", 0));
    private final FunctionSpec middle = function("middle", Code.of(CALL, EXIT), new Reloc.SubprogCall(0, id("leaf")));
    private final FunctionSpec deep = function(
            "deep",
            Code.of(WIDE, WIDE_END, WIDE, WIDE_END, EXIT),
            new Reloc.SubprogAddress(0, id("middle")),
            new Reloc.MapRef(2, "outer"));
    private final ObjectSpec everything = object(
                    tracepoint(deep).withAutoload(false),
                    tracepoint(function("jumper", LOAD, new Reloc.MapRef(0, "jumps"))),
                    tracepoint(function("op", Code.of(EXIT))),
                    tracepoint(function("broken", LOAD, new Reloc.Broken(0, "nothing there"))))
            .subprograms(List.of(leaf, middle))
            .maps(List.of(
                    map("inner", MapType.ARRAY),
                    map("other", MapType.ARRAY),
                    map("outer", MapType.ARRAY_OF_MAPS, new Slot(3, "inner")),
                    map("jumps", MapType.PROG_ARRAY, new Slot(0, "deep"), new Slot(1, "jumper")),
                    map("ops", MapType.STRUCT_OPS, new Slot(8, "op"), new Slot(16, "deep")),
                    map(".bss", MapType.ARRAY)))
            .variables(
                    List.of(new VariableSpec("counter", ".bss", 0, 4, 0), new VariableSpec("unused", "other", 0, 4, 0)))
            .build();

    @Test
    void mapsAreFollowedThroughFunctionsElementsAndKernelOperations() {
        ObjectSpec deepOnly = everything.only("deep");
        assertEquals(List.of("inner", "outer", "ops", ".bss"), names(deepOnly));
        assertEquals(List.of(new Slot(16, "deep")), deepOnly.map("ops").slots());
        assertEquals(
                List.of("counter"),
                deepOnly.variables().stream().map(VariableSpec::name).toList());
    }

    @Test
    void programsNamedAreLoadedAndNoOthers() {
        ObjectSpec two = everything.only("deep", "jumper");
        assertEquals(
                List.of("deep true", "jumper true"),
                two.programs().stream()
                        .map(program -> program.name() + " " + program.autoload())
                        .toList());
        assertEquals(
                List.of(new Slot(0, "deep"), new Slot(1, "jumper")),
                two.map("jumps").slots());
        assertEquals(
                List.of(new Slot(1, "jumper")),
                everything.only("jumper").map("jumps").slots());
        assertEquals(List.of(), names(everything.only("broken")));
        assertThrows(MissingObjectException.class, () -> everything.only("deep", "nobody"));
    }

    @Test
    void aProgramThatAnotherCallsStaysAsAFunction() {
        ProgramSpec called = tracepoint(leaf);
        ObjectSpec object = object(tracepoint(middle), called, tracepoint(function("op", Code.of(EXIT))))
                .maps(List.of(map(".bss", MapType.ARRAY)))
                .build();
        ObjectSpec reduced = object.only("middle");
        assertEquals(
                List.of("middle"),
                reduced.programs().stream().map(ProgramSpec::name).toList());
        assertEquals(List.of(leaf), reduced.subprograms());
        assertEquals(List.of(".bss"), names(reduced));
    }

    private static List<String> names(ObjectSpec object) {
        return object.maps().stream().map(MapSpec::name).toList();
    }

    private static MapSpec map(String name, MapType type, Slot... slots) {
        return MapSpec.builder(name, type)
                .keySize(4)
                .valueSize(4)
                .maxEntries(8)
                .slots(List.of(slots))
                .build();
    }
}
