package dev.ebpf4j.plan;

import dev.ebpf4j.btf.Btf;
import dev.ebpf4j.btf.BtfBuilder;
import dev.ebpf4j.btf.BtfKind;
import dev.ebpf4j.btf.BtfLinkage;
import dev.ebpf4j.btf.BtfType;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/**
 * Writes types that a kernel does not know as older ones of the same size, so that it still takes the rest. What each
 * becomes is libbpf's choice, because kernels have been tested with it for years.
 */
final class BtfForOldKernels {
    private static final String NO_FUNCTIONS = "programs are loaded without function and line information";

    private BtfForOldKernels() {}

    /**
     * What stands for some types of one kind where a feature is missing.
     *
     * @param concerns which types of the kind need the feature
     * @param instead what becomes of them, for the note
     */
    private record Rule(
            BtfKind kind, Feature feature, Predicate<BtfType> concerns, String instead, BtfRewrite.Change change) {}

    private static boolean any(BtfType type) {
        return true;
    }

    private static final List<Rule> RULES = List.of(
            new Rule(
                    BtfKind.FLOAT,
                    Feature.BTF_FLOAT,
                    BtfForOldKernels::any,
                    "they become empty structs of their size",
                    BtfForOldKernels::floatAsStruct),
            new Rule(
                    BtfKind.TYPE_TAG,
                    Feature.BTF_TYPE_TAG,
                    BtfForOldKernels::any,
                    "they become const",
                    BtfForOldKernels::typeTagAsConst),
            new Rule(
                    BtfKind.DECL_TAG,
                    Feature.BTF_DECL_TAG,
                    BtfForOldKernels::any,
                    "they become single bytes",
                    BtfForOldKernels::asByte),
            new Rule(
                    BtfKind.ENUM64,
                    Feature.BTF_ENUM64,
                    BtfForOldKernels::any,
                    "they become unions of their size",
                    BtfForOldKernels::enum64AsUnion),
            new Rule(
                    BtfKind.ENUM,
                    Feature.BTF_ENUM64,
                    type -> type instanceof BtfType.Enum narrow && narrow.signed(),
                    "enumerations lose their sign",
                    BtfForOldKernels::enumWithoutSign),
            new Rule(
                    BtfKind.FUNC,
                    Feature.BTF_GLOBAL_FUNC,
                    type -> type instanceof BtfType.Func f && f.linkage() != BtfLinkage.STATIC,
                    "all functions are verified together with their callers",
                    BtfForOldKernels::staticFunction),
            new Rule(
                    BtfKind.FUNC,
                    Feature.BTF_FUNC,
                    BtfForOldKernels::any,
                    NO_FUNCTIONS,
                    BtfForOldKernels::functionAsTypedef),
            new Rule(
                    BtfKind.FUNC_PROTO,
                    Feature.BTF_FUNC,
                    BtfForOldKernels::any,
                    NO_FUNCTIONS,
                    BtfForOldKernels::prototypeAsEnum),
            new Rule(
                    BtfKind.DATASEC,
                    Feature.BTF_QMARK_DATASEC,
                    type -> type instanceof BtfType.DataSec section
                            && section.name().startsWith("?"),
                    "the question mark becomes an underscore",
                    BtfForOldKernels::sectionWithoutQuestionMark));

    /** Returns the BTF as this kernel takes it; only the features that its types need are asked for. */
    static Btf degrade(Btf btf, Degradations features) {
        for (Rule rule : RULES) {
            if (BtfRewrite.has(btf, rule.kind, rule.concerns) && features.lacks(rule.feature, rule.instead)) {
                btf = BtfRewrite.replace(btf, rule.kind, rule.change);
            }
        }
        if (BtfRewrite.has(btf, BtfKind.DATASEC) && features.lacks(Feature.BTF_DATASEC, "they become structs")) {
            btf = withoutSections(btf);
        }
        boolean bare = btf.hasLayout() && features.lacks(Feature.BTF_LAYOUT, "it is left out");
        return bare ? btf.withoutLayout() : btf;
    }

    private static BtfType floatAsStruct(BtfType type, BtfBuilder builder) {
        return type instanceof BtfType.Float f ? new BtfType.Struct("", f.size(), List.of()) : type;
    }

    private static BtfType typeTagAsConst(BtfType type, BtfBuilder builder) {
        return type instanceof BtfType.TypeTag tag ? new BtfType.Const(tag.typeId()) : type;
    }

    /** One byte is never more than what it stands for had. */
    private static BtfType asByte(BtfType type, BtfBuilder builder) {
        return new BtfType.Int(type instanceof BtfType.Var variable ? variable.name() : "", 1, 0, 0, Byte.SIZE);
    }

    private static BtfType enum64AsUnion(BtfType type, BtfBuilder builder) {
        if (!(type instanceof BtfType.Enum64 wide)) {
            return type;
        }
        int byteId = builder.add(new BtfType.Int("enum64_placeholder", 1, 0, 0, Byte.SIZE));
        List<BtfType.Member> members = wide.enumerators().stream()
                .map(value -> new BtfType.Member(value.name(), byteId, 0, 0))
                .toList();
        return new BtfType.Union(wide.name(), wide.size(), members);
    }

    private static BtfType enumWithoutSign(BtfType type, BtfBuilder builder) {
        if (!(type instanceof BtfType.Enum narrow)) {
            return type;
        }
        List<BtfType.Enumerator> values = narrow.enumerators().stream()
                .map(value -> new BtfType.Enumerator(value.name(), Integer.toUnsignedLong((int) value.value())))
                .toList();
        return new BtfType.Enum(narrow.name(), narrow.size(), false, values);
    }

    private static BtfType staticFunction(BtfType type, BtfBuilder builder) {
        return type instanceof BtfType.Func f ? new BtfType.Func(f.name(), f.typeId(), BtfLinkage.STATIC) : type;
    }

    private static BtfType functionAsTypedef(BtfType type, BtfBuilder builder) {
        return type instanceof BtfType.Func f ? new BtfType.Typedef(f.name(), f.typeId()) : type;
    }

    private static BtfType prototypeAsEnum(BtfType type, BtfBuilder builder) {
        if (!(type instanceof BtfType.FuncProto proto)) {
            return type;
        }
        List<BtfType.Enumerator> values = new ArrayList<>();
        for (BtfType.Param param : proto.params()) {
            String name = param.name().isEmpty() ? "param" + values.size() : param.name();
            values.add(new BtfType.Enumerator(name, param.typeId()));
        }
        return new BtfType.Enum("", Integer.BYTES, false, values);
    }

    private static BtfType sectionWithoutQuestionMark(BtfType type, BtfBuilder builder) {
        return type instanceof BtfType.DataSec section && section.name().startsWith("?")
                ? new BtfType.DataSec("_" + section.name().substring(1), section.size(), section.vars())
                : type;
    }

    /** Sections become structs whose members have the variables' names, and variables become bytes. */
    private static Btf withoutSections(Btf btf) {
        Btf structs = BtfRewrite.replace(
                btf, BtfKind.DATASEC, (type, builder) -> sectionAsStruct(btf, (BtfType.DataSec) type));
        return BtfRewrite.replace(structs, BtfKind.VAR, BtfForOldKernels::asByte);
    }

    private static BtfType sectionAsStruct(Btf btf, BtfType.DataSec section) {
        List<BtfType.Member> members = section.vars().stream()
                .map(info -> new BtfType.Member(btf.name(info.typeId()), info.typeId(), info.offset() * Byte.SIZE, 0))
                .toList();
        return new BtfType.Struct(section.name().replace('.', '_').replace('?', '_'), section.size(), members);
    }
}
