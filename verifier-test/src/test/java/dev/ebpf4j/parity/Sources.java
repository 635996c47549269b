package dev.ebpf4j.parity;

import static org.junit.jupiter.api.Assumptions.abort;

import dev.ebpf4j.clang.Clang;
import dev.ebpf4j.clang.ClangNotFoundException;
import dev.ebpf4j.clang.CompileRequest;
import dev.ebpf4j.elf.ElfReader;
import dev.ebpf4j.kernel.BpfLoader;
import dev.ebpf4j.kernel.LoadedObject;
import dev.ebpf4j.kernel.Program;
import dev.ebpf4j.kernel.TestRun;
import dev.ebpf4j.spec.Bytes;
import dev.ebpf4j.spec.ObjectSpec;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Objects;

/** C in text blocks, compiled when a test runs. All of it sees {@code bpf.h}, and has the licence GPL. */
public final class Sources {
    /** A packet of zeros, the smallest that most programs take. */
    static final byte[] PACKET = new byte[64];

    private static final Path HEADERS = directory();

    private Sources() {}

    /** What the C in {@code text} compiles to, as an object of this name. */
    public static ObjectSpec object(String name, String text) {
        return ElfReader.read(compile(name, text), name);
    }

    static byte[] compile(String name, String text) {
        return compile(request(name, text));
    }

    static byte[] compile(CompileRequest.Builder request) {
        try {
            return Clang.find().compile(request.build()).toBytes();
        } catch (ClangNotFoundException e) {
            return abort("no clang to compile with: " + e.getMessage());
        }
    }

    static CompileRequest.Builder request(String name, String text) {
        String license = text.contains("SEC(\"license\")") ? "" : "\nchar LICENSE[] SEC(\"license\") = \"GPL\";\n";
        return CompileRequest.of(name + ".bpf.c", "#include \"bpf.h\"\n" + text + license)
                .include(HEADERS)
                .byteOrder(ByteOrder.nativeOrder());
    }

    public static LoadedObject load(String name, String text) {
        return BpfLoader.load(object(name, text));
    }

    /** Runs a program on a packet of zeros; answers what it returned. */
    public static int run(Program program) {
        return program.testRun(TestRun.onPacket(PACKET)).returnValue();
    }

    /** One run on a packet of zeros with this mark. */
    public static TestRun marked(int mark) {
        ByteBuffer context = ByteBuffer.allocate(3 * Integer.BYTES).order(ByteOrder.nativeOrder());
        context.putInt(2 * Integer.BYTES, mark);
        return TestRun.onPacket(PACKET).withContext(Bytes.of(context.array()));
    }

    private static Path directory() {
        try {
            URI file =
                    Objects.requireNonNull(Sources.class.getResource("bpf.h")).toURI();
            return Objects.requireNonNull(Path.of(file).getParent());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }
}
