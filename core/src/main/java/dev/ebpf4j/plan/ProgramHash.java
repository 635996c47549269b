package dev.ebpf4j.plan;

import dev.ebpf4j.insn.CodeEditor;
import dev.ebpf4j.link.LinkedProgram;
import dev.ebpf4j.link.LinkedProgram.MapUse;
import dev.ebpf4j.spec.Bytes;
import java.nio.ByteOrder;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/** The hash by which the kernel knows a program: of its instructions, without what stands for maps in them. */
final class ProgramHash {
    private ProgramHash() {}

    static Bytes of(LinkedProgram program, ByteOrder order) {
        CodeEditor code = program.code().edit();
        for (MapUse use : program.mapUses()) {
            code.setImm(use.slot(), 0).setImm(use.slot() + 1, 0);
        }
        try {
            return Bytes.of(
                    MessageDigest.getInstance("SHA-256").digest(code.toCode().toBytes(order)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
