/** Everything that an application needs, by one {@code requires}. */
module dev.ebpf4j {
    requires transitive dev.ebpf4j.core;
    requires transitive dev.ebpf4j.elf;
    requires transitive dev.ebpf4j.kernel;
    requires transitive dev.ebpf4j.maps;
}
