package dev.ebpf4j.maps;

import dev.ebpf4j.cpu.CpuList;
import dev.ebpf4j.sys.Sys;

/** How many CPUs this machine could ever have: the number of values that a per-CPU map keeps for each key. */
final class PossibleCpus {
    private PossibleCpus() {}

    static int count(Sys sys) {
        return CpuList.possible(sys).cardinality();
    }
}
