package dev.ebpf4j.test;

import static java.util.Objects.requireNonNull;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.abort;

import dev.ebpf4j.error.BpfException;
import dev.ebpf4j.errors.ChildJvm;
import dev.ebpf4j.kernel.BpfLoader;
import dev.ebpf4j.kernel.LoadOptions;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Parity row 36: loading in a user namespace, by the right that a mount conveys. */
@RequiresBpf
@ExtendWith(LeakCheck.class)
class TokenTest {
    private static final String EVERYTHING =
            "delegate_cmds=any,delegate_maps=any,delegate_progs=any,delegate_attachs=any";
    private static final int NOT_ALLOWED = 77;

    @TempDir
    private Path directory;

    private static Path script() {
        try {
            URI script =
                    requireNonNull(TokenTest.class.getResource("delegate.py")).toURI();
            return Path.of(script);
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Has the child load with this token path, in a namespace whose file system was mounted with these options. */
    private String load(Path mount, String options, String tokenPath) throws IOException, InterruptedException {
        ProcessBuilder trial =
                new ProcessBuilder("python3", script().toString(), mount.toString(), options, "true").inheritIO();
        int code;
        try {
            code = trial.start().waitFor();
        } catch (IOException e) {
            return abort("needs python3, which sets up the user namespace: " + e.getMessage());
        }
        if (code == NOT_ALLOWED) {
            return abort("needs the right to make user namespaces, and a kernel with BPF tokens (6.9)");
        }
        return new ChildJvm("python3", script().toString(), mount.toString(), options)
                .main(TokenChild.class)
                .run(tokenPath)
                .strip();
    }

    @Test
    void aTokenGivesTheRight() throws IOException, InterruptedException {
        assertEquals("loaded 1 programs and .data", load(directory, EVERYTHING, directory.toString()));
    }

    @Test
    void withoutOneTheRightIsMissing() throws IOException, InterruptedException {
        String message = load(directory, EVERYTHING, "");
        assertTrue(message.startsWith("can't create map") || message.startsWith("can't load"), message);
        assertTrue(message.contains("EPERM"), message);
    }

    @Test
    void theUsualPlaceIsTriedUnasked() throws IOException, InterruptedException {
        Path usual = Path.of("/sys/fs/bpf");
        if (!Files.isDirectory(usual)) {
            abort("needs the directory /sys/fs/bpf");
        }
        assertEquals("loaded 1 programs and .data", load(usual, EVERYTHING, "default"));
        String message = load(directory, EVERYTHING, "default");
        assertTrue(message.contains("EPERM"), message);
    }

    @Test
    void aMountThatConveysNothingIsSaid() throws IOException, InterruptedException {
        String message = load(directory, "", directory.toString());
        assertTrue(message.startsWith("can't get a BPF token from " + directory + ": ENOENT"), message);
        assertTrue(message.contains("mounted without a delegate_… option"), message);
    }

    @Test
    void theMachinesRootCanNotHaveOne() throws IOException, InterruptedException {
        try (BpfFs fs = BpfFs.mount()) {
            LoadOptions options = LoadOptions.DEFAULT.withTokenPath(fs.root());
            BpfException e = assertThrows(BpfException.class, () -> BpfLoader.load(Objects.countHits(), options));
            assertTrue(e.getMessage().startsWith("can't get a BPF token from " + fs.root()), e::getMessage);
        }
    }
}
