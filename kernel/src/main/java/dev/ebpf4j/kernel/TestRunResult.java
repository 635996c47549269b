package dev.ebpf4j.kernel;

import dev.ebpf4j.spec.Bytes;
import java.time.Duration;

/**
 * What came out of a test run.
 *
 * @param returnValue what the program returned, in the last run; in live mode 0
 * @param data the packet as the program left it; empty if none was given, or no room
 * @param context the context as the program left it; empty if none was given, or the type of program gives none back
 * @param duration time of one run, the mean of all; zero for types of program that the kernel does not time
 */
public record TestRunResult(int returnValue, Bytes data, Bytes context, Duration duration) {}
