package dev.ebpf4j.elf;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;

/** Says what a file is that is no ELF file, as far as its first bytes tell. */
final class NotElf {
    private static final Map<String, String> KINDS = new LinkedHashMap<>();

    static {
        KINDS.put("BC\u00c0\u00de", "LLVM bitcode, as 'clang -emit-llvm' makes");
        KINDS.put("\u00ca\u00fe\u00ba\u00be", "a Java class file");
        KINDS.put("PK\u0003\u0004", "a zip or jar file");
        KINDS.put("!<ar", "an archive of object files");
        KINDS.put("\u001f\u008b", "a gzip file");
        KINDS.put("\u009f\u00eb", "bare BTF");
        KINDS.put("\u00eb\u009f", "bare BTF");
        KINDS.put("#!", "a script");
    }

    private NotElf() {}

    /** Returns what begins with {@code start}, at most four bytes. */
    static String describe(byte[] start) {
        String text = new String(start, ISO_8859_1);
        for (Map.Entry<String, String> kind : KINDS.entrySet()) {
            if (text.startsWith(kind.getKey())) {
                return kind.getValue();
            }
        }
        boolean printable = text.chars().allMatch(c -> (c >= ' ' && c < 0x7f) || Character.isWhitespace(c));
        return printable
                ? "text that begins '" + text.stripTrailing() + "'"
                : "no ELF file but one that begins with the bytes "
                        + HexFormat.ofDelimiter(" ").formatHex(start);
    }
}
