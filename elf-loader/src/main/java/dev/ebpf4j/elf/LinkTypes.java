package dev.ebpf4j.elf;

import dev.ebpf4j.btf.Btf;
import dev.ebpf4j.btf.BtfBuilder;
import dev.ebpf4j.btf.BtfLinkage;
import dev.ebpf4j.btf.BtfType;
import dev.ebpf4j.link.LinkException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The types of all inputs as one table. Every type is copied with a new id, but for those of functions and variables that
 * another input defines, which become that one's, and for data sections, which are made anew.
 */
final class LinkTypes {
    private final List<LinkFile> files;
    private final LinkLayout layout;
    private final LinkSymbols symbols;
    private final BtfBuilder types;

    /** Per file, the new id of each of its types. */
    private final List<int[]> ids = new ArrayList<>();

    /** Per file, the functions and variables that other files can see, by name. */
    private final List<Map<String, Integer>> visible = new ArrayList<>();

    private LinkTypes(List<LinkFile> files, LinkLayout layout, LinkSymbols symbols) {
        this.files = files;
        this.layout = layout;
        this.symbols = symbols;
        this.types = new BtfBuilder(files.getFirst().file().order());
    }

    /** Returns the sections that hold the types and what instructions say about them; none if no input has types. */
    static List<ElfImage.Section> merge(List<LinkFile> files, LinkLayout layout, LinkSymbols symbols) {
        if (files.stream().allMatch(file -> file.btf() == null)) {
            return List.of();
        }
        LinkTypes merged = new LinkTypes(files, layout, symbols);
        files.forEach(merged::see);
        merged.number();
        files.forEach(merged::copy);
        merged.dataSections();
        return new LinkTypesExt(layout, merged.ids, merged.types.build()).sections();
    }

    private void see(LinkFile file) {
        Map<String, Integer> own = new HashMap<>();
        Btf btf = file.btf();
        for (int id = 1; btf != null && id < btf.typeCount(); id++) {
            String name = nameForOthers(btf.type(id));
            if (name != null) {
                own.putIfAbsent(name, id);
            }
        }
        visible.add(own);
    }

    /** Returns the name by which other files may refer to a function or variable; null for all else. */
    private static @Nullable String nameForOthers(BtfType type) {
        return switch (type) {
            case BtfType.Func function when function.linkage() != BtfLinkage.STATIC -> function.name();
            case BtfType.Var variable when variable.linkage() != BtfLinkage.STATIC -> variable.name();
            default -> null;
        };
    }

    private void number() {
        int next = types.nextId();
        for (LinkFile file : files) {
            Btf btf = file.btf();
            int[] own = new int[btf == null ? 1 : btf.typeCount()];
            for (int id = 1; id < own.length; id++) {
                if (copied(file, id)) {
                    own[id] = next++;
                }
            }
            ids.add(own);
        }
        files.forEach(this::redirect);
    }

    private boolean copied(LinkFile file, int id) {
        return !(typeOf(file, id) instanceof BtfType.DataSec) && elsewhere(file, id) == null;
    }

    private void redirect(LinkFile file) {
        int[] own = ids.get(file.number());
        for (int id = 1; id < own.length; id++) {
            Home home = elsewhere(file, id);
            if (home != null) {
                check(file, id, home.file(), home.id());
                own[id] = ids.get(home.file().number())[home.id()];
            }
        }
    }

    /** A type of another file. */
    private record Home(LinkFile file, int id) {}

    /** Returns the function or variable of another file that this one stands for; null if it stands for itself. */
    private @Nullable Home elsewhere(LinkFile file, int id) {
        String name = nameForOthers(typeOf(file, id));
        LinkSymbols.Winner winner = name == null ? null : symbols.winner(name);
        if (winner == null || winner.file().number() == file.number()) {
            return null;
        }
        Integer there = visible.get(winner.file().number()).get(name);
        return there == null ? null : new Home(winner.file(), there);
    }

    private static BtfType typeOf(LinkFile file, int id) {
        Btf btf = file.btf();
        if (btf == null) {
            throw new IllegalStateException("a type of a file without types");
        }
        return btf.type(id);
    }

    private void check(LinkFile file, int id, LinkFile other, int otherId) {
        Btf ours = file.btf();
        Btf theirs = other.btf();
        if (ours == null || theirs == null) {
            return;
        }
        String name = ours.name(id);
        String difference = LinkMaps.isMap(other, name)
                ? LinkMaps.difference(ours, id, theirs, otherId)
                : new LinkTypeMatch(ours, theirs).same(id, otherId) ? "" : "types differ";
        if (!difference.isEmpty()) {
            throw new LinkException("'" + name + "' is not in " + file + " what it is in " + other + ": " + difference);
        }
    }

    private void copy(LinkFile file) {
        int[] own = ids.get(file.number());
        for (int id = 1; id < own.length; id++) {
            if (copied(file, id)) {
                int added = types.add(typeOf(file, id).mapTypeIds(old -> own[old]));
                if (added != own[id]) {
                    throw new IllegalStateException("type " + id + " of " + file + " got id " + added);
                }
            }
        }
    }

    private void dataSections() {
        Map<String, List<BtfType.SecInfo>> bySection = new LinkedHashMap<>();
        for (LinkFile file : files) {
            Btf btf = file.btf();
            for (int id = 1; btf != null && id < btf.typeCount(); id++) {
                if (btf.type(id) instanceof BtfType.DataSec section) {
                    List<BtfType.SecInfo> into = bySection.computeIfAbsent(section.name(), name -> new ArrayList<>());
                    for (BtfType.SecInfo info : section.vars()) {
                        place(file, section, info, into);
                    }
                }
            }
        }
        bySection.forEach((name, infos) -> {
            if (!infos.isEmpty()) {
                infos.sort(Comparator.comparingInt(BtfType.SecInfo::offset));
                types.add(new BtfType.DataSec(name, size(name), infos));
            }
        });
    }

    private void place(LinkFile file, BtfType.DataSec section, BtfType.SecInfo info, List<BtfType.SecInfo> into) {
        int id = ids.get(file.number())[info.typeId()];
        String name = nameForOthers(typeOf(file, info.typeId()));
        LinkSymbols.Winner winner = name == null ? null : symbols.winner(name);
        if (winner == null) {
            into.add(new BtfType.SecInfo(id, (int) (start(file, section) + info.offset()), info.size()));
        } else if (winner.file().number() == file.number() && winner.defined()) {
            LinkLayout.Place place = layout.place(
                    file, winner.symbol().section(), winner.symbol().value());
            long offset = place == null ? 0 : place.offset();
            into.add(new BtfType.SecInfo(id, (int) offset, info.size()));
        } else if (winner.file().number() == file.number() && out(section.name()) == null) {
            into.add(new BtfType.SecInfo(id, info.offset(), info.size()));
        }
    }

    private long start(LinkFile file, BtfType.DataSec section) {
        for (ElfSection found : file.file().sections()) {
            LinkLayout.Place place = found.name().equals(section.name()) ? layout.place(file, found.index(), 0) : null;
            if (place != null) {
                return place.offset();
            }
        }
        return 0;
    }

    private int size(String section) {
        LinkLayout.Out out = out(section);
        return out == null ? 0 : (int) out.size();
    }

    private LinkLayout.@Nullable Out out(String section) {
        for (LinkLayout.Out out : layout.sections()) {
            if (out.name().equals(section)) {
                return out;
            }
        }
        return null;
    }
}
