package dev.ebpf4j.errors;

import static dev.ebpf4j.errors.Messages.assertFails;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ebpf4j.error.VerifierException;
import dev.ebpf4j.kernel.BpfLoader;
import dev.ebpf4j.test.LeakCheck;
import dev.ebpf4j.test.RequiresBpf;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What a user reads whose program the verifier rejects: the first lines suffice. */
@RequiresBpf
@ExtendWith(LeakCheck.class)
class VerifierErrorsTest {
    private static final String TASK = """
            #include "types.h"
            struct task_struct {
            	int pid;
            	int exit_coed;
            } __attribute__((preserve_access_index));
            """;

    private static void load(String name, String source) {
        BpfLoader.load(Sources.object(name, source)).close();
    }

    @Test
    void aMissingNullCheck() {
        String source = Sources.GOOD.replace("\tbpf_map_lookup_elem(&stats, &key);", """
                	struct stat *stat = bpf_map_lookup_elem(&stats, &key);
                	stat->count++;""");
        int line = source.lines().map(String::strip).toList().indexOf("stat->count++;") + 1;
        VerifierException e =
                assertFails(VerifierException.class, """
                the verifier rejected program 'on_exec': EACCES (Permission denied)
                  at unchecked.bpf.c:%d: stat->count++;
                  verifier: R0 invalid mem access 'map_value_or_null'
                  instruction …: r1 = *(u64 *)(r0 +0)
                  hint: the pointer may be NULL here: compare it with NULL before using it
                  end of the log:
                """.formatted(line), () -> load("unchecked", source));
        assertEquals("on_exec", e.program());
        assertEquals(line, e.log().lastSource().orElseThrow().line());
        assertEquals(0, e.log().instructions().getFirst().slot(), "the log from its start");
        assertTrue(e.log().text().contains("processed "), "the log to its end");
    }

    @Test
    void aHelperForWhichTheLicenceIsMissing() {
        String source = """
                #include "types.h"
                SEC("raw_tp/sched_process_exit")
                int on_exit(void *ctx)
                {
                	bpf_printk("an exit");
                	return 0;
                }
                """;
        assertFails(VerifierException.class, """
                the verifier rejected program 'on_exit': EINVAL (Invalid argument)
                  at unlicensed.bpf.c:5: bpf_printk("an exit");
                  verifier: cannot call GPL-restricted function from non-GPL compatible program
                  instruction …: call bpf_trace_printk#6
                  hint: declare a licence that is compatible with the GPL, if that is what you want: char LICENSE[] SEC("license") = "GPL";
                """, () -> load("unlicensed", source));
    }

    @Test
    void aFieldThatThisKernelLacks() {
        String source = TASK + """
                SEC("tp_btf/sched_process_exit")
                int on_exit(__u64 *ctx)
                {
                	struct task_struct *task = (void *)ctx[0];

                	return task->exit_coed;
                }
                """ + Sources.LICENSE;
        assertFails(VerifierException.class, """
                the verifier rejected program 'on_exit': EINVAL (Invalid argument)
                  at field.bpf.c:11: return task->exit_coed;
                  because CO-RE FIELD_BYTE_OFFSET of struct task_struct.exit_coed: no type of this name on the target has it; tried struct task_struct […]; close names: exit_code
                  verifier: invalid func unknown#195896080
                  instruction …: call unknown#195896080
                  hint: a CO-RE access that this kernel can't serve is reached here: guard it with bpf_core_field_exists() or bpf_core_type_exists()
                """, () -> load("field", source));
    }

    @Test
    void aTypeThatThisKernelLacks() {
        String source = """
                #include "types.h"
                struct task_strct {
                	int exit_code;
                } __attribute__((preserve_access_index));
                SEC("tp_btf/sched_process_exit")
                int on_exit(__u64 *ctx)
                {
                	struct task_strct *task = (void *)ctx[0];

                	return task->exit_code;
                }
                """ + Sources.LICENSE;
        assertFails(VerifierException.class, """
                the verifier rejected program 'on_exit': EINVAL (Invalid argument)
                  at type.bpf.c:10: return task->exit_code;
                  because CO-RE FIELD_BYTE_OFFSET of struct task_strct.exit_code: the target has no type of this name and kind; close names: task_struct…
                """, () -> load("type", source));
    }

    @Test
    void theGuardThatTheHintNamesHelps() {
        load("guarded", TASK + """
                SEC("tp_btf/sched_process_exit")
                int on_exit(__u64 *ctx)
                {
                	struct task_struct *task = (void *)ctx[0];

                	return bpf_core_field_exists(task->exit_coed) ? task->exit_coed : 0;
                }
                """ + Sources.LICENSE);
    }
}
