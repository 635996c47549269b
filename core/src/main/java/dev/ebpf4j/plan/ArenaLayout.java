package dev.ebpf4j.plan;

import dev.ebpf4j.insn.CodeEditor;
import dev.ebpf4j.insn.Slots;
import dev.ebpf4j.link.LinkException;
import dev.ebpf4j.link.LinkedProgram;
import dev.ebpf4j.link.LinkedProgram.MapUse;
import dev.ebpf4j.spec.Bytes;
import dev.ebpf4j.spec.MapSpec;
import dev.ebpf4j.spec.MapType;
import java.util.List;

/**
 * Where the global variables of an arena stand in it: at its end, so that its beginning is free for allocation, if the
 * kernel takes such far offsets; else at its beginning.
 */
final class ArenaLayout {
    /** {@code BPF_PSEUDO_MAP_VALUE}: a load of an address in a map. */
    private static final int MAP_VALUE = 2;

    private final Degradations features;
    private final long pageSize;

    ArenaLayout(Degradations features, Machine machine) {
        this.features = features;
        this.pageSize = machine.pageSize();
    }

    /** Returns the bytes of an arena. */
    long size(MapSpec arena) {
        return Integer.toUnsignedLong(arena.maxEntries()) * pageSize;
    }

    /** Checks that the variables fit. */
    void check(MapSpec arena) {
        Bytes contents = arena.contents();
        if (contents != null && contents.size() > size(arena)) {
            throw new LinkException("the global variables in arena '" + arena.name() + "' take " + contents.size()
                    + " bytes, and it has " + Integer.toUnsignedString(arena.maxEntries()) + " pages of " + pageSize
                    + " bytes: raise max_entries, as withMaxEntries(N) does");
        }
    }

    /** Returns where the variables begin. */
    long dataOffset(MapSpec arena) {
        Bytes contents = arena.contents();
        if (contents == null || !features.has(Feature.LDIMM64_FULL_RANGE_OFF)) {
            return 0;
        }
        return size(arena) - (contents.size() + pageSize - 1) / pageSize * pageSize;
    }

    /** Returns a program that finds the variables there. */
    LinkedProgram place(LinkedProgram program, List<MapSpec> maps) {
        CodeEditor code = null;
        for (MapUse use : program.mapUses()) {
            MapSpec map = maps.get(use.map());
            if (map.type() == MapType.ARENA && Slots.src(program.code().slot(use.slot())) == MAP_VALUE) {
                int offset = (int) dataOffset(map);
                code = code == null ? program.code().edit() : code;
                code.setImm(use.slot() + 1, Slots.imm(code.slot(use.slot() + 1)) + offset);
            }
        }
        return code == null ? program : program.withCode(code.toCode());
    }
}
