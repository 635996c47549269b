package dev.ebpf4j.test;

import dev.ebpf4j.kernel.KernelInfo;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.platform.commons.support.AnnotationSupport;

/** Says why a test that {@link RequiresBpf} can't run here. Used through that annotation. */
public final class BpfCondition implements ExecutionCondition {
    private static final int CAP_SYS_ADMIN = 21;
    private static final int CAP_PERFMON = 38;
    private static final int CAP_BPF = 39;

    /** Creates the condition; JUnit does. */
    public BpfCondition() {}

    @Override
    public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
        boolean btf = AnnotationSupport.findAnnotation(context.getElement(), RequiresBpf.class)
                .map(RequiresBpf::btf)
                .orElse(false);
        return obstacle(btf)
                .map(ConditionEvaluationResult::disabled)
                .orElseGet(() -> ConditionEvaluationResult.enabled("this kernel loads programs for this process"));
    }

    private static Optional<String> obstacle(boolean btf) {
        KernelInfo kernel;
        try {
            kernel = KernelInfo.detect();
        } catch (UnsupportedOperationException e) {
            return Optional.of("needs a Linux kernel: " + e.getMessage());
        }
        long capabilities = effectiveCapabilities();
        if (!has(capabilities, CAP_SYS_ADMIN) && !(has(capabilities, CAP_BPF) && has(capabilities, CAP_PERFMON))) {
            return Optional.of("needs root, or CAP_BPF and CAP_PERFMON");
        }
        if (btf && kernel.btf().isEmpty()) {
            return Optional.of("needs a kernel with BTF (/sys/kernel/btf/vmlinux)");
        }
        return Optional.empty();
    }

    private static boolean has(long capabilities, int bit) {
        return (capabilities >>> bit & 1) != 0;
    }

    private static long effectiveCapabilities() {
        String name = "CapEff:";
        try {
            return Files.readAllLines(Path.of("/proc/thread-self/status")).stream()
                    .filter(line -> line.startsWith(name))
                    .mapToLong(line ->
                            Long.parseUnsignedLong(line.substring(name.length()).strip(), 16))
                    .findFirst()
                    .orElse(0);
        } catch (IOException e) {
            return 0;
        }
    }
}
