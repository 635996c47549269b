package dev.ebpf4j.examples;

/**
 * What bootstrap.bpf.c reports, field by field as {@code struct event} has them.
 *
 * @param durationNs life time in nanoseconds, on exit
 * @param pid process
 * @param ppid its parent
 * @param exitCode exit code, on exit
 * @param isExit 1 on exit, 0 on start
 * @param comm name of the process
 * @param filename what was executed, on start
 */
record ProcessEvent(long durationNs, int pid, int ppid, int exitCode, int isExit, String comm, String filename) {}
