package dev.ebpf4j.plan;

/** What a kernel may lack, and a plan, or an attachment, can do without or has to know of. The oldest come first. */
public enum Feature {
    /** Names for programs and maps. */
    OBJECT_NAMES("names of maps and programs", "4.15"),
    /** Programs say how they will be attached when they are loaded. */
    EXPECTED_ATTACH_TYPE("expected attach types", "4.17"),
    /** System calls enter the kernel by functions with a prefix of the processor's name. */
    SYSCALL_WRAPPER("system call wrappers", "4.17"),
    /** Type information can be loaded. */
    BTF("BTF", "4.18"),
    /** BTF with functions, and so function and line information. */
    BTF_FUNC("BTF functions", "5.0"),
    /** BTF with variables and data sections. */
    BTF_DATASEC("BTF data sections", "5.2"),
    /** Maps that hold global variables. */
    GLOBAL_DATA("global variables", "5.2"),
    /** Array maps that user space can map into its memory. */
    ARRAY_MMAP("mmapable arrays", "5.5"),
    /** Helpers that read the memory of the kernel, and of user space, apart. */
    PROBE_READ_KERNEL("bpf_probe_read_kernel() and bpf_probe_read_user()", "5.5"),
    /** BTF functions may be global. */
    BTF_GLOBAL_FUNC("global BTF functions", "5.6"),
    /** A program keeps maps alive that it does not use. */
    PROG_BIND_MAP("maps bound to programs", "5.10"),
    /** The types of modules. */
    MODULE_BTF("BTF of modules", "5.11"),
    /** Maps and programs are charged to the control group, not to the limit of locked memory. */
    MEMCG_ACCOUNT("accounting of maps by control groups", "5.11"),
    /** BTF with floating-point types. */
    BTF_FLOAT("BTF floating-point types", "5.13"),
    /** Links that hold a perf event, as for kprobes, uprobes and tracepoints. */
    PERF_LINK("links to perf events", "5.15"),
    /** Programs can ask for a number that was given when they were attached. */
    BPF_COOKIE("attach cookies", "5.15"),
    /** BTF with declaration tags. */
    BTF_DECL_TAG("BTF declaration tags", "5.16"),
    /** BTF with type tags. */
    BTF_TYPE_TAG("BTF type tags", "5.17"),
    /** BTF with 64-bit enumerations. */
    BTF_ENUM64("BTF 64-bit enumerations", "6.0"),
    /** One link to many user functions that also tells processes apart. */
    UPROBE_MULTI_LINK("links to many uprobes", "6.6"),
    /** A global function says which of its arguments is the context. */
    ARG_CTX_TAG("the tag arg:ctx", "6.8"),
    /** BTF data sections may have names that begin with a question mark. */
    BTF_QMARK_DATASEC("BTF data section names with ?", "6.9"),
    /** Uprobes enter the kernel by a system call of their own, where a nop of 5 bytes leaves room for it. */
    UPROBE_SYSCALL("fast uprobes", "6.18"),
    /** Addresses in a map may be more than 512 MiB into it. */
    LDIMM64_FULL_RANGE_OFF("far offsets into maps", "7.0"),
    /** BTF that describes how its own kinds are laid out. */
    BTF_LAYOUT("BTF layout sections", "7.1"),
    /** Every command of bpf(2) can write a log. */
    SYSCALL_COMMON_ATTRS("logs of all bpf(2) commands", "7.2");

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
