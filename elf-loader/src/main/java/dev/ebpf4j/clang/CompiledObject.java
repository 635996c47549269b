package dev.ebpf4j.clang;

import java.nio.file.Path;
import java.util.List;

/** What clang made: a relocatable BPF ELF object, and what it said meanwhile. Immutable. */
public final class CompiledObject {

    private final byte[] bytes;
    private final List<Diagnostic> warnings;
    private final List<Path> dependencies;

    CompiledObject(byte[] bytes, List<Diagnostic> warnings, List<Path> dependencies) {
        this.bytes = bytes;
        this.warnings = List.copyOf(warnings);
        this.dependencies = List.copyOf(dependencies);
    }

    /**
     * The object file.
     *
     * @return a copy of its bytes
     */
    public byte[] toBytes() {
        return bytes.clone();
    }

    /**
     * What clang said although it made the object.
     *
     * @return warnings, remarks and their notes
     */
    public List<Diagnostic> warnings() {
        return warnings;
    }

    /**
     * Every file that clang read, if {@link CompileRequest.Builder#dependencies} was asked for. Relative paths start
     * from the request's directory; C in memory is not among them.
     *
     * @return the files, in clang's order
     */
    public List<Path> dependencies() {
        return dependencies;
    }
}
