package dev.ebpf4j.test;

import dev.ebpf4j.error.VerifierException;
import dev.ebpf4j.kernel.BpfLoader;
import dev.ebpf4j.kernel.LoadedObject;
import dev.ebpf4j.kernel.Program;
import dev.ebpf4j.kernel.ProgramInfo;
import dev.ebpf4j.spec.ObjectSpec;
import java.util.List;

/** Assertions about what this machine's kernel thinks of an object. Nothing stays loaded. */
public final class Verdicts {
    private Verdicts() {}

    /**
     * Asserts that the kernel loads an object.
     *
     * @param object the object
     * @return what the kernel said of its programs, in their order
     * @throws AssertionError if a program is rejected; the message has the verifier's reason and the end of its log
     */
    public static List<ProgramInfo> assertLoads(ObjectSpec object) {
        try (LoadedObject loaded = BpfLoader.load(object)) {
            return loaded.programs().stream().map(Program::info).toList();
        } catch (VerifierException e) {
            throw new AssertionError("expected that the verifier accepts " + object + ", but " + e.getMessage(), e);
        }
    }

    /**
     * Asserts that the verifier rejects a program of an object, for a certain reason.
     *
     * @param object the object
     * @param reason a part of the reason in the verifier's words
     * @return the rejection, to look at its log
     * @throws AssertionError if the object is loaded, or rejected for another reason
     */
    public static VerifierException assertRejected(ObjectSpec object, String reason) {
        try (LoadedObject loaded = BpfLoader.load(object)) {
            throw new AssertionError("expected that the verifier rejects " + loaded + ": " + reason);
        } catch (VerifierException e) {
            if (e.log().reason().contains(reason)) {
                return e;
            }
            throw new AssertionError("expected the reason '" + reason + "', but " + e.getMessage(), e);
        }
    }
}
