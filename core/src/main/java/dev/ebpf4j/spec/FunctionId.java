package dev.ebpf4j.spec;

/**
 * Names a function of an object: static functions of one name may stand in several places, but no two share a place.
 *
 * @param section name of the section that holds the code
 * @param offset offset of the first instruction in that section, in bytes
 */
public record FunctionId(String section, int offset) {
    @Override
    public String toString() {
        return section + "+" + offset;
    }
}
