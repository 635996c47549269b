package dev.ebpf4j.cli;

import de.siegmar.fastcsv.reader.CsvParseException;
import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.NamedCsvRecord;
import de.siegmar.fastcsv.writer.CsvWriter;
import de.siegmar.fastcsv.writer.LineDelimiter;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Rows as comma-separated values, with a line of column names. */
final class Csv {
    private Csv() {}

    static void write(PrintWriter out, List<String> columns, List<Map<String, @Nullable Object>> rows) {
        try {
            CsvWriter writer =
                    CsvWriter.builder().lineDelimiter(LineDelimiter.LF).build(out);
            writer.writeRecord(columns);
            for (Map<String, @Nullable Object> row : rows) {
                writer.writeRecord(columns.stream()
                        .map(column -> Table.cell(row.get(column)))
                        .toList());
            }
            writer.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Reads what {@link #write} wrote, or another program; all values are strings. */
    static List<Map<String, String>> read(Path file) throws IOException {
        try (CsvReader<NamedCsvRecord> reader = CsvReader.builder().ofNamedCsvRecord(file)) {
            return reader.stream().map(NamedCsvRecord::getFieldsAsMap).toList();
        } catch (CsvParseException e) {
            throw new IOException(file + ": no table of comma-separated values: " + e.getMessage(), e);
        } catch (UncheckedIOException e) {
            throw new IOException(file + ": can't be read: " + e.getMessage(), e);
        }
    }
}
