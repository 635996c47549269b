package dev.ebpf4j.codec;

import java.util.List;

/** A Java type does not fit the C type of a map's bytes; the message shows both layouts, side by side. */
public final class CodecMismatchException extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    /**
     * Says what does not fit.
     *
     * @param message whose bytes, and both layouts
     */
    public CodecMismatchException(String message) {
        super(message);
    }

    /** Throws unless the kind of type is right and it has that size. */
    static void require(boolean kind, int size, TypeRef type, String codec) {
        if (kind && type.size() == size) {
            return;
        }
        throw of(type, codec, type.size() == size ? "another kind of type" : needs(type.size(), size));
    }

    private static String needs(int wanted, int found) {
        return "needs " + wanted + " bytes, has " + found;
    }

    /** One line for a type that is no struct. */
    static CodecMismatchException of(TypeRef type, String codec, String note) {
        SideBySide.Row row = new SideBySide.Row("0", Integer.toString(type.size()), CTypes.name(type), codec, note);
        return new CodecMismatchException("the " + type.what() + " does not fit the codec for " + codec + "\n"
                + SideBySide.render("C", "Java", List.of(row)));
    }
}
