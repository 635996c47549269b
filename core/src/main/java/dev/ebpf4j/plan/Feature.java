package dev.ebpf4j.plan;

/** What a kernel may lack, and a plan can do without or has to know of. */
public enum Feature {
    /** Names for programs and maps. */
    OBJECT_NAMES("names of maps and programs", "4.15"),
    /** Programs say how they will be attached when they are loaded. */
    EXPECTED_ATTACH_TYPE("expected attach types", "4.17"),
    /** Type information can be loaded. */
    BTF("BTF", "4.18"),
    /** BTF with functions, and so function and line information. */
    BTF_FUNC("BTF functions", "5.0"),
    /** BTF functions may be global. */
    BTF_GLOBAL_FUNC("global BTF functions", "5.6"),
    /** BTF with variables and data sections. */
    BTF_DATASEC("BTF data sections", "5.2"),
    /** BTF data sections may have names that begin with a question mark. */
    BTF_QMARK_DATASEC("BTF data section names with ?", "6.9"),
    /** BTF with floating-point types. */
    BTF_FLOAT("BTF floating-point types", "5.13"),
    /** BTF with declaration tags. */
    BTF_DECL_TAG("BTF declaration tags", "5.16"),
    /** BTF with type tags. */
    BTF_TYPE_TAG("BTF type tags", "5.17"),
    /** BTF with 64-bit enumerations. */
    BTF_ENUM64("BTF 64-bit enumerations", "6.0"),
    /** Maps that hold global variables. */
    GLOBAL_DATA("global variables", "5.2"),
    /** Array maps that user space can map into its memory. */
    ARRAY_MMAP("mmapable arrays", "5.5"),
    /** Programs can ask for a number that was given when they were attached. */
    BPF_COOKIE("attach cookies", "5.15");

    private final String words;
    private final String since;

    Feature(String words, String since) {
        this.words = words;
        this.since = since;
    }

    /** {@return the feature in words for a person} */
    public String words() {
        return words;
    }

    /** {@return the first kernel that has it} */
    public String since() {
        return since;
    }
}
