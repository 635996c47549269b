package dev.ebpf4j.spec;

/**
 * The source line that an instruction was made from. Texts are offsets into the string section of the object's BTF,
 * because the kernel takes them so.
 *
 * @param slot first instruction slot of the line
 * @param fileName string offset of the file's name
 * @param text string offset of the line's text
 * @param line line number, from 1
 * @param column column number, from 1; 0 if unknown
 */
public record SourceLine(int slot, int fileName, int text, int line, int column) {
    /**
     * {@return the same line for another slot}
     *
     * @param newSlot the slot
     */
    public SourceLine at(int newSlot) {
        return new SourceLine(newSlot, fileName, text, line, column);
    }
}
