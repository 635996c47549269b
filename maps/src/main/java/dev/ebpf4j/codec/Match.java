package dev.ebpf4j.codec;

import dev.ebpf4j.codec.Member.Role;
import dev.ebpf4j.codec.SideBySide.Row;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Finds for each component the member of its name, and shows both layouts where one does not fit.
 *
 * <p>Binding is among the first things that a process does: no pattern switches, lambdas or hashes of records here, whose
 * code the JDK would have to generate first.
 */
final class Match {
    private final List<Member> members;
    private final List<Component> components;
    private final boolean partial;
    private final Map<String, Integer> indexes = new HashMap<>(); // of components, by key
    private final @Nullable Field[] found; // by component
    private final int[] taken; // the component of each member, or -1
    private final String[] notes; // by member
    private final StringBuilder details = new StringBuilder();

    private Match(List<Member> members, List<Component> components, boolean partial) {
        this.members = members;
        this.components = components;
        this.partial = partial;
        this.found = new Field[components.size()];
        this.taken = new int[members.size()];
        this.notes = new String[members.size()];
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
        Match match = new Match(members, components, partial);
        match.pair();
        boolean fits = !members.isEmpty();
        for (int i = 0; i < members.size(); i++) {
            match.notes[i] = match.note(i);
            fits &= match.notes[i].isEmpty() && members.get(i).end() <= 8 * struct.size();
        }
        List<Field> fields = new ArrayList<>(components.size());
        for (Field field : match.found) {
            if (field != null) {
                fields.add(field);
            }
        }
        if (!fits || fields.size() < components.size()) {
            throw match.mismatch(struct, title);
        }
        return fields;
    }

    private void pair() {
        for (int i = 0; i < components.size(); i++) {
            indexes.put(components.get(i).key(), i);
        }
        for (int i = 0; i < members.size(); i++) {
            Integer component = indexes.remove(Component.key(members.get(i).name()));
            taken[i] = component == null ? -1 : component;
        }
    }

    /** Makes the member's field, or says why there is none; empty where none is needed. */
    private String note(int index) {
        Member member = members.get(index);
        if (taken[index] < 0) {
            return missing(index) ? "no component of this name" : "";
        }
        if (member.role() == Role.KERNEL) {
            return "the kernel's own, always zero here; leave it out";
        }
        Component component = components.get(taken[index]);
        Fit fit = Fits.of(component.type(), member, index == members.size() - 1);
        Codec<?> codec = fit.codec();
        if (codec != null) {
            boolean flexible = codec instanceof FlexibleCodec f && f.flexible();
            found[taken[index]] = Field.of(component, codec, member, flexible);
        }
        if (!fit.details().isEmpty()) {
            details.append('\n').append(fit.details());
        }
        return fit.note();
    }

    /** Whether a member without a component needs one. */
    private boolean missing(int index) {
        Member member = members.get(index);
        if (partial || member.role() != Role.DATA || member.width() == 0) {
            return false;
        }
        for (int i = 0; i < taken.length; i++) {
            if (taken[i] >= 0 && members.get(i).overlaps(member)) {
                return false;
            }
        }
        return true;
    }

    private CodecMismatchException mismatch(TypeRef struct, String title) {
        List<Row> rows = new ArrayList<>();
        for (int i = 0; i < members.size(); i++) {
            Member member = members.get(i);
            String right = taken[i] < 0 ? "" : components.get(taken[i]).declaration();
            if (taken[i] < 0 && member.role() == Role.KERNEL) {
                right = "(the kernel's own)";
            }
            rows.add(new Row(member.place(), member.sizeText(), member.declaration(), right, notes[i]));
        }
        for (Component component : components) {
            if (indexes.containsKey(component.key())) {
                rows.add(new Row("", "", "", component.declaration(), "no member of this name"));
            }
        }
        return new CodecMismatchException(
                "the " + struct.what() + " (" + CTypes.name(struct) + ", " + struct.size() + " bytes) does not fit "
                        + title + "\n" + SideBySide.render(CTypes.name(struct), title, rows) + details);
    }
}
