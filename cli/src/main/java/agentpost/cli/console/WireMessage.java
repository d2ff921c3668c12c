package agentpost.cli.console;

import static java.nio.charset.StandardCharsets.UTF_8;

import agentpost.schemas.Json;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.util.List;
import java.util.Map;

/**
 * A request or an answer as it went over the wire.
 *
 * @param line its first line
 * @param length of the whole body, in bytes
 */
record WireMessage(String line, List<Header> headers, String body, int length) {
  record Header(String name, String value) {}

  static WireMessage of(String line, Map<String, String> headers, byte[] body) {
    return new WireMessage(line, headers(headers), new String(body, UTF_8), body.length);
  }

  static List<Header> headers(Map<String, String> headers) {
    return headers.entrySet().stream()
        .map(one -> new Header(one.getKey(), one.getValue()))
        .toList();
  }

  /** A problem's label, as in {@code invalid-event}; empty if the body is none. */
  static String problem(String body) {
    String type = json(body).path("type").asText();
    return type.substring(type.lastIndexOf(':') + 1);
  }

  /** Nothing of what is not JSON. */
  static JsonNode json(String body) {
    return Json.parse(body.getBytes(UTF_8)) instanceof Json.Parsed.Read(var read)
        ? read
        : MissingNode.getInstance();
  }
}
