/** The command {@code ebpf4j}: a thin shell around the other modules. */
module dev.ebpf4j.cli {
    requires static transitive org.jspecify;
    requires dev.ebpf4j.core;
    requires dev.ebpf4j.elf;
    requires dev.ebpf4j.kernel;
    requires info.picocli;
    requires com.fasterxml.jackson.core;
    requires com.fasterxml.jackson.jr.ob;
    requires de.siegmar.fastcsv;

    opens dev.ebpf4j.cli to
            info.picocli;
}
