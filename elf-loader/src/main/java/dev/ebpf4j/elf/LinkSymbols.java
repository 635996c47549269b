package dev.ebpf4j.elf;

import dev.ebpf4j.link.LinkException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The symbols of the output. Of global ones that share a name, the strong definition wins over weak ones, the first weak one
 * over later ones, any definition over a declaration; the strictest visibility holds for all.
 */
final class LinkSymbols {
    private final List<LinkFile> files;
    private final LinkLayout layout;
    private final Map<String, Winner> globals = new LinkedHashMap<>();
    private final List<ElfImage.Symbol> table = new ArrayList<>();
    private final Map<String, Integer> numbers = new HashMap<>();
    private final List<Map<Integer, Integer>> locals = new ArrayList<>();

    /**
     * What a global name stands for.
     *
     * @param file where it is defined, or first declared
     * @param symbol the symbol there
     * @param weak whether a strong definition would still replace it; of declarations, whether it may stay undefined
     * @param hidden whether any file says that it is hidden
     */
    record Winner(LinkFile file, ElfSymbol symbol, boolean weak, boolean hidden) {
        boolean defined() {
            return symbol.section() != ElfSymbol.UNDEFINED;
        }
    }

    private LinkSymbols(List<LinkFile> files, LinkLayout layout) {
        this.files = files;
        this.layout = layout;
    }

    static LinkSymbols resolve(List<LinkFile> files, LinkLayout layout) {
        LinkSymbols symbols = new LinkSymbols(files, layout);
        for (LinkFile file : files) {
            for (ElfSymbol symbol : file.file().symbols()) {
                if (symbol.global() && !symbol.name().isEmpty()) {
                    symbols.add(file, symbol);
                }
            }
        }
        symbols.number();
        return symbols;
    }

    /** Returns what a global name stands for; null if no file knows it. */
    @Nullable
    Winner winner(String name) {
        return globals.get(name);
    }

    Collection<Winner> winners() {
        return globals.values();
    }

    /** Returns all symbols of the output, local ones first. */
    List<ElfImage.Symbol> table() {
        return table;
    }

    /** Returns the position in {@link #table()} of an input's symbol. */
    int number(LinkFile file, int symbol) {
        ElfSymbol found = file.file().symbols().get(symbol);
        Integer number = found.global() && !found.name().isEmpty()
                ? numbers.get(found.name())
                : locals.get(file.number()).get(symbol);
        if (number == null) {
            throw new LinkException(file + ": symbol " + found + " is used, but its section is left out of the output");
        }
        return number;
    }

    private void add(LinkFile file, ElfSymbol symbol) {
        boolean weak = symbol.binding() == ElfSymbol.WEAK;
        Winner fresh = new Winner(file, symbol, weak, symbol.hidden());
        Winner old = globals.get(symbol.name());
        globals.put(symbol.name(), old == null ? fresh : better(old, fresh));
    }

    private static Winner better(Winner old, Winner fresh) {
        boolean hidden = old.hidden() || fresh.hidden();
        if (old.defined() && fresh.defined()) {
            checkKinds(old, fresh);
            if (LinkLayout.single(old.file(), old.symbol()) && LinkLayout.single(fresh.file(), fresh.symbol())) {
                return merged(old, hidden);
            }
            if (!old.weak() && !fresh.weak()) {
                throw new LinkException("'" + fresh.symbol().name() + "' is defined in " + old.file() + " and in "
                        + fresh.file() + "; all but one have to be weak (__weak)");
            }
            return merged(old.weak() && !fresh.weak() ? fresh : old, hidden);
        }
        if (!old.defined() && !fresh.defined()) {
            return new Winner(old.file(), old.symbol(), old.weak() && fresh.weak(), hidden);
        }
        return merged(old.defined() ? old : fresh, hidden);
    }

    private static Winner merged(Winner winner, boolean hidden) {
        return new Winner(winner.file(), winner.symbol(), winner.weak(), hidden);
    }

    private static void checkKinds(Winner old, Winner fresh) {
        if (old.symbol().type() != fresh.symbol().type()) {
            throw new LinkException("'" + fresh.symbol().name() + "' is a " + kind(old) + " in " + old.file()
                    + " and a " + kind(fresh) + " in " + fresh.file());
        }
    }

    private static String kind(Winner winner) {
        return winner.symbol().type() == ElfSymbol.FUNC ? "function" : "variable";
    }

    private void number() {
        for (LinkLayout.Out out : layout.sections()) {
            table.add(new ElfImage.Symbol("", ElfSymbol.LOCAL, ElfSymbol.SECTION, false, out.index(), 0, 0));
        }
        files.forEach(this::numberLocals);
        for (Winner winner : globals.values()) {
            numbers.put(winner.symbol().name(), table.size());
            int binding = winner.weak() ? ElfSymbol.WEAK : ElfSymbol.GLOBAL;
            table.add(placed(winner.file(), winner.symbol(), binding, winner.hidden()));
        }
    }

    private void numberLocals(LinkFile file) {
        Map<Integer, Integer> own = new HashMap<>();
        List<ElfSymbol> symbols = file.file().symbols();
        for (int i = 1; i < symbols.size(); i++) {
            ElfSymbol symbol = symbols.get(i);
            LinkLayout.Place place = layout.place(file, symbol.section(), symbol.value());
            if (symbol.global() || place == null) {
                continue;
            }
            if (symbol.type() == ElfSymbol.SECTION) {
                own.put(i, place.section().index());
            } else {
                own.put(i, table.size());
                table.add(placed(file, symbol, symbol.binding(), symbol.hidden()));
            }
        }
        locals.add(own);
    }

    private ElfImage.Symbol placed(LinkFile file, ElfSymbol symbol, int binding, boolean hidden) {
        LinkLayout.Place place = layout.place(file, symbol.section(), symbol.value());
        if (place == null && symbol.section() != ElfSymbol.UNDEFINED) {
            throw new LinkException(file + ": symbol " + symbol + " is in a section that can't be linked");
        }
        int section = place == null ? ElfImage.UNDEFINED : place.section().index();
        long value = place == null ? 0 : place.offset();
        return new ElfImage.Symbol(symbol.name(), binding, symbol.type(), hidden, section, value, symbol.size());
    }
}
