package dev.ebpf4j.clang;

import java.io.File;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Searches the three places where a clang may be, and remembers why it took none of what it saw. */
final class ClangFinder {

    private static final Pattern NUMBERED = Pattern.compile("clang-\\d{1,4}");

    private final Function<String, @Nullable String> property;
    private final Function<String, @Nullable String> env;
    private final Iterable<ClangProvider> providers;
    private final CacheDirectory cache;

    ClangFinder(
            Function<String, @Nullable String> property,
            Function<String, @Nullable String> env,
            Iterable<ClangProvider> providers,
            CacheDirectory cache) {
        this.property = property;
        this.env = env;
        this.providers = providers;
        this.cache = cache;
    }

    static ClangFinder ofSystem() {
        return new ClangFinder(
                System::getProperty,
                System::getenv,
                ServiceLoader.load(ClangProvider.class, ClangProvider.class.getClassLoader()),
                CacheDirectory.ofUser());
    }

    Clang find() {
        String fromProperty = property.apply("ebpf4j.clang");
        if (fromProperty != null && !fromProperty.isBlank()) {
            return explicit(fromProperty.strip(), "the system property ebpf4j.clang");
        }
        String fromEnvironment = env.apply("EBPF4J_CLANG");
        if (fromEnvironment != null && !fromEnvironment.isBlank()) {
            return explicit(fromEnvironment.strip(), "the environment variable EBPF4J_CLANG");
        }
        List<String> onPath = new ArrayList<>();
        List<String> provided = new ArrayList<>();
        return fromPath(onPath).or(() -> fromProviders(provided)).orElseThrow(() -> notFound(onPath, provided));
    }

    /** Takes exactly this one, or says why not. */
    Clang explicit(String setting, String origin) {
        Path executable = setting.contains("/")
                ? Path.of(setting)
                : candidates(setting::equals).stream().findFirst().orElse(Path.of(setting));
        List<String> reasons = new ArrayList<>();
        return check(executable.toAbsolutePath(), reasons)
                .orElseThrow(() -> new ClangNotFoundException(
                        origin + " names a clang that will not do: " + String.join("; ", reasons)));
    }

    private Optional<Clang> fromPath(List<String> reasons) {
        List<Path> inOrder = new ArrayList<>(candidates("clang"::equals));
        List<Path> numbered =
                new ArrayList<>(candidates(name -> NUMBERED.matcher(name).matches()));
        numbered.sort(Comparator.comparingInt(ClangFinder::number).reversed());
        inOrder.addAll(numbered);
        return inOrder.stream().flatMap(path -> check(path, reasons).stream()).findFirst();
    }

    private static int number(Path executable) {
        String name = executable.getFileName().toString();
        return Integer.parseInt(name.substring(name.indexOf('-') + 1));
    }

    private Optional<Clang> fromProviders(List<String> reasons) {
        for (ClangProvider provider : providers) {
            try {
                Optional<Path> executable = provider.executable(cache);
                if (executable.isEmpty()) {
                    reasons.add(provider.name() + " has none for this machine");
                    continue;
                }
                Optional<Clang> clang = check(executable.get(), reasons);
                if (clang.isPresent()) {
                    return clang;
                }
            } catch (IOException e) {
                reasons.add(provider.name() + ": " + e);
            }
        }
        return Optional.empty();
    }

    private Optional<Clang> check(Path executable, List<String> reasons) {
        if (!Files.isExecutable(executable) || Files.isDirectory(executable)) {
            reasons.add(executable + (Files.exists(executable) ? " cannot be executed" : " does not exist"));
            return Optional.empty();
        }
        try {
            ClangFacts facts = ClangFacts.of(executable);
            if (facts.objection().isEmpty()) {
                return Optional.of(new Clang(executable, facts, cache));
            }
            reasons.add(executable + " " + facts.objection());
        } catch (ClangException e) {
            reasons.add(String.valueOf(e.getMessage()));
        }
        return Optional.empty();
    }

    /** Every executable of a fitting name, in the order of the PATH. */
    private List<Path> candidates(Predicate<String> fits) {
        List<Path> found = new ArrayList<>();
        for (String entry : path().split(File.pathSeparator, -1)) {
            if (entry.isEmpty()) {
                continue;
            }
            try (DirectoryStream<Path> files = Files.newDirectoryStream(
                    Path.of(entry).toAbsolutePath(),
                    file -> fits.test(file.getFileName().toString()))) {
                files.forEach(found::add);
            } catch (IOException | InvalidPathException e) {
                // A PATH may name what is not there; shells pass over it too.
            }
        }
        return found.stream().filter(Files::isExecutable).toList();
    }

    private String path() {
        String path = env.apply("PATH");
        return path == null ? "" : path;
    }

    private ClangNotFoundException notFound(List<String> onPath, List<String> provided) {
        return new ClangNotFoundException("""
                no clang of version %d or newer with the BPF target; searched:
                  1. settings: neither the system property ebpf4j.clang nor the variable EBPF4J_CLANG is set
                  2. PATH %s: %s
                  3. class path and module path: %s
                Install clang (package "clang" of your distribution), or add dev.ebpf4j:ebpf4j-clang-llvm, which \
                carries one.""".formatted(
                        Clang.MIN_VERSION,
                        path(),
                        onPath.isEmpty() ? "no clang there" : String.join("; ", onPath),
                        provided.isEmpty() ? "no ebpf4j-clang-llvm there" : String.join("; ", provided)));
    }
}
