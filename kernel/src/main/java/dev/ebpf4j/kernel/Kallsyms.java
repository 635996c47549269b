package dev.ebpf4j.kernel;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.ebpf4j.link.LinkException;
import java.io.IOException;
import java.lang.ref.SoftReference;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The kernel's symbols. The kernel takes some 100 ms to write them all, so the text is kept while memory lasts, and read
 * again only when other modules are loaded than before. Safe for many threads.
 */
final class Kallsyms {
    private final Path file;
    private final Path modules;
    private SoftReference<byte[]> content = new SoftReference<>(null);
    private List<String> loaded = List.of();

    /** Beside the file stands {@code modules}, which a kernel without modules has not. */
    Kallsyms(Path file) {
        this.file = file;
        this.modules = file.resolveSibling("modules");
    }

    /**
     * The different addresses of a symbol; names that clang made unique ({@code name.llvm.123}) count too.
     *
     * @throws LinkException if the kernel hides them, or the file can't be read
     */
    synchronized List<Long> addresses(String name) {
        List<Long> found = find(name);
        if (found.equals(List.of(0L)) && hidden(content())) {
            throw new LinkException("the kernel hides the address of '" + name + "' (" + file
                    + " shows zeros only): it takes CAP_SYSLOG and kernel.kptr_restrict below 2");
        }
        return found;
    }

    /**
     * Whether there is a symbol of that name; its address may be hidden.
     *
     * @throws LinkException if the file can't be read
     */
    synchronized boolean contains(String name) {
        return !find(name).isEmpty();
    }

    /**
     * The symbols that stand at addresses, the first of each.
     *
     * @throws LinkException if the file can't be read
     */
    synchronized Map<Long, String> names(Set<Long> addresses) {
        byte[] text = content();
        Map<Long, String> found = new HashMap<>();
        for (int start = 0, end; start < text.length; start = end + 1) {
            end = lineEnd(text, start);
            int nameAt = nameAt(text, start, end);
            long address = hex(text, start);
            if (nameAt > 0 && addresses.contains(address) && !found.containsKey(address)) {
                String rest = new String(text, nameAt, end - nameAt, US_ASCII);
                int tab = rest.indexOf('\t');
                found.put(address, tab < 0 ? rest : rest.substring(0, tab));
            }
        }
        return found;
    }

    private List<Long> find(String name) {
        byte[] text = content();
        byte[] wanted = (" " + name).getBytes(US_ASCII);
        List<Long> found = new ArrayList<>();
        for (int start = 0, end; start < text.length; start = end + 1) {
            end = lineEnd(text, start);
            int nameAt = nameAt(text, start, end);
            if (nameAt > 0 && isName(text, nameAt - 1, end, wanted)) {
                long address = hex(text, start);
                if (!found.contains(address)) {
                    found.add(address);
                }
            }
        }
        return found;
    }

    private byte[] content() {
        try {
            List<String> now = modules();
            byte[] known = content.get();
            if (known == null || !now.equals(loaded)) {
                known = Files.readAllBytes(file);
                content = new SoftReference<>(known);
                loaded = now;
            }
            return known;
        } catch (IOException e) {
            throw new LinkException("can't read the kernel's symbols: " + e);
        }
    }

    /** Name, size and address of each, but not how often it is in use. */
    private List<String> modules() throws IOException {
        if (!Files.isReadable(modules)) {
            return List.of();
        }
        return Files.readAllLines(modules).stream()
                .map(line -> line.split(" ", -1))
                .map(words -> words[0]
                        + ' '
                        + words[Math.min(1, words.length - 1)]
                        + ' '
                        + words[Math.min(5, words.length - 1)])
                .toList();
    }

    private static int lineEnd(byte[] text, int start) {
        int end = start;
        while (end < text.length && text[end] != '\n') {
            end++;
        }
        return end;
    }

    /** Where the name begins in {@code ffffffff81000000 T _stext [module]}; -1 in any other line. */
    private static int nameAt(byte[] text, int start, int end) {
        int space = start;
        while (space < end && text[space] != ' ') {
            space++;
        }
        return space + 3 < end && text[space + 2] == ' ' ? space + 3 : -1;
    }

    private static boolean isName(byte[] text, int blank, int end, byte[] wanted) {
        int length = wanted.length;
        if (end - blank < length) {
            return false;
        }
        for (int i = 0; i < length; i++) {
            if (text[blank + i] != wanted[i]) {
                return false;
            }
        }
        int after = blank + length;
        return after == end || text[after] == '\t' || isSuffix(text, after, end);
    }

    private static boolean isSuffix(byte[] text, int at, int end) {
        String suffix = ".llvm.";
        return end - at > suffix.length() && new String(text, at, suffix.length(), US_ASCII).equals(suffix);
    }

    private static long hex(byte[] text, int start) {
        long value = 0;
        for (int i = start; i < text.length; i++) {
            int digit = Character.digit(text[i], 16);
            if (digit < 0) {
                break;
            }
            value = value << 4 | digit;
        }
        return value;
    }

    /** Without the right to see addresses, all are zero. */
    private static boolean hidden(byte[] text) {
        for (int start = 0, end; start < text.length; start = end + 1) {
            end = lineEnd(text, start);
            if (hex(text, start) != 0) {
                return false;
            }
        }
        return true;
    }
}
