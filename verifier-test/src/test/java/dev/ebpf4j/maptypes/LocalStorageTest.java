package dev.ebpf4j.maptypes;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.abort;

import dev.ebpf4j.attach.Link;
import dev.ebpf4j.codec.Codecs;
import dev.ebpf4j.error.BpfException;
import dev.ebpf4j.kernel.BpfLoader;
import dev.ebpf4j.kernel.LoadedObject;
import dev.ebpf4j.kernel.TestRun;
import dev.ebpf4j.maps.BpfHashMap;
import dev.ebpf4j.maps.CgroupStorageKey;
import dev.ebpf4j.maps.KernelFd;
import dev.ebpf4j.maps.LocalStorage;
import dev.ebpf4j.maps.PerCpuMap;
import dev.ebpf4j.parity.Sources;
import dev.ebpf4j.spec.AttachType;
import dev.ebpf4j.test.LeakCheck;
import dev.ebpf4j.test.RequiresBpf;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.NetworkChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Row 44: values that hang on sockets, tasks, files and cgroups, written here, changed by programs and read here. */
@RequiresBpf
@ExtendWith(LeakCheck.class)
class LocalStorageTest {
    private static final String PROGRAMS = """
        struct value {
        	__u64 count;
        	__u32 mark;
        };

        #define STORAGE(name, kind)                                                                                \\
        	struct {                                                                                           \\
        		__uint(type, kind);                                                                        \\
        		__uint(map_flags, BPF_F_NO_PREALLOC);                                                      \\
        		__type(key, int);                                                                          \\
        		__type(value, struct value);                                                               \\
        	} name SEC(".maps")

        STORAGE(sockets, BPF_MAP_TYPE_SK_STORAGE);
        STORAGE(tasks, BPF_MAP_TYPE_TASK_STORAGE);
        STORAGE(cgroups, BPF_MAP_TYPE_CGRP_STORAGE);
        STORAGE(inodes, BPF_MAP_TYPE_INODE_STORAGE);

        struct task_struct *bpf_task_from_pid(__s32 pid) __attribute__((section(".ksyms"))) __attribute__((weak));
        void bpf_task_release(struct task_struct *task) __attribute__((section(".ksyms"))) __attribute__((weak));

        struct cgroup;

        struct css_set {
        	struct cgroup *dfl_cgrp;
        } __attribute__((preserve_access_index));

        struct task_struct {
        	struct css_set *cgroups;
        } __attribute__((preserve_access_index));

        int pid;

        SEC("syscall")
        int of_task(void *ctx)
        {
        	struct task_struct *task = bpf_task_from_pid(pid);
        	struct value *value;
        	int result = -1;

        	if (!task)
        		return -2;
        	value = bpf_task_storage_get(&tasks, task, 0, 0);
        	if (value) {
        		value->count *= 2;
        		result = value->mark;
        	}
        	bpf_task_release(task);
        	return result;
        }

        SEC("tp_btf/inet_sock_set_state")
        int of_socket(__u64 *ctx)
        {
        	struct sock *sk = (void *)ctx[0];
        	int state = ctx[2];
        	/* a socket that connects (TCP_SYN_SENT) gets a value */
        	struct value *value = bpf_sk_storage_get(&sockets, sk, 0, state == 2 ? 1 : 0);

        	if (value) {
        		value->count++;
        		value->mark = state;
        	}
        	return 0;
        }

        SEC("tp_btf/sched_process_exec")
        int of_cgroup(__u64 *ctx)
        {
        	struct task_struct *task = bpf_get_current_task_btf();
        	struct value *value = bpf_cgrp_storage_get(&cgroups, task->cgroups->dfl_cgrp, 0, 0);

        	if (value)
        		__sync_fetch_and_add(&value->count, 1);
        	return 0;
        }
        """;

    private static final String OF_INODES = """
        struct value {
        	__u64 count;
        	__u32 mark;
        };

        struct {
        	__uint(type, BPF_MAP_TYPE_INODE_STORAGE);
        	__uint(map_flags, BPF_F_NO_PREALLOC);
        	__type(key, int);
        	__type(value, struct value);
        } inodes SEC(".maps");

        struct inode;

        struct file {
        	struct inode *f_inode;
        } __attribute__((preserve_access_index));

        SEC("lsm/file_open")
        int of_inode(__u64 *ctx)
        {
        	struct file *file = (void *)ctx[0];
        	struct value *value = bpf_inode_storage_get(&inodes, file->f_inode, 0, 0);

        	if (value)
        		__sync_fetch_and_add(&value->count, 1);
        	return 0;
        }
        """;

    /** The storages of before Linux 6.2, of a cgroup and a hook: a device is opened. */
    private static final String OF_HOOKS = """
        struct bpf_cgroup_storage_key {
        	__u64 cgroup_inode_id;
        	__u32 attach_type;
        };

        struct bpf_cgroup_dev_ctx;

        struct {
        	__uint(type, BPF_MAP_TYPE_CGROUP_STORAGE);
        	__type(key, struct bpf_cgroup_storage_key);
        	__type(value, __u64);
        } opened SEC(".maps");

        struct {
        	__uint(type, BPF_MAP_TYPE_PERCPU_CGROUP_STORAGE);
        	__type(key, struct bpf_cgroup_storage_key);
        	__type(value, __u64);
        } opened_per_cpu SEC(".maps");

        SEC("cgroup/dev")
        int open_device(struct bpf_cgroup_dev_ctx *ctx)
        {
        	__sync_fetch_and_add((__u64 *)bpf_get_local_storage(&opened, 0), 1);
        	++*(__u64 *)bpf_get_local_storage(&opened_per_cpu, 0);
        	return 1;
        }
        """;

    private static LoadedObject object;

    private record Value(long count, int mark) {}

    @BeforeAll
    static void load() {
        object = Sources.load("storages", PROGRAMS);
    }

    @AfterAll
    static void close() {
        if (object != null) {
            object.close();
        }
    }

    private static int ofTask(long pid) {
        object.variable("pid", Codecs.INT).set((int) pid);
        return object.program("of_task").testRun(TestRun.empty()).returnValue();
    }

    @Test
    void valuesOfProcessesAndThreads() throws IOException, InterruptedException {
        LocalStorage<ProcessHandle, Value> tasks =
                LocalStorage.ofProcesses(object.map("tasks"), Codecs.record(Value.class));
        Process child = new ProcessBuilder("cat").start();
        try {
            ProcessHandle process = child.toHandle();
            assertNull(tasks.lookup(process));
            assertEquals(-1, ofTask(child.pid()));
            assertFalse(tasks.replace(process, new Value(0, 0)));
            assertTrue(tasks.putIfAbsent(process, new Value(21, 7)));
            assertFalse(tasks.putIfAbsent(process, new Value(0, 0)));
            assertEquals(7, ofTask(child.pid()));
            assertEquals(new Value(42, 7), tasks.lookup(process));
            assertTrue(tasks.delete(process));
            assertFalse(tasks.delete(process));
        } finally {
            child.getOutputStream().close();
            child.waitFor();
        }
        assertThrows(BpfException.class, () -> tasks.lookup(child.toHandle()));
        long tid = Long.parseLong(String.valueOf(
                Files.readSymbolicLink(Path.of("/proc/thread-self")).getFileName()));
        try (KernelFd thread = KernelFd.thread(tid)) {
            tasks.update(thread, new Value(4, 5));
            assertEquals(5, ofTask(tid));
            assertEquals(new Value(8, 5), tasks.lookup(thread));
            assertNull(tasks.lookup(ProcessHandle.current()), "that of the first thread");
            assertTrue(tasks.delete(thread));
        }
    }

    @Test
    void valuesOfSockets() throws IOException {
        LocalStorage<NetworkChannel, Value> sockets =
                LocalStorage.ofSockets(object.map("sockets"), Codecs.record(Value.class));
        try (Link _ = object.program("of_socket").attach();
                ServerSocketChannel listener =
                        ServerSocketChannel.open().bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
                SocketChannel client = SocketChannel.open(listener.getLocalAddress());
                SocketChannel server = listener.accept()) {
            assertEquals(new Value(2, 1), sockets.lookup(client), "SYN_SENT, ESTABLISHED");
            assertNull(sockets.lookup(server));
            sockets.update(server, new Value(100, 0));
            sockets.update(client, new Value(1000, 0));
            client.shutdownOutput();
            Value after = sockets.lookup(client);
            assertNotNull(after);
            assertTrue(after.count() > 1000 && after.mark() >= 4, after::toString);
            assertTrue(sockets.delete(server));
            assertFalse(sockets.delete(server));
        }
    }

    @Test
    void valuesOfCgroups() throws IOException, InterruptedException {
        LocalStorage<Path, Value> cgroups = LocalStorage.ofCgroups(object.map("cgroups"), Codecs.record(Value.class));
        try (TestCgroup cgroup = TestCgroup.create("ebpf4j-storage");
                Link _ = object.program("of_cgroup").attach()) {
            assertNull(cgroups.lookup(cgroup.directory()));
            cgroups.update(cgroup.directory(), new Value(41, 3));
            cgroup.runInside();
            assertEquals(new Value(42, 3), cgroups.lookup(cgroup.directory()));
            assertTrue(cgroups.delete(cgroup.directory()));
            assertFalse(cgroups.delete(cgroup.directory()));
        }
        assertThrows(BpfException.class, () -> cgroups.lookup(Path.of("/no/such/cgroup")));
    }

    @Test
    void valuesOfFiles(@TempDir Path directory) throws IOException {
        LocalStorage<Path, Value> inodes = LocalStorage.ofFiles(object.map("inodes"), Codecs.record(Value.class));
        Path file = Files.createFile(directory.resolve("file"));
        Path other = Files.createLink(directory.resolve("other"), file);
        assertNull(inodes.lookup(file));
        inodes.update(file, new Value(1, 2));
        assertEquals(new Value(1, 2), inodes.lookup(other), "another name of the same file");
        assertTrue(inodes.replace(other, new Value(3, 4)));
        assertEquals(new Value(3, 4), inodes.lookup(file));
        assertNull(inodes.lookup(directory));
        assertTrue(inodes.delete(file));
        assertNull(inodes.lookup(other));
    }

    @Test
    void valuesOfFilesInPrograms(@TempDir Path directory) throws IOException {
        try (LoadedObject loaded = loadOrAbort(OF_INODES);
                Attached _ = Attached.to(0, loaded.program("of_inode"), AttachType.LSM_MAC)) {
            LocalStorage<Path, Value> inodes = LocalStorage.ofFiles(loaded.map("inodes"), Codecs.record(Value.class));
            Path file = Files.createFile(directory.resolve("file"));
            inodes.update(file, new Value(10, 0));
            Files.readAllBytes(file);
            assertEquals(new Value(11, 0), inodes.lookup(file));
        }
    }

    private static LoadedObject loadOrAbort(String source) {
        try {
            return BpfLoader.load(Sources.object("inodes", source));
        } catch (BpfException e) {
            return abort("needs a kernel that loads LSM programs, which alone see inodes: " + e.getMessage());
        }
    }

    @Test
    void valuesOfCgroupAndHook() throws IOException, InterruptedException {
        try (LoadedObject loaded = Sources.load("hooks", OF_HOOKS);
                TestCgroup cgroup = TestCgroup.create("ebpf4j-hook")) {
            BpfHashMap<CgroupStorageKey, Long> opened =
                    BpfHashMap.of(loaded.map("opened"), Codecs.record(CgroupStorageKey.class), Codecs.LONG);
            PerCpuMap<CgroupStorageKey, Long> perCpu =
                    PerCpuMap.of(loaded.map("opened_per_cpu"), Codecs.record(CgroupStorageKey.class), Codecs.LONG);
            CgroupStorageKey key = CgroupStorageKey.of(cgroup.directory(), AttachType.CGROUP_DEVICE);
            assertNull(opened.lookup(key));
            try (KernelFd fd = KernelFd.path(cgroup.directory());
                    Attached _ = Attached.to(fd.fd(), loaded.program("open_device"), AttachType.CGROUP_DEVICE)) {
                assertEquals(0, opened.lookup(key));
                assertTrue(opened.replace(key, 100L));
                cgroup.runInside();
                long count = Objects.requireNonNull(opened.lookup(key));
                assertTrue(count > 100, () -> "opened " + count);
                assertEquals(count - 100, perCpu.sum(key));
                opened.forEach((k, v) -> assertEquals(key, k));
            }
        }
    }
}
