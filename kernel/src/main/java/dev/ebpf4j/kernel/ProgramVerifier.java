package dev.ebpf4j.kernel;

import dev.ebpf4j.error.BpfException;
import dev.ebpf4j.error.Errno;
import dev.ebpf4j.error.VerifierException;
import dev.ebpf4j.error.VerifierLog;
import dev.ebpf4j.link.LinkException;
import dev.ebpf4j.link.LinkInputs;
import dev.ebpf4j.link.LinkedObject;
import dev.ebpf4j.link.ObjectLinker;
import dev.ebpf4j.plan.LoadPlan;
import dev.ebpf4j.spec.MapSpec;
import dev.ebpf4j.spec.ObjectSpec;
import dev.ebpf4j.spec.ProgramSpec;
import java.util.List;
import java.util.stream.Stream;

/**
 * Asks the kernel about the programs of an object, each loaded by itself with the maps that it needs; nothing stays. What
 * an object leaves to its user is filled in: maps without a size get one element, pins are left out.
 */
public final class ProgramVerifier {
    private static final VerifierLogging WITH_PATH = VerifierLogging.of(VerifierLogging.STATS | VerifierLogging.BASIC);

    private final KernelInfo kernel;
    private final LinkInputs inputs;
    private final LoadOptions options;

    private ProgramVerifier(KernelInfo kernel, LinkInputs inputs, int logLevel) {
        this.kernel = kernel;
        this.inputs = inputs;
        this.options = LoadOptions.DEFAULT.withVerifierLogging(VerifierLogging.of(logLevel));
    }

    /**
     * {@return one for the running kernel, which asks for the verifier's figures, and for its log where it refuses} What it
     * learns about the kernel it keeps, so one is enough for any number of objects.
     *
     * @throws UnsupportedOperationException if this is not Linux, a processor without tables in ebpf4j, or native access is denied
     */
    public static ProgramVerifier ofHost() {
        KernelInfo kernel = KernelInfo.detect();
        return new ProgramVerifier(kernel, kernel.linkInputs(), VerifierLogging.STATS);
    }

    /**
     * {@return one that always asks for a log}
     *
     * @param level {@link VerifierLogging#BASIC} or {@link VerifierLogging#VERBOSE}; 0 for none but of refusals
     */
    public ProgramVerifier withLogLevel(int level) {
        return new ProgramVerifier(kernel, inputs, VerifierLogging.STATS | level);
    }

    /**
     * {@return the verdicts on all programs of an object, those not loaded with it included, in its order} The stream asks
     * the kernel when the next one is taken.
     *
     * @param object the object
     * @throws BpfException if this process may not load programs at all
     */
    public Stream<ProgramVerdict> verifyEach(ObjectSpec object) {
        return object.programs().stream().map(program -> verify(object, program.name()));
    }

    /**
     * {@return the verdict on one program}
     *
     * @param object the object
     * @param name the program's name
     * @throws dev.ebpf4j.error.MissingObjectException if the object has no program of this name
     * @throws BpfException if this process may not load programs at all
     */
    public ProgramVerdict verify(ObjectSpec object, String name) {
        ObjectSpec alone = alone(object, name);
        ProgramSpec program = alone.program(name);
        LinkedObject linked;
        LoadPlan plan;
        try {
            linked = ObjectLinker.link(alone, inputs);
            plan = LoadPlan.of(linked, kernel.features(), kernel.machine(), options.forPlan());
        } catch (LinkException e) {
            return new ProgramVerdict(program, 0, null, VerifierLog.EMPTY, e);
        }
        LoadOptions log = hasPoison(linked) ? options.withVerifierLogging(WITH_PATH) : options;
        int size = linked.programs().getFirst().code().size();
        try (LoadedObject loaded = BpfLoader.load(plan, log)) {
            Program accepted = loaded.program(name);
            return new ProgramVerdict(program, size, accepted.info(), loaded.verifierLog(name), null);
        } catch (VerifierException e) {
            return new ProgramVerdict(program, size, null, e.log(), e);
        } catch (BpfException e) {
            if (isAboutTheProcess(e)) {
                throw e;
            }
            return new ProgramVerdict(program, size, null, VerifierLog.EMPTY, e);
        }
    }

    /** Only with the path can be said which of the missing things the verifier came to. */
    private boolean hasPoison(LinkedObject linked) {
        return options.verifierLogging().level() == VerifierLogging.STATS
                && !linked.programs().getFirst().poisons().isEmpty();
    }

    /** A denial whose cause was found says nothing about the program. */
    private static boolean isAboutTheProcess(BpfException failure) {
        boolean denied = failure.errno().is(Errno.EPERM) || failure.errno().is(Errno.ENOSYS);
        return denied && failure.getMessage().indexOf('\n') >= 0;
    }

    private static ObjectSpec alone(ObjectSpec object, String name) {
        ObjectSpec alone = object.only(name);
        List<MapSpec> maps =
                alone.maps().stream().map(ProgramVerifier::creatable).toList();
        return alone.toBuilder().maps(maps).build();
    }

    private static MapSpec creatable(MapSpec map) {
        MapSpec unpinned = map.withPinning(MapSpec.Pinning.NONE).withPinPath(null);
        return map.maxEntries() == 0 && map.type().needsMaxEntries() ? unpinned.withMaxEntries(1) : unpinned;
    }
}
