package agentpost.cli.console;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;

/** On which line of a text each of its values begins, by JSON Pointer. */
record JsonLines(Map<String, Integer> lines) {
  private static final JsonFactory JSON = new JsonFactory();

  /** As far as the text is JSON. */
  static JsonLines of(String text) {
    Map<String, Integer> lines = new HashMap<>();
    try (JsonParser parser = JSON.createParser(text)) {
      for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
        if (token != JsonToken.FIELD_NAME) {
          lines.putIfAbsent(
              parser.getParsingContext().pathAsPointer().toString(),
              parser.currentTokenLocation().getLineNr());
        }
      }
    } catch (IOException e) {
      return new JsonLines(lines);
    }
    return new JsonLines(lines);
  }

  /** Of what is missing, the line of what it is missing in; empty if that is not known. */
  String find(String pointer) {
    for (String at = pointer; !at.isEmpty(); at = at.substring(0, at.lastIndexOf('/'))) {
      Integer line = lines.get(at);
      if (line != null) {
        return line.toString();
      }
    }
    return "";
  }
}
