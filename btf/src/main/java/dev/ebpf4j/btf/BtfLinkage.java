package dev.ebpf4j.btf;

/** Linkage of a {@link BtfType.Func} or {@link BtfType.Var}. */
public enum BtfLinkage {
    /** Visible in its own compilation unit only. */
    STATIC(0),
    /** Defined here and visible to others. */
    GLOBAL(1),
    /** Declared here, defined elsewhere. */
    EXTERN(2);

    private static final BtfLinkage[] ALL = values();

    /** How many linkages there are: numbers from here on are errors. */
    static final int COUNT = ALL.length;

    /** The number in the format. */
    final int number;

    BtfLinkage(int number) {
        this.number = number;
    }

    static BtfLinkage of(int number) {
        return ALL[number];
    }
}
