package dev.ebpf4j.build;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.module.ModuleDescriptor;
import java.lang.module.ModuleFinder;
import java.lang.module.ModuleReference;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** This checkout as the build sees it: the folders that the root pom lists, and what was compiled in them. */
final class Checkout {
    private static final Pattern MODULE = Pattern.compile("<module>([^<]+)</module>");

    /** Surefire runs a module's tests in the module's folder. */
    static final Path ROOT = Path.of("..").toAbsolutePath().normalize();

    private Checkout() {}

    static List<String> folders() {
        return MODULE.matcher(read(ROOT.resolve("pom.xml")))
                .results()
                .map((MatchResult match) -> match.group(1))
                .toList();
    }

    static List<Path> classFolders() {
        return folders().stream()
                .map(folder -> ROOT.resolve(folder, "target", "classes"))
                .filter(Files::isDirectory)
                .toList();
    }

    static List<ModuleDescriptor> moduleDescriptors() {
        return ModuleFinder.of(classFolders().toArray(Path[]::new)).findAll().stream()
                .map(ModuleReference::descriptor)
                .filter(descriptor -> !descriptor.isAutomatic())
                .toList();
    }

    /** Every file of the working tree but those that a build or git made. */
    static List<Path> sources(String suffix) {
        try (Stream<Path> files = Files.walk(ROOT)) {
            return files.filter(file -> file.toString().endsWith(suffix))
                    .filter(file -> !ROOT.relativize(file).toString().matches("(.*/)?(target|\\.git)/.*"))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
