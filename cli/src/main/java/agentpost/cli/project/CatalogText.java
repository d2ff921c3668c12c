package agentpost.cli.project;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A catalog as its author wrote it. What is added is text at the end of its agents: not a byte of
 * what is there changes, comments and order included.
 */
final class CatalogText {
  private static final Pattern AGENTS =
      Pattern.compile("(?m)^agents:[ \\t]*(\\{[ \\t]*})?[ \\t]*(?=#|\\r|$)");

  /** A line of the section, which is indented, and no comment or blank one. */
  private static final Pattern ENTRY = Pattern.compile("(?m)^([ ]+)[^\\s#]");

  private static final YAMLMapper YAML = new YAMLMapper();

  private final String text;
  private final ObjectNode read;

  private CatalogText(String text, ObjectNode read) {
    this.text = text;
    this.read = read;
  }

  /**
   * @throws ProjectException if it is no YAML of a catalog's form
   */
  static CatalogText of(String text) {
    return switch (parse(text)) {
      case ObjectNode read -> new CatalogText(text, read);
      default ->
          throw new ProjectException(
              Project.CATALOG + " is not a catalog: it has no keys such as agents");
    };
  }

  private static JsonNode parse(String text) {
    try {
      JsonNode read = YAML.readTree(text);
      return read.isMissingNode() || read.isNull() ? JsonNodeFactory.instance.objectNode() : read;
    } catch (JsonProcessingException e) {
      throw new ProjectException(Project.CATALOG + " is not YAML; ./agentpost synth says where");
    }
  }

  Set<String> names(String section) {
    Set<String> names = new TreeSet<>();
    read.path(section).fieldNames().forEachRemaining(names::add);
    return names;
  }

  /** The class of each hosted agent. */
  List<String> handlers() {
    List<String> handlers = new ArrayList<>();
    read.path("agents")
        .forEach(
            agent -> {
              String handler = agent.at("/hosted/handler").asText();
              if (!handler.isEmpty()) {
                handlers.add(handler);
              }
            });
    return handlers;
  }

  /**
   * The same text with one more hosted agent, after the others.
   *
   * @throws ProjectException if the text has a form to which nothing can be added like that
   */
  String withAgent(String name, List<String> events, String handler) {
    String lineEnd = text.contains("\r\n") ? "\r\n" : "\n";
    Matcher agents = AGENTS.matcher(text);
    String after;
    if (read.path("agents").isMissingNode()) {
      after =
          end(text, lineEnd) + "agents:" + lineEnd + entry("  ", name, events, handler, lineEnd);
    } else if (!agents.find()) {
      throw cannot(name, events, handler);
    } else if (agents.group(1) != null) {
      after =
          text.substring(0, agents.start(1)).stripTrailing()
              + text.substring(agents.end(1), lineEndAfter(agents.end(1)))
              + lineEnd
              + entry("  ", name, events, handler, lineEnd)
              + restAfter(lineEndAfter(agents.end(1)), lineEnd);
    } else {
      int from = lineEndAfter(agents.end());
      int to = endOfSection(from);
      Matcher entry = ENTRY.matcher(text).region(from, to);
      String indent = entry.find() ? entry.group(1) : "  ";
      after =
          text.substring(0, to)
              + lineEnd
              + (entry.hasMatch() ? lineEnd : "")
              + entry(indent, name, events, handler, lineEnd)
              + restAfter(to, lineEnd);
    }
    ObjectNode expected = read.deepCopy();
    ObjectNode added = JsonNodeFactory.instance.objectNode();
    events.forEach(added.withArray("subscribes")::add);
    added.putObject("hosted").put("handler", handler);
    if (!(expected.get("agents") instanceof ObjectNode)) {
      expected.putObject("agents");
    }
    ((ObjectNode) expected.get("agents")).set(name, added);
    if (!isRead(after, expected)) {
      throw cannot(name, events, handler);
    }
    return after;
  }

  private static boolean isRead(String text, ObjectNode expected) {
    try {
      return YAML.readTree(text).equals(expected);
    } catch (JsonProcessingException e) {
      return false;
    }
  }

  private static ProjectException cannot(String name, List<String> events, String handler) {
    return new ProjectException(
        "the agents of "
            + Project.CATALOG
            + " cannot be extended as they are written: put each on its own lines, or add {"
            + name
            + ": {subscribes: "
            + events
            + ", hosted: {handler: "
            + handler
            + "}}} yourself");
  }

  private static String entry(
      String indent, String name, List<String> events, String handler, String lineEnd) {
    return indent
        + name
        + ":"
        + lineEnd
        + indent
        + "  subscribes: ["
        + String.join(", ", events)
        + "]"
        + lineEnd
        + indent
        + "  hosted: {handler: "
        + handler
        + "}"
        + lineEnd;
  }

  /** What follows, after a line's end of which the entry has brought one. */
  private String restAfter(int at, String lineEnd) {
    return text.startsWith(lineEnd, at)
        ? text.substring(at + lineEnd.length())
        : text.substring(at);
  }

  private static String end(String text, String lineEnd) {
    return text.isEmpty() || text.endsWith("\n") ? text : text + lineEnd;
  }

  private int lineEndAfter(int at) {
    int end = text.indexOf('\n', at);
    int line = end < 0 ? text.length() : end;
    return line > at && text.charAt(line - 1) == '\r' ? line - 1 : line;
  }

  /**
   * Where the section's last line ends that is indented; what follows belongs to what comes next.
   */
  private int endOfSection(int from) {
    int end = from;
    int at = text.indexOf('\n', from);
    while (at >= 0 && at + 1 < text.length()) {
      int start = at + 1;
      int lineEnd = lineEndAfter(start);
      String line = text.substring(start, lineEnd);
      if (!line.isBlank() && line.charAt(0) != ' ' && line.charAt(0) != '#') {
        return end;
      }
      if (!line.isBlank() && line.charAt(0) == ' ') {
        end = lineEnd;
      }
      at = text.indexOf('\n', lineEnd);
    }
    return end;
  }
}
