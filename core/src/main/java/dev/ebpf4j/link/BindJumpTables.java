package dev.ebpf4j.link;

import dev.ebpf4j.spec.Bytes;
import dev.ebpf4j.spec.MapSpec;
import dev.ebpf4j.spec.MapType;
import dev.ebpf4j.spec.Reloc;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Makes a frozen map of instructions of each jump table of each program: the kernel keeps their places right when it
 * rewrites the code, so two programs can't share one.
 */
final class BindJumpTables implements Pass {
    private static final String NAME = ".jumptables";
    private static final int MAP_VALUE = 2;

    /** {@code struct bpf_insn_array_value}: u32 orig_off, u32 xlated_off, u32 jitted_off and padding. */
    private static final int VALUE_BYTES = 16;

    @Override
    public LinkedObject apply(LinkedObject object) {
        if (!object.has(Reloc.JumpTable.class)) {
            return object;
        }
        List<MapSpec> maps = new ArrayList<>(object.maps());
        List<LinkedProgram> programs = new ArrayList<>();
        for (LinkedProgram program : object.programs()) {
            programs.add(bind(program, object.spec().byteOrder(), maps));
        }
        return new LinkedObject(object.spec(), maps, object.variables(), programs);
    }

    private static LinkedProgram bind(LinkedProgram program, ByteOrder order, List<MapSpec> maps) {
        ProgramPatcher patcher = new ProgramPatcher(program);
        Map<List<Integer>, Integer> tables = new LinkedHashMap<>();
        for (Reloc reloc : program.relocs()) {
            if (reloc instanceof Reloc.JumpTable jump) {
                int slot = patcher.wideLoad(jump);
                Integer map = tables.get(jump.targets());
                if (map == null) {
                    map = maps.size();
                    maps.add(table(program, tables.size(), jump, order));
                    tables.put(jump.targets(), map);
                }
                patcher.setWideLoad(slot, MAP_VALUE, 0, 0);
                patcher.useMap(slot, map);
            } else {
                patcher.keep(reloc);
            }
        }
        return patcher.done();
    }

    private static MapSpec table(LinkedProgram program, int number, Reloc.JumpTable jump, ByteOrder order) {
        ByteBuffer values =
                ByteBuffer.allocate(jump.targets().size() * VALUE_BYTES).order(order);
        for (int i = 0; i < jump.targets().size(); i++) {
            values.putInt(i * VALUE_BYTES, jump.targets().get(i));
        }
        return MapSpec.builder(NAME + "/" + program.name() + "/" + number, MapType.INSN_ARRAY)
                .keySize(Integer.BYTES)
                .valueSize(VALUE_BYTES)
                .maxEntries(jump.targets().size())
                .contents(Bytes.of(values.array()))
                .frozen(true)
                .build();
    }
}
