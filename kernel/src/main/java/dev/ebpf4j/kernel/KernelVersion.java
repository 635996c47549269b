package dev.ebpf4j.kernel;

/** Finds the version of a kernel's sources, which distributions hide behind a release number of their own. */
final class KernelVersion {
    private KernelVersion() {}

    /**
     * The version, encoded.
     *
     * @param signature of Ubuntu, such as {@code Ubuntu 5.4.0-12.15-generic 5.4.8}; empty elsewhere
     * @param version of Debian, such as {@code #1 SMP Debian 4.19.304-1 (2024-01-09)}
     * @param release as uname gives it, such as {@code 6.18.44}
     */
    static int of(String signature, String version, String release) {
        String[] words = signature.strip().split(" ", -1);
        if (words.length == 3 && words[0].equals("Ubuntu")) {
            return encode(words[2]);
        }
        int debian = version.indexOf("Debian ");
        return encode(debian < 0 ? release : version.substring(debian + "Debian ".length()));
    }

    /** {@code KERNEL_VERSION(a, b, c)}, in which the kernel caps c at 255; 0 if the text begins with no version. */
    static int encode(String text) {
        int[] parts = new int[3];
        int at = 0;
        for (int i = 0; i < parts.length; i++) {
            int end = at;
            while (end < text.length() && text.charAt(end) >= '0' && text.charAt(end) <= '9') {
                end++;
            }
            if (end == at || end - at > 4) {
                return i < 2 ? 0 : parts[0] << 16 | parts[1] << 8;
            }
            parts[i] = Math.min(255, Integer.parseInt(text.substring(at, end)));
            if (end == text.length() || text.charAt(end) != '.') {
                return i == 0 ? 0 : parts[0] << 16 | parts[1] << 8 | parts[2];
            }
            at = end + 1;
        }
        return parts[0] << 16 | parts[1] << 8 | parts[2];
    }
}
