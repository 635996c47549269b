package dev.ebpf4j.codec;

import java.util.List;

/** Two layouts in columns, for messages. */
final class SideBySide {
    /**
     * One line.
     *
     * @param offset bytes, as C has it
     * @param size bytes, as C has it
     * @param left what C has there
     * @param right what Java has there
     * @param note what is wrong, or empty
     */
    record Row(String offset, String size, String left, String right, String note) {}

    private SideBySide() {}

    static String render(String leftTitle, String rightTitle, List<Row> rows) {
        int width = leftTitle.length();
        int rightWidth = rightTitle.length();
        for (Row row : rows) {
            width = Math.max(width, row.left().length());
            rightWidth = Math.max(rightWidth, row.right().length());
        }
        String format = "  %6s %5s  %-" + width + "s  %-" + rightWidth + "s  %s";
        StringBuilder text = new StringBuilder(String.format(format, "offset", "size", leftTitle, rightTitle, "")
                .stripTrailing());
        for (Row row : rows) {
            String note = row.note().isEmpty() ? "" : "<- " + row.note();
            text.append('\n')
                    .append(String.format(format, row.offset(), row.size(), row.left(), row.right(), note)
                            .stripTrailing());
        }
        return text.toString();
    }
}
