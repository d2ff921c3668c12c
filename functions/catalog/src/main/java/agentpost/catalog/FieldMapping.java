package agentpost.catalog;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.TextNode;
import java.util.Locale;

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
    NUMBER
  }

  /** As the catalog writes it. */
  default JsonNode toJson() {
    return switch (this) {
      case At(var pointer, var as) when as == As.IS -> TextNode.valueOf(pointer.toString());
      case At(var pointer, var as) ->
          JsonNodeFactory.instance
              .objectNode()
              .put("pointer", pointer.toString())
              .put("as", as.name().toLowerCase(Locale.ROOT));
      case Constant(var value) -> JsonNodeFactory.instance.objectNode().set("value", value);
    };
  }
}
