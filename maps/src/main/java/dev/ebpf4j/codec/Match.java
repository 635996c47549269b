package dev.ebpf4j.codec;

import dev.ebpf4j.codec.Member.Role;
import dev.ebpf4j.codec.SideBySide.Row;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Finds for each component the member of its name, and writes down both layouts for the case that one does not fit. */
final class Match {
    private final List<Member> members;
    private final Map<String, Component> waiting = new HashMap<>();
    private final Map<Component, Field> found = new HashMap<>();
    private final List<Row> rows = new ArrayList<>();
    private final StringBuilder details = new StringBuilder();
    private final boolean partial;
    private boolean fits = true;

    private Match(List<Member> members, boolean partial) {
        this.members = members;
        this.partial = partial;
    }

    /**
     * The fields of the components, in their order.
     *
     * @param struct the C type
     * @param title what the components belong to: {@code record Event}
     * @param partial whether members may be left out
     * @throws CodecMismatchException if they do not fit; the message shows both
     */
    static List<Field> of(
            TypeRef struct, List<Member> members, List<Component> components, String title, boolean partial) {
        Match match = new Match(members, partial);
        for (Component component : components) {
            match.waiting.put(component.key(), component);
        }
        for (Member member : members) {
            match.find(member);
        }
        match.look(components);
        int end = 0;
        for (Member member : members) {
            end = Math.max(end, member.end());
        }
        if (!match.fits || members.isEmpty() || end > 8 * struct.size()) {
            throw new CodecMismatchException("the " + struct.what() + " (" + CTypes.name(struct) + ", "
                    + struct.size() + " bytes) does not fit " + title + "\n"
                    + SideBySide.render(CTypes.name(struct), title, match.rows) + match.details);
        }
        List<Field> fields = new ArrayList<>();
        for (Component component : components) {
            fields.add(Objects.requireNonNull(match.found.get(component)));
        }
        return fields;
    }

    private void find(Member member) {
        Component component = waiting.remove(Component.key(member.name()));
        String note = component == null ? missing(member) : fit(component, member);
        fits &= note.isEmpty();
        String right = component == null ? "" : component.declaration();
        if (component == null && note.isEmpty() && member.role() == Role.KERNEL) {
            right = "(the kernel's own)";
        }
        rows.add(new Row(member.place(), member.sizeText(), member.declaration(), right, note));
    }

    /** Why a member needs a component; empty if it needs none. */
    private String missing(Member member) {
        if (partial || member.role() != Role.DATA || member.width() == 0) {
            return "";
        }
        for (Member other : members) {
            if (!other.equals(member) && other.overlaps(member) && isNamed(other)) {
                return "";
            }
        }
        return "no component of this name";
    }

    private boolean isNamed(Member member) {
        String key = Component.key(member.name());
        if (waiting.containsKey(key)) {
            return true;
        }
        for (Component component : found.keySet()) {
            if (component.key().equals(key)) {
                return true;
            }
        }
        return false;
    }

    /** Puts the field into {@code found}, or says why it does not fit. */
    private String fit(Component component, Member member) {
        if (member.role() == Role.KERNEL) {
            return "the kernel's own, always zero here; leave it out";
        }
        boolean last = member.equals(members.getLast());
        Fit fit = Fits.of(component.type(), member, last);
        Codec<?> codec = fit.codec();
        if (codec != null) {
            found.put(component, Field.of(component, codec, member, isFlexible(codec)));
        }
        if (!fit.details().isEmpty()) {
            details.append('\n').append(fit.details());
        }
        return fit.note();
    }

    private static boolean isFlexible(@Nullable Codec<?> codec) {
        return switch (codec) {
            case BytesCodec b -> b.flexible();
            case StringCodec s -> s.flexible();
            case ArrayCodec a -> a.count() == ArrayCodec.FLEXIBLE;
            case NumberArrayCodec a -> a.count() == ArrayCodec.FLEXIBLE;
            case null, default -> false;
        };
    }

    /** Components that no member has. */
    private void look(List<Component> components) {
        for (Component component : components) {
            if (waiting.containsValue(component)) {
                fits = false;
                rows.add(new Row("", "", "", component.declaration(), "no member of this name"));
            }
        }
    }
}
