package dev.ebpf4j.benchmarks.paired;

import dev.ebpf4j.benchmarks.paired.Area.Row;
import java.util.ArrayList;
import java.util.List;

/** Everything that is measured, with the targets. */
final class Areas {
    private static final int COLD = 64 << 20;
    private static final int HOT = 256 << 10;

    private Areas() {}

    static List<Area> all() {
        return List.of(cold(), hot(), live(), callbacks(), decode(), perf(), send(), maps(), batches(), load());
    }

    private static Area cold() {
        Builder area = new Builder("cold", 15, 6);
        area.drain("ring drain, 64 MiB, 8 B", COLD, 8, 1, Goal.none());
        area.drain("ring drain, 64 MiB, 64 B", COLD, 64, 1, Goal.rate(2.2));
        area.drain("ring drain, 64 MiB, 256 B", COLD, 256, 1, Goal.rate(2.3));
        area.drain("ring drain, 64 MiB, 1 KiB", COLD, 1024, 1, Goal.rate(2.3));
        area.drain("ring drain, 64 MiB, mixed", COLD, 0, 1, Goal.rate(1.1));
        return area.build();
    }

    private static Area hot() {
        Builder area = new Builder("hot", 31, 25);
        area.drain("ring drain, 256 KiB, 8 B", HOT, 8, 10, Goal.none());
        area.drain("ring drain, 256 KiB, 64 B", HOT, 64, 40, Goal.rate(2));
        area.drain("ring drain, 256 KiB, 256 B", HOT, 256, 40, Goal.none());
        area.drain("ring drain, 256 KiB, 1 KiB", HOT, 1024, 40, Goal.none());
        area.drain("ring drain, 256 KiB, mixed", HOT, 0, 40, Goal.rate(1.1));
        return area.build();
    }

    private static Area live() {
        Builder area = new Builder("live", 9, 6);
        String command = "live OBJECT " + HOT + " 120 ";
        area.variants.add(Variant.libbpf("tight", command + 0).producing("64"));
        area.variants.add(Variant.libbpf("1 us", command + 1000).producing("64"));
        area.variants.add(Variant.libbpf("20 us", command + 20_000).producing("64"));
        area.variants.add(Variant.libbpf("100 us", command + 100_000).producing("64"));
        area.variants.add(Variant.java("spin", command.strip()).producing("64"));
        area.rows.add(new Row("live, 64 B, beside its tight loop", List.of("tight"), "spin", Goal.rate(5)));
        area.rows.add(new Row(
                "live, 64 B, beside its best back-off", List.of("1 us", "20 us", "100 us"), "spin", Goal.rate(1.1)));
        return area.build();
    }

    private static Area callbacks() {
        Builder area = new Builder("callbacks", 31, 25);
        for (String consumer : List.of("sum", "xor", "fields")) {
            String command = "drain OBJECT " + HOT + " 64 40 " + consumer;
            area.variants.add(Variant.java("alone " + consumer, command).in("alone " + consumer));
            area.variants.add(Variant.java("with others " + consumer, command).in("with others"));
            area.rows.add(new Row(
                    "three callbacks in one JVM: " + consumer,
                    List.of("alone " + consumer),
                    "with others " + consumer,
                    Goal.time(1.1)));
        }
        return area.build();
    }

    private static Area decode() {
        Builder area = new Builder("decode", 31, 25);
        String command = "drain OBJECT " + HOT + " 64 40 ";
        area.variants.add(Variant.java("raw", command + "sum").in("raw"));
        area.variants.add(Variant.java("view", command + "view").in("view"));
        area.variants.add(Variant.java("record", command + "record").in("record"));
        area.rows.add(new Row(
                "6 fields, one a string of 16, through a flyweight, over the raw drain",
                List.of("raw"),
                "view",
                Goal.extra(3)));
        area.rows.add(new Row(
                "6 fields, one a string of 16, into a Java record, over the raw drain",
                List.of("raw"),
                "record",
                Goal.extra(8)));
        return area.build();
    }

    private static Area perf() {
        Builder area = new Builder("perf", 31, 25);
        area.pair("perf buffer drain, 256 KiB, 64 B", "perf OBJECT " + HOT + " 64 10", Goal.none());
        return area.build();
    }

    private static Area send() {
        Builder area = new Builder("send", 31, 25);
        area.pair("user ring buffer, 64 B: reserve, write, submit", "send OBJECT " + HOT + " 64 20", Goal.none());
        return area.build();
    }

    private static Area maps() {
        Builder area = new Builder("maps", 31, 25);
        for (String kind : List.of("hash4", "hash16", "array")) {
            for (String operation : List.of("lookup", "update", "delete", "next")) {
                if (!kind.equals("array") || !operation.equals("delete")) {
                    area.map(kind, kind, operation, Goal.time(1.03));
                }
            }
        }
        for (String kind : List.of("hash4", "hash16")) {
            for (String operation : List.of("lookup", "update", "delete")) {
                area.map(kind, kind + "-typed", operation, Goal.time(1.1));
            }
        }
        area.map("percpu", "percpu", "lookup", Goal.none());
        area.pair("mapped array, random reads", "reads 50", Goal.time(0.7));
        return area.build();
    }

    private static Area batches() {
        Builder area = new Builder("batches", 31, 25);
        for (String kind : List.of("hash4", "hash16")) {
            for (String operation : List.of("lookup", "update", "delete")) {
                for (int count : new int[] {1000, 10_000}) {
                    String command = " " + operation + " " + count;
                    area.pair(kind + " batch" + command, "batch " + kind + command + " 2", Goal.time(1.05));
                }
            }
        }
        return area.build();
    }

    private static Area load() {
        Builder area = new Builder("load", 11, 50);
        area.variants.add(Variant.libbpf("libbpf", "load FIELDS"));
        area.variants.add(Variant.libbpf("libbpf btf", "btf"));
        area.variants.add(Variant.java("first", "load-first FIELDS"));
        area.variants.add(Variant.java("next", "load FIELDS"));
        area.variants.add(Variant.java("btf", "btf"));
        area.rows.add(new Row("first object: open, load, attach", List.of("libbpf"), "first", Goal.time(0.35)));
        area.rows.add(new Row("next object", List.of("libbpf"), "next", Goal.time(0.2)));
        area.rows.add(new Row("the kernel's types", List.of("libbpf btf"), "btf", Goal.time(0.6)));
        return area.build();
    }

    private static final class Builder {
        private final String name;
        private final int rounds;
        private final int warmUp;
        final List<Variant> variants = new ArrayList<>();
        final List<Row> rows = new ArrayList<>();

        Builder(String name, int rounds, int warmUp) {
            this.name = name;
            this.rounds = rounds;
            this.warmUp = warmUp;
        }

        void drain(String what, int ring, int size, int times, Goal goal) {
            pair(what, "drain OBJECT " + ring + " " + size + " " + times, goal);
        }

        private void pair(String what, String command, Goal goal) {
            variants.add(Variant.libbpf(what + " libbpf", command));
            variants.add(Variant.java(what, command));
            rows.add(new Row(what, List.of(what + " libbpf"), what, goal));
        }

        void map(String kind, String ourKind, String operation, Goal goal) {
            String what = ourKind + " " + operation;
            String other = what + " libbpf";
            variants.add(Variant.libbpf(other, "map " + kind + " " + operation + " 1"));
            variants.add(Variant.java(what, "map " + ourKind + " " + operation + " 1"));
            rows.add(new Row(what, List.of(other), what, goal));
        }

        Area build() {
            return new Area(name, rounds, warmUp, variants, rows);
        }
    }
}
