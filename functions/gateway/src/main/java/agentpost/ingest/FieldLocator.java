package agentpost.ingest;

import agentpost.schemas.IdText;
import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.Optional;
import java.util.regex.Pattern;

/** Where in a request a text is found. */
public sealed interface FieldLocator {
  String HEADER = "header:";
  String UNSIGNED = "unsigned-header:";
  Pattern TOKEN = Pattern.compile("[A-Za-z0-9-]{1,100}");

  /**
   * A header's only value. Few schemes sign their headers: a body's place is the better one where
   * there is a choice.
   */
  record Header(String name) implements FieldLocator {}

  /** A text, number or boolean of the payload, by JSON Pointer (RFC 6901). */
  record Body(JsonPointer pointer) implements FieldLocator {}

  /** Reads <code>header:NAME</code> or a JSON Pointer. */
  static FieldLocator of(String text) {
    return text.startsWith(HEADER)
        ? header(text.substring(HEADER.length()))
        : new Body(JsonPointer.compile(text));
  }

  /**
   * Reads where a delivery's id is: a JSON Pointer, or <code>unsigned-header:NAME</code>. The word
   * is there for whoever reads the catalog: with one recorded body, an id that is not signed can be
   * changed and the event published again.
   */
  static FieldLocator ofDelivery(String text) {
    if (text.startsWith(HEADER)) {
      throw new IllegalArgumentException(
          "a header is not signed; leave delivery out, and what is signed tells, or write"
              + " unsigned-header:NAME and bear that a recorded body can be sent again under"
              + " another id");
    }
    return text.startsWith(UNSIGNED)
        ? header(text.substring(UNSIGNED.length()))
        : new Body(JsonPointer.compile(text));
  }

  private static FieldLocator header(String name) {
    if (!TOKEN.matcher(name).matches()) {
      throw new IllegalArgumentException(
          "a header's name is letters, digits and hyphens, at most 100");
    }
    return new Header(name);
  }

  /** What stands there; nothing if that is missing, null or blank. */
  default Optional<String> find(SignedRequest received, JsonNode payload) {
    return switch (this) {
      case Header(var name) -> received.header(name);
      case Body(var pointer) ->
          Optional.of(payload.at(pointer))
              .filter(node -> node.isValueNode() && !node.isNull())
              .map(JsonNode::asText)
              .filter(text -> !IdText.isBlank(text));
    };
  }

  /** The text that stands there, and nothing else: a type that is a number or a boolean is none. */
  default Optional<String> textIn(SignedRequest received, JsonNode payload) {
    return this instanceof Body(var pointer) && !payload.at(pointer).isTextual()
        ? Optional.empty()
        : find(received, payload);
  }

  /**
   * The id that stands there: a text or a number, for providers write ids as either, and nothing
   * else names anything.
   */
  default Optional<String> idIn(SignedRequest received, JsonNode payload) {
    return this instanceof Body(var pointer) && payload.at(pointer).isBoolean()
        ? Optional.empty()
        : find(received, payload).filter(IdText::isId);
  }
}
