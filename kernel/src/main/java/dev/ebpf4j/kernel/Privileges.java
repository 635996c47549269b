package dev.ebpf4j.kernel;

import dev.ebpf4j.spec.ProgramType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * What this thread may do, from {@code /proc}: facts, of which advice is made.
 *
 * @param effective effective capabilities, a bit for each
 * @param known whether the capabilities could be read
 * @param seccomp whether a seccomp filter judges its system calls
 * @param userNamespace whether it lives in a user namespace of its own, where capabilities don't count for bpf(2)
 * @param unprivilegedDisabled value of {@code kernel.unprivileged_bpf_disabled}, -1 if unknown
 * @param lockdown the lockdown mode in force, empty if unknown
 */
record Privileges(
        long effective,
        boolean known,
        boolean seccomp,
        boolean userNamespace,
        int unprivilegedDisabled,
        String lockdown) {

    /** A capability by its number in {@code linux/capability.h}. */
    enum Capability {
        CAP_NET_ADMIN(12),
        CAP_SYS_ADMIN(21),
        CAP_PERFMON(38),
        CAP_BPF(39);

        private final int bit;

        Capability(int bit) {
            this.bit = bit;
        }
    }

    /** Reads the facts. What can't be read is unknown. */
    static Privileges read(Path root) {
        String status = text(root.resolve("proc/thread-self/status"));
        String capabilities = field(status, "CapEff:");
        long effective = 0;
        boolean known = false;
        try {
            effective = Long.parseUnsignedLong(capabilities, 16);
            known = true;
        } catch (NumberFormatException e) {
            // stays unknown
        }
        String uidMap = text(root.resolve("proc/self/uid_map")).strip().replaceAll(" +", " ");
        return new Privileges(
                effective,
                known,
                field(status, "Seccomp:").equals("2"),
                !uidMap.isEmpty() && !uidMap.equals("0 0 4294967295"),
                number(text(root.resolve("proc/sys/kernel/unprivileged_bpf_disabled"))),
                selected(text(root.resolve("sys/kernel/security/lockdown"))));
    }

    boolean has(Capability capability) {
        return (effective >>> capability.bit & 1) != 0;
    }

    /** The capabilities that loading programs of these types takes and this thread has not; CAP_SYS_ADMIN stands for all. */
    List<Capability> missingFor(Set<ProgramType> types) {
        List<Capability> missing = new ArrayList<>();
        if (!known || has(Capability.CAP_SYS_ADMIN)) {
            return missing;
        }
        addMissing(missing, Capability.CAP_BPF);
        if (types.stream().anyMatch(Privileges::isTracing)) {
            addMissing(missing, Capability.CAP_PERFMON);
        }
        if (types.stream().anyMatch(Privileges::isNetworking)) {
            addMissing(missing, Capability.CAP_NET_ADMIN);
        }
        return missing;
    }

    /** The capabilities that using a tracing hook takes and this thread has not. */
    List<Capability> missingForTracing() {
        List<Capability> missing = new ArrayList<>();
        if (known && !has(Capability.CAP_SYS_ADMIN)) {
            addMissing(missing, Capability.CAP_PERFMON);
        }
        return missing;
    }

    private void addMissing(List<Capability> missing, Capability capability) {
        if (!has(capability)) {
            missing.add(capability);
        }
    }

    /** As {@code is_perfmon_prog_type} in {@code kernel/bpf/syscall.c}. */
    private static boolean isTracing(ProgramType type) {
        return switch (type) {
            case KPROBE,
                    TRACEPOINT,
                    PERF_EVENT,
                    RAW_TRACEPOINT,
                    RAW_TRACEPOINT_WRITABLE,
                    TRACING,
                    LSM,
                    STRUCT_OPS,
                    EXT -> true;
            default -> false;
        };
    }

    /** As {@code is_net_admin_prog_type} in {@code kernel/bpf/syscall.c}. */
    private static boolean isNetworking(ProgramType type) {
        return switch (type) {
            case SCHED_CLS,
                    SCHED_ACT,
                    XDP,
                    LWT_IN,
                    LWT_OUT,
                    LWT_XMIT,
                    LWT_SEG6LOCAL,
                    SK_SKB,
                    SK_MSG,
                    FLOW_DISSECTOR,
                    CGROUP_DEVICE,
                    CGROUP_SOCK,
                    CGROUP_SOCK_ADDR,
                    CGROUP_SOCKOPT,
                    CGROUP_SYSCTL,
                    SOCK_OPS,
                    EXT,
                    NETFILTER -> true;
            default -> false;
        };
    }

    private static String text(Path file) {
        try {
            return Files.isReadable(file) ? Files.readString(file) : "";
        } catch (IOException e) {
            return "";
        }
    }

    private static String field(String status, String name) {
        return status.lines()
                .filter(line -> line.startsWith(name))
                .map(line -> line.substring(name.length()).strip())
                .findFirst()
                .orElse("");
    }

    private static int number(String text) {
        try {
            return Integer.parseInt(text.strip());
        } catch (NumberFormatException e) {
            return -1;
        }
    }

    /** {@code none [integrity] confidentiality}: what stands in brackets. */
    private static String selected(String text) {
        int open = text.indexOf('[');
        int close = text.indexOf(']', open + 1);
        return open < 0 || close < 0 ? "" : text.substring(open + 1, close);
    }
}
