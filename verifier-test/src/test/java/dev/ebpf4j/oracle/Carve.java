package dev.ebpf4j.oracle;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Copies the BPF objects below a folder to another: files that are objects, and objects in executables and libraries, where
 * generated skeletons keep their bytes as they were: {@code java Carve.java FROM TO}, as {@code corpus/packages.sh} does. No object is copied twice.
 */
final class Carve {
    private static final byte[] MAGIC = {0x7f, 'E', 'L', 'F', 2};
    private static final int RELOCATABLE = 1;
    private static final int BPF = 247;

    private final Set<String> known = new HashSet<>();
    private final Path to;

    private Carve(Path to) throws IOException {
        this.to = to;
        for (Path object : files(Files.createDirectories(to))) {
            known.add(digest(Files.readAllBytes(object)));
        }
    }

    public static void main(String[] args) throws IOException {
        carve(Path.of(args[0]), Path.of(args[1]));
    }

    /** Copies, and returns what is in the other folder then, in order of names. */
    static List<Path> carve(Path from, Path to) throws IOException {
        Carve carve = new Carve(to);
        for (Path file : files(from)) {
            carve.carve(file);
        }
        return files(to);
    }

    private static List<Path> files(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(Files::isRegularFile)
                    .filter(file -> !Files.isSymbolicLink(file))
                    .sorted()
                    .toList();
        }
    }

    private void carve(Path file) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        int found = 0;
        for (int at = 0; at + 64 <= bytes.length; at++) {
            if (bytes[at] == MAGIC[0] && Arrays.equals(bytes, at, at + MAGIC.length, MAGIC, 0, MAGIC.length)) {
                int size = size(bytes, at);
                if (size > 0) {
                    write(file, found++, Arrays.copyOfRange(bytes, at, at + size));
                }
            }
        }
    }

    /** Up to the last byte of the image: its section table or a section. 0 if it is no object of BPF code. */
    private static int size(byte[] bytes, int at) {
        ByteBuffer elf = ByteBuffer.wrap(bytes, at, bytes.length - at).slice();
        elf.order(bytes[at + 5] == 2 ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN);
        if (elf.getShort(16) != RELOCATABLE || (elf.getShort(18) & 0xffff) != BPF) {
            return 0;
        }
        long table = elf.getLong(40);
        int count = elf.getShort(60) & 0xffff;
        long end = table + count * 64L;
        if (table <= 0 || count == 0 || end > elf.limit()) {
            return 0;
        }
        for (int i = 0; i < count; i++) {
            int header = (int) table + i * 64;
            boolean inFile = elf.getInt(header + 4) != 8;
            end = Math.max(end, inFile ? elf.getLong(header + 24) + elf.getLong(header + 32) : 0);
        }
        return end <= elf.limit() ? (int) end : 0;
    }

    private void write(Path file, int index, byte[] object) throws IOException {
        if (known.add(digest(object))) {
            String name = String.valueOf(file.getFileName()).replaceAll("(\\.bpf)?\\.o$", "");
            Path target = to.resolve(name + (index == 0 ? "" : "-" + index) + ".bpf.o");
            for (int copy = 2; Files.exists(target); copy++) {
                target = to.resolve(name + "-" + index + "-v" + copy + ".bpf.o");
            }
            Files.write(target, object);
        }
    }

    private static String digest(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
