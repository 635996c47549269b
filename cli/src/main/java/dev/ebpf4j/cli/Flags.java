package dev.ebpf4j.cli;

import java.util.ArrayList;
import java.util.List;

/** Names of flags, by their bits in {@code linux/bpf.h}, without the prefix {@code BPF_F_}. */
final class Flags {
    private static final List<String> MAP = List.of(
            "NO_PREALLOC",
            "NO_COMMON_LRU",
            "NUMA_NODE",
            "RDONLY",
            "WRONLY",
            "STACK_BUILD_ID",
            "ZERO_SEED",
            "RDONLY_PROG",
            "WRONLY_PROG",
            "CLONE",
            "MMAPABLE",
            "PRESERVE_ELEMS",
            "INNER_MAP",
            "LINK",
            "PATH_FD",
            "VTYPE_BTF_OBJ_FD",
            "TOKEN_FD",
            "SEGV_ON_FAULT",
            "NO_USER_CONV");

    private static final List<String> PROGRAM = List.of(
            "STRICT_ALIGNMENT",
            "ANY_ALIGNMENT",
            "TEST_RND_HI32",
            "TEST_STATE_FREQ",
            "SLEEPABLE",
            "XDP_HAS_FRAGS",
            "XDP_DEV_BOUND_ONLY",
            "TEST_REG_INVARIANTS");

    private Flags() {}

    static List<String> ofMap(int flags) {
        return names(flags, MAP);
    }

    static List<String> ofProgram(int flags) {
        return names(flags, PROGRAM);
    }

    /** Bits without a name are shown as one number. */
    private static List<String> names(int flags, List<String> known) {
        List<String> names = new ArrayList<>();
        int rest = flags;
        for (int bit = 0; bit < known.size(); bit++) {
            if ((flags >>> bit & 1) != 0) {
                names.add(known.get(bit));
                rest &= ~(1 << bit);
            }
        }
        if (rest != 0) {
            names.add("0x" + Integer.toHexString(rest));
        }
        return names;
    }
}
