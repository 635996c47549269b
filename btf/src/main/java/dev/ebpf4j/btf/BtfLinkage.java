package dev.ebpf4j.btf;

/** Linkage of a {@link BtfType.Func} or {@link BtfType.Var}; the ordinal is the number in the format. */
public enum BtfLinkage {
    /** Visible in its own compilation unit only. */
    STATIC,
    /** Defined here and visible to others. */
    GLOBAL,
    /** Declared here, defined elsewhere. */
    EXTERN;

    private static final BtfLinkage[] ALL = values();

    /** How many linkages there are: numbers from here on are errors. */
    static final int COUNT = ALL.length;

    static BtfLinkage of(int number) {
        return ALL[number];
    }
}
