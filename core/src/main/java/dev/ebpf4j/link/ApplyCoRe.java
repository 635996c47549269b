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
import java.util.stream.Stream;

/** Fits field offsets, sizes, type ids and enumerators to this kernel's types; what it lacks becomes poison. */
final class ApplyCoRe implements Pass {
    private final LinkInputs inputs;

    ApplyCoRe(LinkInputs inputs) {
        this.inputs = inputs;
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
        List<CoReRelo> relos = relocations(object);
        CoReResolver resolver = relos.stream().anyMatch(relo -> relo.kind() != CoReKind.TYPE_ID_LOCAL)
                ? new CoReResolver(local, new KernelTypes(inputs).requireForCoRe(who), inputs::coReModules)
                        .together(relos)
                : new CoReResolver(local, List.of());
        Map<CoReRelo, CoReFixup> answers = new HashMap<>();
        return object.mapPrograms(program -> ProgramPatcher.resolve(
                program,
                Reloc.CoRe.class,
                (patcher, reloc) -> CoRePatch.apply(
                        patcher, reloc, answers.computeIfAbsent(reloc.relo(), resolver::resolve), resolver)));
    }

    private static List<CoReRelo> relocations(LinkedObject object) {
        return object.programs().stream()
                .flatMap(program -> program.relocs().stream())
                .flatMap(reloc -> reloc instanceof Reloc.CoRe coRe ? Stream.of(coRe.relo()) : Stream.empty())
                .toList();
    }
}
