package dev.ebpf4j.maps;

import dev.ebpf4j.btf.Btf;
import dev.ebpf4j.btf.BtfType;
import dev.ebpf4j.codec.TypeRef;

/** Finds the lock of a value, which the kernel takes for {@link BpfMap#F_LOCK}. It stands in the outermost struct. */
final class SpinLocks {
    private SpinLocks() {}

    static boolean isIn(TypeRef value) {
        Btf btf = value.btf();
        return btf != null
                && btf.type(btf.resolve(value.typeId())) instanceof BtfType.Struct struct
                && struct.members().stream().anyMatch(member -> isLock(btf, member.typeId()));
    }

    private static boolean isLock(Btf btf, int typeId) {
        return btf.type(btf.resolve(typeId)) instanceof BtfType.Struct struct
                && struct.name().equals("bpf_spin_lock");
    }
}
