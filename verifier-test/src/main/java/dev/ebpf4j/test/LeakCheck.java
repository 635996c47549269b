package dev.ebpf4j.test;

import java.util.List;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;

/**
 * Fails a test class that leaves something of the kernel open, and the whole run if the classes together do. Use it by
 * {@code @ExtendWith(LeakCheck.class)}, or for all classes by JUnit's automatic detection of extensions.
 *
 * <p>For tests that run one after the other; what a test does side by side with another would be blamed on both.
 */
public final class LeakCheck implements BeforeAllCallback, AfterAllCallback {
    private static final Namespace NAMESPACE = Namespace.create(LeakCheck.class);

    /** Creates the extension; JUnit does. */
    public LeakCheck() {}

    /** The state before the first class; checked when the last one is over. */
    private record WholeRun(KernelResources before) implements AutoCloseable {
        @Override
        public void close() {
            check(before, "the test run");
        }
    }

    @Override
    public void beforeAll(ExtensionContext context) {
        KernelResources before = KernelResources.now();
        context.getRoot().getStore(NAMESPACE).getOrComputeIfAbsent("run", key -> new WholeRun(before));
        context.getStore(NAMESPACE).put("class", before);
    }

    @Override
    public void afterAll(ExtensionContext context) {
        KernelResources before = context.getStore(NAMESPACE).get("class", KernelResources.class);
        if (before != null) {
            check(before, context.getDisplayName());
        }
    }

    private static void check(KernelResources before, String who) {
        List<String> left = KernelResources.now().since(before);
        if (!left.isEmpty()) {
            throw new AssertionError(who + " left open:\n  " + String.join("\n  ", left));
        }
    }
}
