package agentpost.bench;

import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Rows of named figures: printed as a table, and written as JSON. */
final class Figures {
  private final List<Map<String, Object>> rows = new ArrayList<>();

  void add(Map<String, Object> row) {
    rows.add(row);
  }

  /** In this order. */
  static Map<String, Object> row(Object... namesAndValues) {
    Map<String, Object> row = new LinkedHashMap<>();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      row.put((String) namesAndValues[i], namesAndValues[i + 1]);
    }
    return row;
  }

  String toMarkdown() {
    List<String> names = List.copyOf(rows.getFirst().keySet());
    StringBuilder table = new StringBuilder();
    line(table, names);
    table.append("|").append("---|".repeat(names.size())).append('\n');
    rows.forEach(row -> line(table, row.values().stream().map(Figures::text).toList()));
    return table.toString();
  }

  private static void line(StringBuilder table, List<String> cells) {
    table.append("| ").append(String.join(" | ", cells)).append(" |\n");
  }

  private static String text(Object value) {
    return switch (value) {
      case Double number -> "%,.2f".formatted(number);
      case Integer number -> "%,d".formatted(number);
      case Long number -> "%,d".formatted(number);
      default -> value.toString();
    };
  }

  void write(Path file) throws IOException {
    DefaultPrettyPrinter lines = new DefaultPrettyPrinter();
    lines.indentArraysWith(DefaultIndenter.SYSTEM_LINEFEED_INSTANCE);
    Files.writeString(
        file, new JsonMapper().writer(lines).writeValueAsString(rows) + System.lineSeparator());
  }
}
