package agentpost.ingest;

import agentpost.schemas.Json;
import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.util.Optional;
import java.util.regex.Pattern;

/** Where a property of an event's data gets its value from. */
public sealed interface FieldMapping {
  /** Found in the payload, by JSON Pointer (RFC 6901); missing and null are nothing. */
  record At(JsonPointer pointer, As as) implements FieldMapping {}

  /** The same whatever the payload says, such as which third party a lead is from. */
  record Constant(JsonNode value) implements FieldMapping {}

  /**
   * Providers write ids as numbers where our schemas have texts, and forms write numbers as texts.
   */
  enum As {
    /** As it is. */
    IS,
    /** A number's digits; a text is one already, and nothing else names anything. */
    TEXT,
    /** The number that a text is, if it is one as JSON writes it, in at most 40 characters. */
    NUMBER;

    private static final Pattern DIGITS =
        Pattern.compile("(?=.{1,40}$)-?(0|[1-9][0-9]*)(\\.[0-9]+)?");

    JsonNode of(JsonNode found) {
      return switch (this) {
        case IS -> found;
        case TEXT -> found.isNumber() ? TextNode.valueOf(found.asText()) : found;
        case NUMBER ->
            found.isTextual()
                    && DIGITS.matcher(found.textValue()).matches()
                    && Json.parse(found.textValue()) instanceof Json.Parsed.Read(var number)
                ? number
                : found;
      };
    }
  }

  /** What it is for this payload; nothing if the payload does not have it. */
  default Optional<JsonNode> find(JsonNode payload) {
    return switch (this) {
      case At(var pointer, var as) ->
          Optional.of(payload.at(pointer))
              .filter(found -> !found.isMissingNode() && !found.isNull())
              .map(as::of);
      case Constant(var value) -> Optional.of(value);
    };
  }
}
