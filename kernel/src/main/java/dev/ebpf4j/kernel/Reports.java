package dev.ebpf4j.kernel;

import java.util.List;

/**
 * What the library tells of itself, by the {@link System.Logger} of this name: nothing that is an exception anyway, and
 * nothing above {@link System.Logger.Level#DEBUG}, so that nothing is printed unless somebody asks for it.
 */
final class Reports {
    static final String LOGGER = "dev.ebpf4j";

    private Reports() {}

    /** The logger is only made when there is something to say: making it costs some milliseconds. */
    private static final class Holder {
        static final System.Logger LOG = System.getLogger(LOGGER);
    }

    /** Tells what was done otherwise while an object was loaded. */
    static void notes(String object, List<String> notes) {
        for (String note : notes) {
            Holder.LOG.log(System.Logger.Level.DEBUG, "object ''{0}'': {1}", object, note);
        }
    }
}
