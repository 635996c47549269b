package dev.ebpf4j.btf;

/**
 * A CO-RE relocation record: one instruction whose immediate or offset depends on the target's types.
 *
 * @param insnOffset byte offset of the instruction in its ELF section, a multiple of 8
 * @param typeId the root type in the program's BTF
 * @param access the path from the root, such as {@code 0:1:2}: an array index on the root, then member or array
 *     indices; the index of the enumerator for {@code ENUMVAL_} kinds; {@code 0} for {@code TYPE_} kinds
 * @param kind what is asked
 */
public record CoReRelo(int insnOffset, int typeId, String access, CoReKind kind) {
    /**
     * {@return the C expression that this asks for, in the macros of {@code bpf/bpf_core_read.h}: such as
     * {@code bpf_core_field_offset(struct task_struct, pid)}}
     *
     * @param btf the BTF of the object that the relocation stands in
     * @throws BtfFormatException if type and path don't fit together
     */
    public String expression(Btf btf) {
        return CoReExpression.of(this, btf);
    }
}
