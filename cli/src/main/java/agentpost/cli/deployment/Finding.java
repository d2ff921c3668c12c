package agentpost.cli.deployment;

import agentpost.cli.terminal.PlainWriter;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;

/**
 * What was read of an account, and what to do about it.
 *
 * @param about such as {@code bootstrap}
 * @param commands as they are to be typed
 */
public record Finding(Level level, String about, String text, List<String> commands) {
  public enum Level {
    OK,
    WARN,
    /** A deployment would fail, or what would tell cannot be read. */
    STOP;

    public String label() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  public Finding {
    commands = List.copyOf(commands);
  }

  public static Finding ok(String about, String text) {
    return new Finding(Level.OK, about, text, List.of());
  }

  public static Finding warn(String about, String text, String... commands) {
    return new Finding(Level.WARN, about, text, List.of(commands));
  }

  public static Finding stop(String about, String text, String... commands) {
    return new Finding(Level.STOP, about, text, List.of(commands));
  }

  public void print(PrintWriter out) {
    String words = about + ": " + text;
    PlainWriter.say(out, "%-4s  %s".formatted(level.label(), PlainWriter.line(words)));
    commands.forEach(command -> out.println("        " + PlainWriter.line(command)));
  }

  public ObjectNode json() {
    ObjectNode json =
        JsonNodeFactory.instance
            .objectNode()
            .put("level", level.label())
            .put("about", about)
            .put("text", text);
    ArrayNode typed = json.putArray("commands");
    commands.forEach(typed::add);
    return json;
  }
}
