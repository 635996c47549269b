package dev.ebpf4j.benchmarks.paired;

import java.util.Locale;

/**
 * What is compared of two times per operation, and what it shall come to.
 *
 * @param kind what is computed
 * @param bound the value to reach
 */
record Goal(Kind kind, double bound) {
    /** How a round's two times make one value. */
    enum Kind {
        /** The other's time divided by ours: at least the bound. */
        RATE,
        /** Our time divided by the other's: at most the bound. */
        TIME,
        /** Our time less the other's, in nanoseconds: at most the bound. */
        EXTRA
    }

    static Goal rate(double bound) {
        return new Goal(Kind.RATE, bound);
    }

    static Goal time(double bound) {
        return new Goal(Kind.TIME, bound);
    }

    static Goal extra(double nanos) {
        return new Goal(Kind.EXTRA, nanos);
    }

    /** Nothing to reach: rates are told. */
    static Goal none() {
        return rate(0);
    }

    double value(double other, double ours) {
        return switch (kind) {
            case RATE -> other / ours;
            case TIME -> ours / other;
            case EXTRA -> ours - other;
        };
    }

    String met(double value) {
        return bound == 0 ? "" : reached(value) ? "yes" : "**no**";
    }

    private boolean reached(double value) {
        return kind == Kind.RATE ? value >= bound : value <= bound;
    }

    String text(double value) {
        return switch (kind) {
            case RATE -> String.format(Locale.ROOT, "%.2f", value);
            case TIME -> String.format(Locale.ROOT, "%.3f", value);
            case EXTRA -> String.format(Locale.ROOT, "%+.1f ns", value);
        };
    }

    @Override
    public String toString() {
        return switch (kind) {
            case RATE -> bound == 0 ? "rate" : String.format(Locale.ROOT, "rate ≥ %.1f", bound);
            case TIME -> String.format(Locale.ROOT, "time ≤ %.2f", bound);
            case EXTRA -> String.format(Locale.ROOT, "≤ +%.0f ns", bound);
        };
    }
}
