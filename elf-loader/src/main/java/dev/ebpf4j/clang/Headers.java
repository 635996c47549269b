package dev.ebpf4j.clang;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The headers that BPF programs include, as files that clang can read. */
final class Headers {

    static final List<String> NAMES = List.of(
            "bpf/bpf_args.h",
            "bpf/bpf_core_read.h",
            "bpf/bpf_endian.h",
            "bpf/bpf_helper_defs.h",
            "bpf/bpf_helpers.h",
            "bpf/bpf_tracing.h");

    private Headers() {}

    /** The directories to search after the request's own. */
    static List<Path> directories(CompileRequest request, CacheDirectory cache) {
        try {
            List<Path> directories = new ArrayList<>();
            directories.add(bpf(cache));
            if (request.vmlinux().isPresent() && !hasOwnVmlinux(request)) {
                directories.add(request.vmlinux().get().directory(cache));
            }
            return directories;
        } catch (IOException e) {
            throw new ClangException(
                    "cannot make the C headers below " + cache.root() + " (the system property ebpf4j.cache or "
                            + "XDG_CACHE_HOME can name another directory): " + e,
                    e);
        }
    }

    private static boolean hasOwnVmlinux(CompileRequest request) {
        return request.includes().stream()
                .map(request.directory()::resolve)
                .anyMatch(directory -> Files.exists(directory.resolve("vmlinux.h")));
    }

    private static Path bpf(CacheDirectory cache) throws IOException {
        Map<String, byte[]> headers = read();
        return cache.directory("headers-" + hash(headers), directory -> {
            Files.createDirectory(directory.resolve("bpf"));
            for (Map.Entry<String, byte[]> header : headers.entrySet()) {
                Files.write(directory.resolve(header.getKey()), header.getValue());
            }
        });
    }

    private static Map<String, byte[]> read() throws IOException {
        Map<String, byte[]> headers = new LinkedHashMap<>();
        for (String name : NAMES) {
            try (InputStream in = Headers.class.getResourceAsStream("include/" + name)) {
                if (in == null) {
                    throw new IOException("the resource " + name + " is missing from ebpf4j-elf-loader");
                }
                headers.put(name, in.readAllBytes());
            }
        }
        return headers;
    }

    private static String hash(Map<String, byte[]> files) {
        MessageDigest digest = sha256();
        files.values().forEach(digest::update);
        return shortHex(digest);
    }

    /** Half of the digest: enough to tell files apart, short enough to read. */
    static String shortHex(MessageDigest digest) {
        return HexFormat.of().formatHex(digest.digest(), 0, 16);
    }

    static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
