package dev.ebpf4j.errors;

import dev.ebpf4j.clang.Clang;
import dev.ebpf4j.clang.CompileRequest;
import dev.ebpf4j.elf.ElfReader;
import dev.ebpf4j.spec.ObjectSpec;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Objects;

/** C programs, compiled when the test runs, as a user has them. */
final class Sources {
    static final String LICENSE = """

            char LICENSE[] SEC("license") = "GPL";
            """;

    /** Two programs, two maps, three variables; loads everywhere. */
    static final String GOOD = """
            #include "types.h"

            struct stat {
            	__u64 count;
            	__u32 last_pid;
            	char comm[16];
            };

            struct {
            	__uint(type, BPF_MAP_TYPE_HASH);
            	__uint(max_entries, 2);
            	__type(key, __u32);
            	__type(value, struct stat);
            } stats SEC(".maps");

            struct {
            	__uint(type, BPF_MAP_TYPE_RINGBUF);
            	__uint(max_entries, 4096);
            } events SEC(".maps");

            const volatile __u32 target_pid = 0;
            const volatile char prefix[8] = "";
            __u64 seen = 0;

            SEC("tp/sched/sched_process_exec")
            int on_exec(void *ctx)
            {
            	__u32 key = 1, *event;

            	if (target_pid && prefix[0])
            		return 0;
            	__sync_fetch_and_add(&seen, 1);
            	bpf_map_lookup_elem(&stats, &key);
            	event = bpf_ringbuf_reserve(&events, sizeof(*event), 0);
            	if (!event)
            		return 0;
            	*event = bpf_get_current_pid_tgid() >> 32;
            	bpf_ringbuf_submit(event, 0);
            	return 0;
            }

            SEC("raw_tp/sched_process_exit")
            int on_exit(void *ctx)
            {
            	return 0;
            }
            """ + LICENSE;

    private static final Path HEADERS = directory("types.h");
    private static final Clang CLANG = Clang.find();

    private Sources() {}

    /** The object {@link #GOOD}. */
    static ObjectSpec good() {
        return object("good", GOOD);
    }

    /** An object named {@code name}, from {@code name.bpf.c}. */
    static ObjectSpec object(String name, String source) {
        return ElfReader.read(compile(name, source), name);
    }

    static byte[] compile(String name, String source) {
        return compile(name, source, ByteOrder.nativeOrder());
    }

    static byte[] compile(String name, String source, ByteOrder order) {
        CompileRequest request = CompileRequest.of(name + ".bpf.c", source)
                .include(HEADERS)
                .byteOrder(order)
                .build();
        return CLANG.compile(request).toBytes();
    }

    /** Where a file of this test stands, found through one of its resources. */
    static Path directory(String resource) {
        try {
            URI file = Objects.requireNonNull(Sources.class.getResource(resource), resource)
                    .toURI();
            return Objects.requireNonNull(Path.of(file).getParent());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }
}
