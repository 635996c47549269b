package dev.ebpf4j.maps;

import static java.nio.charset.StandardCharsets.UTF_8;

/** Text in a C array: UTF-8 up to the first NUL, or the whole array. */
final class CString {
    private CString() {}

    static String decode(byte[] bytes) {
        int end = 0;
        while (end < bytes.length && bytes[end] != 0) {
            end++;
        }
        return new String(bytes, 0, end, UTF_8);
    }
}
