package dev.ebpf4j.link;

import dev.ebpf4j.btf.Btf;
import dev.ebpf4j.btf.CoReFixup;
import dev.ebpf4j.btf.CoReKind;
import dev.ebpf4j.btf.CoReRelo;
import dev.ebpf4j.btf.CoReResolver;
import dev.ebpf4j.spec.Reloc;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Fits field offsets, sizes, type ids and enumerators to this kernel's types; what it lacks becomes poison. */
final class ApplyCoRe implements Pass {
    private final KernelTypes kernel;

    ApplyCoRe(LinkInputs inputs) {
        this.kernel = new KernelTypes(inputs);
    }

    @Override
    public LinkedObject apply(LinkedObject object) {
        if (!object.has(Reloc.CoRe.class)) {
            return object;
        }
        String who = "object '" + object.spec().name() + "'";
        Btf local = object.spec().btf();
        if (local == null) {
            throw new LinkException(who + " has CO-RE relocations, but no BTF");
        }
        List<Btf> targets = needsKernel(object) ? List.of(kernel.requireForCoRe(who)) : List.of();
        CoReResolver resolver = new CoReResolver(local, targets);
        Map<CoReRelo, CoReFixup> answers = new HashMap<>();
        return object.mapPrograms(program -> patch(program, resolver, answers));
    }

    private static boolean needsKernel(LinkedObject object) {
        return object.programs().stream()
                .flatMap(program -> program.relocs().stream())
                .anyMatch(
                        reloc -> reloc instanceof Reloc.CoRe coRe && coRe.relo().kind() != CoReKind.TYPE_ID_LOCAL);
    }

    private static LinkedProgram patch(LinkedProgram program, CoReResolver resolver, Map<CoReRelo, CoReFixup> answers) {
        ProgramPatcher patcher = new ProgramPatcher(program);
        for (Reloc reloc : program.relocs()) {
            if (reloc instanceof Reloc.CoRe coRe) {
                CoReFixup fixup = answers.computeIfAbsent(coRe.relo(), resolver::resolve);
                CoRePatch.apply(patcher, coRe, fixup, resolver);
            } else {
                patcher.keep(reloc);
            }
        }
        return patcher.done();
    }
}
