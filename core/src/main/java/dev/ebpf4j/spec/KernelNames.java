package dev.ebpf4j.spec;

/**
 * The names that the kernel gets to see: at most 15 bytes of letters, digits, {@code _} and {@code .}, cut from the names in
 * the object exactly as libbpf does, so that other tools show the same ones.
 */
public final class KernelNames {
    /** The longest name that the kernel takes, in bytes. */
    public static final int MAX_BYTES = 15;

    /** Bytes that the name of a data section may always keep, however long the object's name is. */
    private static final int SECTION_BYTES = 7;

    private KernelNames() {}

    /**
     * {@return the name of a map} A data section such as {@code .bss} takes the beginning of its object's name in front; one
     * with a second dot, such as {@code .bss.hot}, stands alone.
     *
     * @param object name of the object
     * @param map name of the map in the object
     */
    public static String ofMap(String object, String map) {
        if (!map.startsWith(".")) {
            return cut(map);
        }
        int room = MAX_BYTES - Math.min(MAX_BYTES, Math.max(SECTION_BYTES, map.length()));
        boolean secondDot = map.indexOf('.', 1) >= 0;
        String prefix = secondDot ? "" : object.substring(0, Math.min(room, object.length()));
        return sanitize(cut(prefix + map));
    }

    /**
     * {@return the name of a program}
     *
     * @param program name of the program in the object
     */
    public static String ofProgram(String program) {
        return cut(program);
    }

    private static String cut(String name) {
        return name.substring(0, Math.min(name.length(), MAX_BYTES));
    }

    private static String sanitize(String name) {
        StringBuilder result = new StringBuilder(name);
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            boolean allowed = (c < 128 && Character.isLetterOrDigit(c)) || c == '_' || c == '.';
            result.setCharAt(i, allowed ? c : '_');
        }
        return result.toString();
    }
}
