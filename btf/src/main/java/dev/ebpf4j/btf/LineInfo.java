package dev.ebpf4j.btf;

/**
 * Which source line an instruction and those after it come from.
 *
 * @param insnOffset byte offset of the instruction in its ELF section, a multiple of 8
 * @param fileNameOffset offset of the file name in the string section
 * @param lineOffset offset of the source text in the string section
 * @param line line number, from 1
 * @param column column number, from 1; 0 when unknown
 */
public record LineInfo(int insnOffset, int fileNameOffset, int lineOffset, int line, int column) {

    /**
     * The file that the line is in.
     *
     * @param btf the BTF beside the BTF.ext
     * @return its path as the compiler saw it
     */
    public String fileName(Btf btf) {
        return btf.string(fileNameOffset);
    }

    /**
     * The source text.
     *
     * @param btf the BTF beside the BTF.ext
     * @return the line without its line break; {@code ""} if the compiler had no source
     */
    public String text(Btf btf) {
        return btf.string(lineOffset);
    }
}
