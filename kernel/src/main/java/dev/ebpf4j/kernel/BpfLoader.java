package dev.ebpf4j.kernel;

import dev.ebpf4j.link.LinkedObject;
import dev.ebpf4j.link.ObjectLinker;
import dev.ebpf4j.plan.KernelFeatures;
import dev.ebpf4j.plan.LoadPlan;
import dev.ebpf4j.spec.ObjectSpec;
import dev.ebpf4j.sys.Sys;
import org.jspecify.annotations.Nullable;

/** Runs plans on this machine's kernel. Either everything is loaded, or nothing is left open. Safe for many threads. */
public final class BpfLoader {
    /** What other loaders ask too, so that who runs a container says it once. */
    private static final String TOKEN_VARIABLE = "LIBBPF_BPF_TOKEN_PATH";

    private static @Nullable BpfLoader host;

    private final Sys sys;
    private final Advice advice;
    private final Memlock memlock;

    /** A loader into the kernel behind {@code sys}. */
    BpfLoader(Sys sys, Advice advice, Memlock memlock) {
        this.sys = sys;
        this.advice = advice;
        this.memlock = memlock;
    }

    /**
     * Loads an object: links it for this kernel, plans and runs the plan.
     *
     * @param spec the object
     * @return what stands in the kernel now, to be closed by the caller
     * @throws dev.ebpf4j.link.LinkException if the object does not fit this kernel
     * @throws dev.ebpf4j.error.VerifierException if the verifier rejects a program
     * @throws dev.ebpf4j.error.BpfException if the kernel refuses anything else
     * @throws UnsupportedOperationException if this is not Linux, a processor without tables in ebpf4j, or native access is denied
     */
    public static LoadedObject load(ObjectSpec spec) {
        return load(spec, LoadOptions.DEFAULT);
    }

    /**
     * Loads an object: links it for this kernel, plans and runs the plan.
     *
     * @param spec the object
     * @param options where pins stand, and which maps are there already
     * @return what stands in the kernel now, to be closed by the caller
     * @throws dev.ebpf4j.link.LinkException if the object does not fit this kernel
     * @throws dev.ebpf4j.maps.MapMismatchException if a map that is there already is not what the object wants
     * @throws dev.ebpf4j.error.VerifierException if the verifier rejects a program
     * @throws dev.ebpf4j.error.BpfException if the kernel refuses anything else
     * @throws dev.ebpf4j.error.MissingObjectException if the options name a map that the object has not
     * @throws UnsupportedOperationException if this is not Linux, a processor without tables in ebpf4j, or native access is denied
     */
    public static LoadedObject load(ObjectSpec spec, LoadOptions options) {
        return host().start(spec, options).run();
    }

    /**
     * Runs a plan. The plan itself is not changed and may be run again, also after a failure.
     *
     * @param plan what to load
     * @return what stands in the kernel now, to be closed by the caller
     * @throws dev.ebpf4j.error.VerifierException if the verifier rejects a program
     * @throws dev.ebpf4j.error.BpfException if the kernel refuses anything else
     * @throws UnsupportedOperationException if this is not Linux, a processor without tables in ebpf4j, or native access is denied
     */
    public static LoadedObject load(LoadPlan plan) {
        return load(plan, LoadOptions.DEFAULT);
    }

    /**
     * Runs a plan. The plan itself is not changed and may be run again, also after a failure.
     *
     * @param plan what to load
     * @param options with {@link LoadOptions#forPlan} of which the plan was made
     * @return what stands in the kernel now, to be closed by the caller
     * @throws IllegalArgumentException if the plan uses a map that the options don't give
     * @throws dev.ebpf4j.maps.MapMismatchException if a map that is there already is not what the object wants
     * @throws dev.ebpf4j.error.VerifierException if the verifier rejects a program
     * @throws dev.ebpf4j.error.BpfException if the kernel refuses anything else
     * @throws UnsupportedOperationException if this is not Linux, a processor without tables in ebpf4j, or native access is denied
     */
    public static LoadedObject load(LoadPlan plan, LoadOptions options) {
        return host().run(plan, options);
    }

    /**
     * Makes the maps of an object, filled as it wants them, and no program yet.
     *
     * @param spec the object
     * @param options where pins stand, and which maps are there already
     * @return the maps, from which the object is loaded; to be closed by the caller
     * @throws dev.ebpf4j.link.LinkException if the object does not fit this kernel
     * @throws dev.ebpf4j.maps.MapMismatchException if a map that is there already is not what the object wants
     * @throws dev.ebpf4j.error.BpfException if the kernel refuses anything else
     * @throws dev.ebpf4j.error.MissingObjectException if the options name a map that the object has not
     * @throws UnsupportedOperationException if this is not Linux, a processor without tables in ebpf4j, or native access is denied
     */
    public static PreparedObject prepare(ObjectSpec spec, LoadOptions options) {
        return host().start(spec, options).prepare();
    }

    /**
     * Runs a plan up to the first program.
     *
     * @param plan what to load
     * @param options with {@link LoadOptions#forPlan} of which the plan was made
     * @return the maps, from which the object is loaded; to be closed by the caller
     * @throws IllegalArgumentException if the plan uses a map that the options don't give
     * @throws dev.ebpf4j.maps.MapMismatchException if a map that is there already is not what the object wants
     * @throws dev.ebpf4j.error.BpfException if the kernel refuses anything else
     * @throws UnsupportedOperationException if this is not Linux, a processor without tables in ebpf4j, or native access is denied
     */
    public static PreparedObject prepare(LoadPlan plan, LoadOptions options) {
        return host().start(plan, options).prepare();
    }

    private PlanRun start(ObjectSpec spec, LoadOptions options) {
        Token token = token(options);
        try {
            KernelInfo kernel = KernelInfo.detect();
            KernelFeatures features = token.fd() == 0 ? kernel.features() : kernel.features(token.fd());
            LinkedObject linked = ObjectLinker.link(spec, kernel.linkInputs());
            LoadPlan plan = LoadPlan.of(linked, features, kernel.machine(), options.forPlan());
            return new PlanRun(sys, advice, memlock, plan, options, token);
        } catch (Throwable failure) {
            token.close();
            throw failure;
        }
    }

    private Token token(LoadOptions options) {
        String path = options.tokenPath() == null ? System.getenv(TOKEN_VARIABLE) : options.tokenPath();
        return Token.open(sys, path, advice.userNamespace());
    }

    private static synchronized BpfLoader host() {
        BpfLoader known = host;
        if (known == null) {
            Sys sys = Sys.host();
            Memlock memlock = KernelInfo.detect().memlock();
            known = new BpfLoader(sys, Advice.of(sys, memlock), memlock);
            host = known;
        }
        return known;
    }

    LoadedObject run(LoadPlan plan) {
        return run(plan, LoadOptions.DEFAULT);
    }

    LoadedObject run(LoadPlan plan, LoadOptions options) {
        return start(plan, options).run();
    }

    private PlanRun start(LoadPlan plan, LoadOptions options) {
        return new PlanRun(sys, advice, memlock, plan, options, token(options));
    }
}
