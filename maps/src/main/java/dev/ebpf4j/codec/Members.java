package dev.ebpf4j.codec;

import dev.ebpf4j.btf.Btf;
import dev.ebpf4j.btf.BtfType;
import dev.ebpf4j.codec.Member.Role;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** The members of C structs and unions, and what the kernel keeps for itself in them. */
final class Members {
    private static final int DEEPEST = 32;
    private static final Set<String> OF_THE_KERNEL = Set.of(
            "bpf_spin_lock",
            "bpf_res_spin_lock",
            "bpf_timer",
            "bpf_wq",
            "bpf_task_work",
            "bpf_list_head",
            "bpf_list_node",
            "bpf_rb_root",
            "bpf_rb_node",
            "bpf_refcount");
    private static final Set<String> KERNEL_POINTERS = Set.of("kptr", "kptr_untrusted", "percpu_kptr", "uptr");

    private Members() {}

    /** Those of a struct or union, in order, anonymous ones replaced by theirs; none for other types. */
    static List<Member> of(TypeRef type) {
        List<Member> members = new ArrayList<>();
        Btf btf = type.btf();
        if (btf != null && CTypes.resolved(type) instanceof BtfType.Composite composite) {
            add(type, btf, composite, 0, members, 0);
        }
        return members;
    }

    private static void add(
            TypeRef type, Btf btf, BtfType.Composite composite, int base, List<Member> members, int depth) {
        for (BtfType.Member member : composite.members()) {
            int at = base + member.bitOffset();
            TypeRef inner = new TypeRef(
                    type.what().concat(".").concat(member.name()), btf, member.typeId(), btf.sizeOf(member.typeId()));
            if (!member.name().isEmpty()) {
                members.add(new Member(member.name(), inner, at, bits(member, inner), role(member.name(), inner)));
            } else if (depth < DEEPEST && CTypes.resolved(inner) instanceof BtfType.Composite anonymous) {
                add(type, btf, anonymous, at, members, depth + 1);
            }
        }
    }

    /** The width of a bitfield, also of one as compilers described them before Linux 5.0. */
    private static int bits(BtfType.Member member, TypeRef type) {
        if (member.bitfieldSize() == 0 && CTypes.resolved(type) instanceof BtfType.Int i && i.bits() != 8 * i.size()) {
            return i.bits();
        }
        return member.bitfieldSize();
    }

    private static Role role(String name, TypeRef type) {
        if (isOfTheKernel(type, 0)) {
            return Role.KERNEL;
        }
        return isPadding(name) ? Role.PADDING : Role.DATA;
    }

    /** {@code pad}, {@code _pad1}, {@code __padding}: pad between underscores and digits. */
    private static boolean isPadding(String name) {
        int from = 0;
        int to = name.length();
        while (from < to && name.charAt(from) == '_') {
            from++;
        }
        while (to > from && (name.charAt(to - 1) == '_' || Character.isDigit(name.charAt(to - 1)))) {
            to--;
        }
        String core = name.substring(from, to);
        return core.equalsIgnoreCase("pad") || core.equalsIgnoreCase("padding");
    }

    private static boolean isOfTheKernel(TypeRef type, int depth) {
        TypeRef element = CTypes.element(type);
        if (element != null) {
            return depth < DEEPEST && isOfTheKernel(element, depth + 1);
        }
        Btf btf = type.btf();
        BtfType resolved = CTypes.resolved(type);
        if (btf == null || resolved == null) {
            return false;
        }
        return OF_THE_KERNEL.contains(resolved.name())
                || (resolved instanceof BtfType.Ptr pointer && isTagged(btf, pointer.typeId()));
    }

    private static boolean isTagged(Btf btf, int id) {
        int at = id;
        for (int i = 0; i < DEEPEST && btf.type(at) instanceof BtfType.Modifier modifier; i++) {
            if (modifier instanceof BtfType.TypeTag tag && KERNEL_POINTERS.contains(tag.name())) {
                return true;
            }
            at = modifier.typeId();
        }
        return false;
    }

    /** Whether values of the type begin with, or have, a {@code bpf_spin_lock} that F_LOCK takes. */
    static boolean haveLock(TypeRef type) {
        for (Member member : of(type)) {
            BtfType resolved = CTypes.resolved(member.type());
            if (resolved != null && resolved.name().equals("bpf_spin_lock")) {
                return true;
            }
        }
        return false;
    }
}
