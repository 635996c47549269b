package dev.ebpf4j.error;

/** This kernel lacks something the object needs. Thrown only after a probe has shown so. */
public final class UnsupportedFeatureException extends BpfException {
    private static final long serialVersionUID = 1L;

    /** What is missing. */
    private final String feature;

    /** First kernel that has it. */
    private final String since;

    /**
     * Creates the exception.
     *
     * @param operation what was tried and on what
     * @param errno the kernel's answer
     * @param feature what is missing
     * @param since first kernel that has it, such as {@code 5.8}
     */
    public UnsupportedFeatureException(String operation, Errno errno, String feature, String since) {
        super(operation, errno, "this kernel has no " + feature + ", which came with Linux " + since);
        this.feature = feature;
        this.since = since;
    }

    /** {@return what is missing} */
    public String feature() {
        return feature;
    }

    /** {@return the first kernel that has it} */
    public String since() {
        return since;
    }
}
