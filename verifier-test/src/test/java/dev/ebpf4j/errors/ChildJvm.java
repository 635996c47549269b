package dev.ebpf4j.errors;

import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Runs {@link Child}, or another class, in a JVM of its own, which has less than this one. */
public final class ChildJvm {
    private final List<String> wrapper;
    private final List<String> options = new ArrayList<>();
    private Predicate<String> classPath = entry -> true;
    private boolean bareEnvironment;
    private boolean nativeAccess = true;
    private Class<?> main = Child.class;

    /** A child that is started by {@code wrapper}, to whose end the command is added. */
    public ChildJvm(String... wrapper) {
        this.wrapper = List.of(wrapper);
    }

    /** Runs this class. */
    public ChildJvm main(Class<?> value) {
        main = value;
        return this;
    }

    /** Adds an option, which overrides one of the same name that is always given. */
    public ChildJvm option(String option) {
        options.add(option);
        return this;
    }

    /** Leaves out the jars and directories whose path contains {@code part}. */
    ChildJvm withoutClasses(String part) {
        classPath = entry -> !entry.contains(part);
        return this;
    }

    /** Leaves out the option that permits system calls, which the others have. */
    ChildJvm withoutNativeAccess() {
        nativeAccess = false;
        return this;
    }

    /** Leaves out the whole environment, PATH too. */
    ChildJvm withoutEnvironment() {
        bareEnvironment = true;
        return this;
    }

    /** What the child prints; standard error is passed through. */
    public String run(String... args) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(wrapper);
        command.addAll(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "--illegal-native-access=deny"));
        if (nativeAccess) {
            command.add("--enable-native-access=ALL-UNNAMED");
        }
        command.addAll(options);
        command.addAll(List.of("-cp", classPath(), main.getName()));
        command.addAll(List.of(args));
        ProcessBuilder builder = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT);
        if (bareEnvironment) {
            Map<String, String> environment = builder.environment();
            environment.clear();
        }
        Process process = builder.start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 0) {
            throw new AssertionError("the child JVM ended with " + process.exitValue() + " and printed\n" + output);
        }
        return output;
    }

    /** All that this JVM has, as a class path: modules, other jars, and these tests, which may be patched into a module. */
    private String classPath() {
        String hidden = System.getProperty("surefire.test.class.path", "");
        return Stream.of(
                        hidden,
                        System.getProperty("jdk.module.path", ""),
                        System.getProperty("java.class.path", ""),
                        tests())
                .flatMap(path -> Arrays.stream(path.split(File.pathSeparator, -1)))
                .filter(entry -> !entry.isEmpty())
                .distinct()
                .filter(classPath)
                .collect(Collectors.joining(File.pathSeparator));
    }

    private static String tests() {
        try {
            URI own = Objects.requireNonNull(ChildJvm.class.getResource("ChildJvm.class"))
                    .toURI();
            return Path.of(own).resolve("../../../..").normalize().toString();
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }
}
