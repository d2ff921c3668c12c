package agentpost.cli.local;

import agentpost.cli.terminal.PlainWriter;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.PrintWriter;
import java.util.function.BiConsumer;

/**
 * Shows at once what failed in a function: its name and the failure with its stack trace. Other
 * lines stay in the function's log.
 */
record FunctionFailures(PrintWriter out) implements BiConsumer<String, String> {
  private static final JsonMapper JSON = new JsonMapper();
  private static final int MAX_LINES = 15;

  @Override
  public void accept(String function, String line) {
    String failure = failure(line);
    if (failure.isEmpty()) {
      return;
    }
    StringBuilder shown = new StringBuilder(function + " failed:\n");
    failure
        .lines()
        .limit(MAX_LINES)
        .forEach(
            each ->
                shown.append("  ").append(PlainWriter.line(each.replace("\t", "  "))).append('\n'));
    if (failure.lines().count() > MAX_LINES) {
      shown.append("    … the rest is in its log, /aws/lambda/").append(function).append('\n');
    }
    out.print(shown);
    out.flush();
  }

  /** The stack trace of a log line, or what an agent may not publish; empty if nothing failed. */
  private static String failure(String line) {
    if (line.startsWith("failed: ") || line.startsWith("failed at init: ")) {
      return line;
    }
    if (!line.startsWith("{")) {
      return "";
    }
    try {
      JsonNode json = JSON.readTree(line);
      return json.path("stack_trace")
          .asText(
              json.path("detail").asText().contains("not valid")
                  ? json.path("reason").asText()
                  : "");
    } catch (JsonProcessingException e) {
      // Not a line of ours: a function may print what it likes.
      return "";
    }
  }
}
