package dev.ebpf4j.btf;

import dev.ebpf4j.btf.BtfType.Enumeration;
import dev.ebpf4j.btf.BtfType.Enumerator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One C name per type. BTF of a kernel holds the types of many source files, so that different types may have the same
 * name: the one with the lowest id keeps it, the next becomes {@code name___2}, which CO-RE takes for a flavour of the
 * first. C keeps tags apart from typedefs and enumerators.
 */
final class CNames {
    private final Btf btf;
    private final @Nullable String[] known;
    private final Map<String, BtfKind> tagKinds = new HashMap<>();
    private final Set<String> tags = new HashSet<>();
    private final Set<String> identifiers = new HashSet<>();

    private CNames(Btf btf) {
        this.btf = btf;
        this.known = new String[btf.typeCount()];
    }

    /** Every type under the name that BTF gives it, for text about one type. */
    static CNames plain(Btf btf) {
        return new CNames(btf);
    }

    /** Every type under a name of its own, for text about all of them. */
    static CNames unique(Btf btf) {
        CNames names = new CNames(btf);
        names.assign(BtfKind.STRUCT);
        names.assign(BtfKind.FWD);
        names.assign(BtfKind.TYPEDEF);
        return names;
    }

    /** All types whose kind is of the family of the one given: tags, forward declarations, typedefs. */
    private void assign(BtfKind family) {
        for (int id = 1; id < btf.typeCount(); id++) {
            BtfKind kind = btf.kind(id);
            String name = family(kind) == family ? identifier(btf.name(id)) : "";
            if (!name.isEmpty()) {
                String unique = family == BtfKind.FWD ? forward(id, name) : unique(name, names(family));
                if (family == BtfKind.STRUCT) {
                    tagKinds.put(unique, kind);
                }
                known[id] = unique;
            }
        }
    }

    private static BtfKind family(BtfKind kind) {
        return switch (kind) {
            case STRUCT, UNION, ENUM, ENUM64 -> BtfKind.STRUCT;
            default -> kind;
        };
    }

    private Set<String> names(BtfKind family) {
        return family == BtfKind.TYPEDEF ? identifiers : tags;
    }

    /** A forward declaration means the type of its name, if that is of its kind. */
    private String forward(int id, String name) {
        BtfKind kind = ((BtfType.Fwd) btf.type(id)).union() ? BtfKind.UNION : BtfKind.STRUCT;
        BtfKind taken = tagKinds.get(name);
        if (taken == null || taken == kind) {
            tags.add(name);
            tagKinds.put(name, kind);
            return name;
        }
        String unique = unique(name, tags);
        tagKinds.put(unique, kind);
        return unique;
    }

    private static String unique(String name, Set<String> taken) {
        String candidate = name;
        for (int n = 2; !taken.add(candidate); n++) {
            candidate = name + "___" + n;
        }
        return candidate;
    }

    /** The tag or typedef name; {@code ""} for anonymous types. */
    String of(int id) {
        String name = known[id];
        if (name == null) {
            name = identifier(btf.name(id));
            known[id] = name;
        }
        return name;
    }

    /** The name under which this printing of an enumerator does not clash with earlier ones. */
    String enumerator(Enumerator enumerator) {
        return unique(identifier(enumerator.name()), identifiers);
    }

    /** An enum must have an enumerator. */
    String placeholder(Enumeration type) {
        return unique("___" + identifier(type.name()), identifiers);
    }

    /** Whatever a broken BTF has for a name, what gets into the C is one word. */
    static String identifier(String name) {
        return mended(name, '_');
    }

    /** The same for the name of a number, which may be several words. */
    static String words(String name) {
        return mended(name, ' ');
    }

    private static String mended(String name, char alsoFine) {
        char[] chars = name.toCharArray();
        boolean fine = true;
        for (int i = 0; i < chars.length; i++) {
            if (!isWordPart(chars[i], i) && chars[i] != alsoFine) {
                chars[i] = '_';
                fine = false;
            }
        }
        return fine ? name : new String(chars);
    }

    private static boolean isWordPart(char c, int at) {
        boolean digit = c >= '0' && c <= '9';
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '$' || (digit && at > 0);
    }
}
