package dev.ebpf4j.elf;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.ebpf4j.btf.Btf;
import dev.ebpf4j.btf.BtfLinkage;
import dev.ebpf4j.btf.BtfType.DataSec;
import dev.ebpf4j.btf.BtfType.SecInfo;
import dev.ebpf4j.btf.BtfType.Var;
import dev.ebpf4j.spec.Bytes;
import dev.ebpf4j.spec.KernelNames;
import dev.ebpf4j.spec.MapSpec;
import dev.ebpf4j.spec.ObjectSpec;
import dev.ebpf4j.spec.ProgramSpec;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Programs, maps, data and data sections of types must be what libbpf 1.7.0 reads (src/test/bpf/libbpf-dump.c). */
class LibbpfTest {
    @ParameterizedTest
    @ValueSource(strings = {"exec", "common", "plain"})
    void readsWhatLibbpfReads(String name) {
        String libbpf = new String(Fixture.bytes(name + ".libbpf.txt"), StandardCharsets.UTF_8);
        assertEquals(libbpf, String.join("\n", dump(Fixture.read(name))) + "\n");
    }

    private static List<String> dump(ObjectSpec object) {
        List<String> lines = new ArrayList<>();
        object.programs().forEach(program -> lines.add(dump(program)));
        object.maps().forEach(map -> lines.add(dump(object, map)));
        Btf btf = object.btf();
        for (int id = 1; btf != null && id < btf.typeCount(); id++) {
            if (btf.type(id) instanceof DataSec section && !Externs.isExtern(section)) {
                lines.add("datasec %s size %d".formatted(section.name(), section.size()));
                for (SecInfo info : section.vars()) {
                    Var variable = (Var) btf.type(info.typeId());
                    lines.add("  %s linkage %d offset %d size %d"
                            .formatted(
                                    variable.name(),
                                    variable.linkage() == BtfLinkage.STATIC ? 0 : 1,
                                    info.offset(),
                                    info.size()));
                }
            }
        }
        return lines;
    }

    private static String dump(ProgramSpec program) {
        return "program %s section %s type %d attach %d flags %x autoload %d insns %d"
                .formatted(
                        program.name(),
                        program.section(),
                        program.type().number(),
                        program.attachType().number(),
                        program.flags(),
                        program.autoload() ? 1 : 0,
                        program.entry().code().size());
    }

    private static String dump(ObjectSpec object, MapSpec map) {
        // libbpf's own name of a data map is the one that the kernel gets
        String name = map.name().startsWith(".") ? KernelNames.ofMap(object.name(), map.name()) : map.name();
        MapSpec inner = map.inner();
        Bytes contents = map.contents();
        return shape("map " + name, map)
                + " flags %x numa %d extra %x types %d %d pinned %d"
                        .formatted(
                                map.flags(),
                                map.numaNode(),
                                map.mapExtra(),
                                map.keyTypeId(),
                                map.valueTypeId(),
                                map.pinning() == MapSpec.Pinning.BY_NAME ? 1 : 0)
                + (inner == null ? "" : shape(" inner " + inner.name(), inner))
                + (contents == null ? "" : " contents " + HexFormat.of().formatHex(contents.toArray()));
    }

    private static String shape(String prefix, MapSpec map) {
        return prefix
                + " type %d key %d value %d entries %d"
                        .formatted(map.type().number(), map.keySize(), map.valueSize(), map.maxEntries());
    }
}
