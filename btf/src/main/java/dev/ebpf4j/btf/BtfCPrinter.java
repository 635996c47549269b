package dev.ebpf4j.btf;

import dev.ebpf4j.btf.BtfType.Composite;
import dev.ebpf4j.btf.BtfType.Enumeration;
import dev.ebpf4j.btf.BtfType.Func;
import dev.ebpf4j.btf.BtfType.FuncProto;
import dev.ebpf4j.btf.BtfType.Member;
import dev.ebpf4j.btf.BtfType.Param;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/**
 * Prints BTF types as C that a compiler lays out as BTF says: padding, packing and bit-fields included.
 *
 * <p>What is printed stands in an order that C accepts: a type that is a part of another comes before it; for one behind
 * a pointer a forward declaration is enough. Different types of one name become {@code name}, {@code name___2}, and so
 * on, in the order of their ids, which CO-RE takes for the same name.
 *
 * <p>An instance collects text and is for one thread. Types nested without end, as only corrupt BTF has them, give
 * {@link BtfFormatException}.
 *
 * <p>Sources: the C standard for declarations, the System V ABIs for layout, Linux's {@code include/uapi/linux/btf.h}.
 */
public final class BtfCPrinter {
    /** Changes whenever the same types would give another text, so that printed headers can be kept under it. */
    public static final int TEXT_VERSION = 1;

    /** Deeper chains of types that need each other come from corrupt BTF. */
    private static final int DEPTH = 256;

    /** Types of ARM's vector extension that the compiler has built in there and nowhere else. */
    private static final Map<String, String> POLYNOMIALS = Map.of(
            "__Poly8_t", "unsigned char",
            "__Poly16_t", "unsigned short",
            "__Poly64_t", "unsigned long long",
            "__Poly128_t", "unsigned __int128");

    private static final String HEADER_HEAD = """
            #ifndef __VMLINUX_H__
            #define __VMLINUX_H__

            #ifndef BPF_NO_PRESERVE_ACCESS_INDEX
            #pragma clang attribute push (__attribute__((preserve_access_index)), apply_to = record)
            #endif

            """;

    private static final String KFUNCS_HEAD = """
            #ifndef BPF_NO_KFUNC_PROTOTYPES
            #ifndef __ksym
            #define __ksym __attribute__((section(".ksyms")))
            #endif
            #ifndef __weak
            #define __weak __attribute__((weak))
            #endif
            #ifndef __bpf_fastcall
            #if __has_attribute(bpf_fastcall)
            #define __bpf_fastcall __attribute__((bpf_fastcall))
            #else
            #define __bpf_fastcall
            #endif
            #endif

            """;

    private static final String KFUNCS_TAIL = """
            #endif /* BPF_NO_KFUNC_PROTOTYPES */

            """;

    private static final String HEADER_TAIL = """
            #ifndef BPF_NO_PRESERVE_ACCESS_INDEX
            #pragma clang attribute pop
            #endif

            #endif /* __VMLINUX_H__ */
            """;

    private final Btf btf;
    private final CNames names;
    private final StringBuilder out = new StringBuilder();
    private final CWriter writer;

    /** Types of which a declaration stands in the text. */
    private final BitSet declared = new BitSet();

    /** Types of which a definition stands in the text. */
    private final BitSet defined = new BitSet();

    /** Types whose parts are being printed. */
    private final BitSet open = new BitSet();

    private BtfCPrinter(Btf btf, CNames names) {
        this.btf = btf;
        this.names = names;
        this.writer = new CWriter(btf, names, new CLayout(btf), out);
    }

    /**
     * Prints all types, and the prototypes of kernel functions that BPF programs may call, as a header for BPF programs:
     * what bpftool prints as {@code vmlinux.h}. Accesses to its structs become CO-RE relocations, unless {@code
     * BPF_NO_PRESERVE_ACCESS_INDEX} is defined; {@code BPF_NO_KFUNC_PROTOTYPES} leaves the prototypes out.
     *
     * @param btf the types, with those of its base
     * @return C text of a few megabytes for a kernel
     * @throws BtfFormatException if types are nested without end
     */
    public static String header(Btf btf) {
        BtfCPrinter printer = new BtfCPrinter(btf, CNames.unique(btf));
        printer.out.append(HEADER_HEAD);
        BitSet referenced = printer.referenced();
        for (int id = 1; id < btf.typeCount(); id++) {
            if (isNamed(btf, id)) {
                printer.define(id, 0);
            } else if (isEnum(btf, id) && !referenced.get(id)) {
                printer.enumeration(id);
            }
        }
        printer.kfuncs();
        return printer.out.append(HEADER_TAIL).toString();
    }

    /**
     * Prints types and all that they need, in an order that C accepts.
     *
     * @param btf the table
     * @param ids the types wanted
     * @return C text; empty for types without a definition, such as pointers to integers
     * @throws BtfFormatException if there is no such id, or types are nested without end
     */
    public static String types(Btf btf, int... ids) {
        BtfCPrinter printer = new BtfCPrinter(btf, CNames.unique(btf));
        for (int id : ids) {
            printer.define(id, 0);
        }
        return printer.out.toString();
    }

    /**
     * Prints the definition of one struct, union, enum or typedef alone.
     *
     * @param btf the table
     * @param id the type
     * @return C text that ends with a semicolon and no newline
     * @throws BtfFormatException if there is no such id, or types are nested without end
     * @throws IllegalArgumentException if the type is of a kind that has no definition
     */
    public static String definition(Btf btf, int id) {
        BtfCPrinter printer = new BtfCPrinter(btf, CNames.plain(btf));
        if (btf.kind(id) == BtfKind.TYPEDEF) {
            printer.typedef(id);
        } else {
            printer.writer.body(id, 0);
            printer.out.append(';');
        }
        return printer.out.toString().strip();
    }

    /**
     * Prints the declaration of a variable, member or function of a type.
     *
     * @param btf the table
     * @param id the type
     * @param name the name to declare, or {@code ""} for the type alone
     * @return such as {@code const char *name[4]}
     * @throws BtfFormatException if there is no such id, or types are nested without end
     */
    public static String declaration(Btf btf, int id, String name) {
        BtfCPrinter printer = new BtfCPrinter(btf, CNames.plain(btf));
        printer.writer.declare(id, name, 0);
        return printer.out.toString();
    }

    private static boolean isNamed(Btf btf, int id) {
        return switch (btf.kind(id)) {
            case STRUCT, UNION, ENUM, ENUM64, FWD, TYPEDEF -> !btf.name(id).isEmpty();
            default -> false;
        };
    }

    private static boolean isEnum(Btf btf, int id) {
        return btf.kind(id) == BtfKind.ENUM || btf.kind(id) == BtfKind.ENUM64;
    }

    /** An anonymous enum that is a part of nothing exists for its enumerators: it stands alone. */
    private BitSet referenced() {
        BitSet ids = new BitSet(btf.typeCount());
        for (int id = 1; id < btf.typeCount(); id++) {
            btf.type(id).mapTypeIds(target -> {
                ids.set(target);
                return target;
            });
        }
        return ids;
    }

    /** Makes the type complete: its size is known where the text goes on. */
    private void define(int id, int depth) {
        check(id, depth);
        if (defined.get(id)) {
            return;
        }
        switch (btf.type(id)) {
            case Composite type -> composite(id, type, depth);
            case Enumeration type -> {
                if (!type.name().isEmpty()) {
                    enumeration(id);
                }
            }
            case BtfType.Array array -> define(array.elementTypeId(), depth + 1);
            case BtfType.Modifier modifier -> define(modifier.typeId(), depth + 1);
            case BtfType.Typedef typedef -> {
                // First what it stands for: then the typedef needs no forward declaration.
                define(typedef.typeId(), depth + 1);
                declare(id, depth);
            }
            default -> declare(id, depth);
        }
        defined.set(id);
    }

    /** Makes the type known by its name, which is enough for a pointer to it. */
    private void declare(int id, int depth) {
        check(id, depth);
        if (declared.get(id) || defined.get(id)) {
            return;
        }
        switch (btf.type(id)) {
            case Composite type -> {
                if (type.name().isEmpty()) {
                    define(id, depth);
                } else {
                    forward(id);
                }
            }
            case Enumeration type -> define(id, depth);
            case BtfType.Fwd fwd -> forward(id);
            case BtfType.Array array -> define(array.elementTypeId(), depth + 1);
            case BtfType.Modifier modifier -> declare(modifier.typeId(), depth + 1);
            case BtfType.Ptr ptr -> declare(ptr.typeId(), depth + 1);
            case FuncProto proto -> declareAll(proto, depth + 1);
            case BtfType.Typedef typedef -> {
                declare(typedef.typeId(), depth + 1);
                if (!declared.get(id)) {
                    typedef(id);
                }
            }
            case BtfType.Int number -> polynomial(number);
            case BtfType.Void v -> {}
            case BtfType.Float f -> {}
            case BtfType.Func f -> {}
            case BtfType.Var v -> {}
            case BtfType.DataSec d -> {}
            case BtfType.DeclTag t -> {}
            case BtfType.Unknown u -> {}
        }
        declared.set(id);
    }

    private static void check(int id, int depth) {
        if (depth > DEPTH) {
            throw new BtfFormatException(
                    "types", -1, "type " + id + " needs others deeper than " + DEPTH, "a type that ends");
        }
    }

    private void declareAll(FuncProto proto, int depth) {
        declare(proto.returnTypeId(), depth);
        for (Param param : proto.params()) {
            declare(param.typeId(), depth);
        }
    }

    /** An anonymous one is printed where it is used, perhaps more than once: then only its parts matter here. */
    private void composite(int id, Composite type, int depth) {
        if (open.get(id)) {
            throw new BtfFormatException("types", -1, "type " + id + " that contains itself", "a type that ends");
        }
        open.set(id);
        for (Member member : type.members()) {
            define(member.typeId(), depth + 1);
        }
        open.clear(id);
        if (!type.name().isEmpty() && !isBuiltIn(type.name())) {
            writer.body(id, 0);
            out.append(";\n\n");
        }
    }

    private void enumeration(int id) {
        writer.body(id, 0);
        out.append(";\n\n");
    }

    private void forward(int id) {
        out.append(writer.keyword(id)).append(names.of(id)).append(";\n\n");
    }

    private void typedef(int id) {
        declared.set(id);
        if (!isBuiltIn(btf.name(id))) {
            out.append("typedef ");
            writer.declare(btf.sizeOrType(id), names.of(id), 0);
            out.append(";\n\n");
        }
    }

    private void polynomial(BtfType.Int number) {
        String known = POLYNOMIALS.get(number.name());
        if (known != null) {
            out.append("typedef ")
                    .append(known)
                    .append(' ')
                    .append(number.name())
                    .append(";\n\n");
        }
    }

    private static boolean isBuiltIn(String name) {
        return name.equals("__builtin_va_list");
    }

    private void kfuncs() {
        BitSet fast = tagged("bpf_fastcall");
        List<Integer> functions =
                new ArrayList<>(tagged("bpf_kfunc").stream().boxed().toList());
        functions.sort(Comparator.comparing(btf::name));
        if (functions.isEmpty()) {
            return;
        }
        functions.forEach(id -> declare(btf.sizeOrType(id), 0));
        out.append(KFUNCS_HEAD);
        for (int id : functions) {
            out.append("extern ").append(fast.get(id) ? "__bpf_fastcall " : "");
            writer.declare(btf.sizeOrType(id), CNames.identifier(btf.name(id)), 0);
            out.append(" __weak __ksym;\n");
        }
        out.append(KFUNCS_TAIL);
    }

    /** The functions that carry a declaration tag. */
    private BitSet tagged(String tag) {
        BitSet functions = new BitSet();
        for (int id : btf.findAll(tag)) {
            if (btf.type(id) instanceof BtfType.DeclTag on
                    && on.component() == -1
                    && btf.type(on.typeId()) instanceof Func) {
                functions.set(on.typeId());
            }
        }
        return functions;
    }
}
