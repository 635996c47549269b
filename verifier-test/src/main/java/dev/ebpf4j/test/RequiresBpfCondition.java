package dev.ebpf4j.test;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Looks once whether this process may use BPF. */
public final class RequiresBpfCondition implements ExecutionCondition {
    private static final long CAP_SYS_ADMIN = 1L << 21;
    private static final long CAP_PERFMON_AND_BPF = 1L << 38 | 1L << 39;

    private static final String OBSTACLE = obstacle();

    /** For JUnit. */
    public RequiresBpfCondition() {}

    @Override
    public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
        return OBSTACLE.isEmpty()
                ? ConditionEvaluationResult.enabled("this process may use BPF")
                : ConditionEvaluationResult.disabled(OBSTACLE);
    }

    private static String obstacle() {
        if (!System.getProperty("os.name").equals("Linux")) {
            return "needs Linux, this is " + System.getProperty("os.name");
        }
        if (!Files.isReadable(Path.of("/sys/kernel/btf/vmlinux"))) {
            return "needs a kernel with BTF (CONFIG_DEBUG_INFO_BTF), Linux 5.4 or newer";
        }
        long capabilities = effectiveCapabilities();
        boolean privileged = (capabilities & CAP_SYS_ADMIN) != 0
                || (capabilities & CAP_PERFMON_AND_BPF) == CAP_PERFMON_AND_BPF;
        return privileged ? "" : "needs CAP_BPF and CAP_PERFMON, or root";
    }

    private static long effectiveCapabilities() {
        try {
            return Files.readAllLines(Path.of("/proc/self/status")).stream()
                    .filter(line -> line.startsWith("CapEff:"))
                    .mapToLong(line -> Long.parseUnsignedLong(line.substring(7).strip(), 16))
                    .findFirst()
                    .orElse(0);
        } catch (IOException e) {
            return 0;
        }
    }
}
