package dev.ebpf4j.codec;

/**
 * A component of a record, or an accessor of a flyweight.
 *
 * @param name its name in Java
 * @param type its type
 */
record Component(String name, JavaType type) {
    String declaration() {
        return (type.length() == 0 ? "" : "@Length(" + type.length() + ") ") + type.name() + " " + name;
    }

    /** {@code exitCode} and {@code exit_code} are the same name. */
    String key() {
        return key(name);
    }

    static String key(String name) {
        StringBuilder key = new StringBuilder(name.length());
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            if (c != '_' || i == 0) {
                key.append(Character.toLowerCase(c));
            }
        }
        return key.toString();
    }
}
