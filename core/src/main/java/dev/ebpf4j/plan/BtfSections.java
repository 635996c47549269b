package dev.ebpf4j.plan;

import dev.ebpf4j.btf.Btf;
import dev.ebpf4j.btf.BtfBuilder;
import dev.ebpf4j.btf.BtfKind;
import dev.ebpf4j.btf.BtfLinkage;
import dev.ebpf4j.btf.BtfType;
import dev.ebpf4j.btf.BtfType.DataSec;
import dev.ebpf4j.btf.BtfType.SecInfo;
import dev.ebpf4j.link.LinkedObject;
import dev.ebpf4j.spec.Bytes;
import dev.ebpf4j.spec.MapSpec;
import dev.ebpf4j.spec.VariableSpec;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Completes the data sections that a compiler leaves open: sizes, places, and what stands for kernel symbols. */
final class BtfSections {
    private static final String KSYMS = ".ksyms";
    private static final String KSYM_STAND_IN = "dummy_ksym";

    private BtfSections() {}

    /** Gives each data section that is a map the size of its contents, and its global variables their places. */
    static Btf placeVariables(Btf btf, LinkedObject object) {
        Map<String, Integer> sizes = new HashMap<>();
        for (MapSpec map : object.maps()) {
            Bytes contents = map.contents();
            if (contents != null) {
                sizes.put(map.name(), contents.size());
            }
        }
        Map<String, Map<String, Integer>> places = new HashMap<>();
        for (VariableSpec variable : object.variables()) {
            places.computeIfAbsent(variable.map(), map -> new HashMap<>()).put(variable.name(), variable.offset());
        }
        return BtfRewrite.replace(
                btf,
                BtfKind.DATASEC,
                (type, builder) -> type instanceof DataSec section && sizes.containsKey(section.name())
                        ? place(btf, section, sizes.get(section.name()), places.getOrDefault(section.name(), Map.of()))
                        : type);
    }

    private static DataSec place(Btf btf, DataSec section, int size, Map<String, Integer> places) {
        List<SecInfo> vars = new ArrayList<>();
        for (SecInfo info : section.vars()) {
            // a compiler knows the places of static variables, and their names may repeat
            boolean open =
                    btf.type(info.typeId()) instanceof BtfType.Var variable && variable.linkage() != BtfLinkage.STATIC;
            int offset = open ? places.getOrDefault(btf.name(info.typeId()), info.offset()) : info.offset();
            vars.add(new SecInfo(info.typeId(), offset, info.size()));
        }
        vars.sort(Comparator.comparingInt(SecInfo::offset));
        return new DataSec(section.name(), size, vars);
    }

    /** The kernel knows no variables that are defined elsewhere, such as configuration values. */
    static Btf defineVariables(Btf btf) {
        return BtfRewrite.replace(
                btf,
                BtfKind.VAR,
                (type, builder) -> type instanceof BtfType.Var variable && variable.linkage() == BtfLinkage.EXTERN
                        ? new BtfType.Var(variable.name(), variable.typeId(), BtfLinkage.GLOBAL)
                        : type);
    }

    /** The kernel takes no extern functions and variables: each becomes an int in a section of ints. */
    static Btf declareKsyms(Btf btf) {
        int section = btf.find(KSYMS, DataSec.class).orElse(0);
        if (section == 0 || !(btf.type(section) instanceof DataSec ksyms)) {
            return btf;
        }
        BtfBuilder builder = BtfBuilder.of(btf);
        int intId = builder.add(new BtfType.Int("int", Integer.BYTES, BtfType.Int.SIGNED, 0, Integer.SIZE));
        int standIn = builder.add(new BtfType.Var(KSYM_STAND_IN, intId, BtfLinkage.GLOBAL));
        List<SecInfo> vars = new ArrayList<>();
        for (SecInfo info : ksyms.vars()) {
            int offset = vars.size() * Integer.BYTES;
            switch (btf.type(info.typeId())) {
                case BtfType.Func function -> {
                    builder.set(info.typeId(), new BtfType.Func(function.name(), function.typeId(), BtfLinkage.GLOBAL));
                    nameParameters(btf, function.typeId(), builder);
                    vars.add(new SecInfo(standIn, offset, Integer.BYTES));
                }
                case BtfType.Var variable -> {
                    builder.set(info.typeId(), new BtfType.Var(variable.name(), intId, BtfLinkage.GLOBAL));
                    vars.add(new SecInfo(info.typeId(), offset, Integer.BYTES));
                }
                default -> vars.add(info);
            }
        }
        builder.set(section, new DataSec(KSYMS, vars.size() * Integer.BYTES, vars));
        return builder.build();
    }

    /** The kernel wants the parameters of global functions to have names. */
    private static void nameParameters(Btf btf, int protoId, BtfBuilder builder) {
        if (btf.type(protoId) instanceof BtfType.FuncProto proto) {
            List<BtfType.Param> params = proto.params().stream()
                    .map(param -> param.name().isEmpty() && param.typeId() != 0
                            ? new BtfType.Param(KSYM_STAND_IN, param.typeId())
                            : param)
                    .toList();
            builder.set(protoId, new BtfType.FuncProto(proto.returnTypeId(), params));
        }
    }
}
