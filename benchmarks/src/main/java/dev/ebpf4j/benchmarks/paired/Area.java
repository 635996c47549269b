package dev.ebpf4j.benchmarks.paired;

import java.util.List;

/**
 * What is measured together, all of it in every round.
 *
 * @param name what the command line calls it
 * @param rounds how many rounds count
 * @param warmUp how often the JVMs do everything beforehand, at least
 * @param variants what is timed
 * @param rows what is compared
 */
record Area(String name, int rounds, int warmUp, List<Variant> variants, List<Row> rows) {
    /**
     * One comparison.
     *
     * @param what the row's name
     * @param others labels of what ours is compared with; of several the best of each round
     * @param ours the label of ours
     * @param goal what it shall come to
     */
    record Row(String what, List<String> others, String ours, Goal goal) {}
}
