package agentpost.ingest;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.Optional;

/** Where in a request a text is found. */
public sealed interface Place {
  /** A header's only value. Few schemes sign their headers: a body's place is the better one where there is a choice. */
  record Header(String name) implements Place {}

  /** A text, number or boolean of the payload, by JSON Pointer (RFC 6901). */
  record Body(JsonPointer pointer) implements Place {}

  /** Reads <code>header:NAME</code> or a JSON Pointer. */
  static Place of(String text) {
    return text.startsWith("header:") ? new Header(text.substring(7).strip()) : new Body(JsonPointer.compile(text));
  }

  default Optional<String> in(Received received, JsonNode payload) {
    return switch (this) {
      case Header(var name) -> received.header(name);
      case Body(var pointer) -> Optional.of(payload.at(pointer)).filter(node -> node.isValueNode() && !node.isNull()).map(JsonNode::asText).filter(text -> !text.isBlank());
    };
  }
}
