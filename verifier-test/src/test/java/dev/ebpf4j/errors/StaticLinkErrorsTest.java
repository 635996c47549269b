package dev.ebpf4j.errors;

import static dev.ebpf4j.errors.Messages.assertFails;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.ebpf4j.elf.ElfFormatException;
import dev.ebpf4j.elf.ElfReader;
import dev.ebpf4j.elf.StaticLinker;
import dev.ebpf4j.elf.StaticLinker.Input;
import dev.ebpf4j.link.LinkException;
import dev.ebpf4j.spec.MapSpec;
import dev.ebpf4j.spec.ObjectSpec;
import dev.ebpf4j.spec.ProgramSpec;
import java.nio.ByteOrder;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a user reads whose object files contradict each other; and that those which do not give one whole object. */
class StaticLinkErrorsTest {
    private static final String MAIN = """
        #include "types.h"

        extern int state;
        extern int add(int x);

        SEC("socket") int entry(void *ctx)
        {
        	return add(state);
        }
        """ + Sources.LICENSE;

    private static final String PARTS = """
        #include "types.h"

        int state = 7;

        int add(int x)
        {
        	return x + state;
        }
        """ + Sources.LICENSE;

    @Test
    void twoStrongDefinitions() {
        assertFails(
                LinkException.class,
                "'add' is defined in 'parts' and in 'again'; all but one have to be weak (__weak)",
                () -> link(input("parts", PARTS), input("again", PARTS.replace("int state = 7", "extern int state"))));
    }

    @Test
    void aDeclarationOfAnotherType() {
        assertFails(
                LinkException.class,
                "'add' is not in 'main' what it is in 'parts': types differ",
                () -> link(input("main", MAIN.replace("int add(int x)", "int add(long x)")), input("parts", PARTS)));
    }

    @Test
    void otherLicences() {
        assertFails(
                LinkException.class,
                "section 'license' of 'parts' differs from that of 'main'; one object has one license",
                () -> link(input("main", MAIN), input("parts", PARTS.replace("\"GPL\"", "\"MIT\""))));
    }

    @Test
    void otherByteOrders() {
        Input big = new Input("parts", Sources.compile("parts", PARTS, ByteOrder.BIG_ENDIAN));
        Input little = new Input("main", Sources.compile("main", MAIN, ByteOrder.LITTLE_ENDIAN));
        assertFails(
                LinkException.class,
                "'parts' is BIG_ENDIAN, 'main' is not; all objects have to be for machines of one byte order",
                () -> link(little, big));
    }

    @Test
    void noObjectFile() {
        assertFails(
                ElfFormatException.class,
                "parts: ELF file at byte 0: found text that begins 'hell', expected a 64-bit relocatable BPF object"
                        + " file, as 'clang -target bpf -c' makes",
                () -> link(input("main", MAIN), new Input("parts", new byte[] {'h', 'e', 'l', 'l', 'o'})));
    }

    /** Trap 38: bpftool compares all fields of a map but this one. */
    @Test
    void trap38_mapsThatDifferInMapExtra() {
        String filter = """
            #include "types.h"

            %s struct {
            	__uint(type, 30);
            	__uint(max_entries, 64);
            	__type(value, __u32);
            	__uint(map_extra, %d);
            } filter SEC(".maps");

            SEC("socket") int %s(void *ctx)
            {
            	__u32 value = 1;
            	return bpf_map_peek_elem(&filter, &value);
            }
            """ + Sources.LICENSE;
        Input defines = input("defines", filter.formatted("", 3, "one"));
        assertFails(
                LinkException.class,
                "'filter' is not in 'declares' what it is in 'defines': map_extra 4, there 3",
                () -> link(defines, input("declares", filter.formatted("extern", 4, "two"))));
        ObjectSpec linked = ElfReader.read(link(defines, input("declares", filter.formatted("extern", 3, "two"))));
        assertEquals(
                List.of("filter"), linked.maps().stream().map(MapSpec::name).toList());
        assertEquals(
                List.of("one", "two"),
                linked.programs().stream().map(ProgramSpec::name).toList());
    }

    /** Both byte orders are written, and linking one file alone, twice, changes nothing more. */
    @Test
    void anObjectOfTheOtherByteOrderIsEmittedAgain() {
        for (ByteOrder order : List.of(ByteOrder.BIG_ENDIAN, ByteOrder.LITTLE_ENDIAN)) {
            byte[] elf = link(
                    new Input("main", Sources.compile("main", MAIN, order)),
                    new Input("parts", Sources.compile("parts", PARTS, order)));
            ObjectSpec spec = ElfReader.read(elf);
            assertEquals(order, spec.byteOrder());
            assertEquals(
                    List.of("entry"),
                    spec.programs().stream().map(ProgramSpec::name).toList());
            assertEquals(7, spec.initialValue("state").buffer(order).getInt());
            assertArrayEquals(elf, link(new Input("again", elf)));
        }
    }

    private static Input input(String name, String source) {
        return new Input(name, Sources.compile(name, source));
    }

    private static byte[] link(Input... inputs) {
        return StaticLinker.link(List.of(inputs));
    }
}
