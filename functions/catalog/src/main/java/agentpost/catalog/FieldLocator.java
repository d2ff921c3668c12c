package agentpost.catalog;

import com.fasterxml.jackson.core.JsonPointer;
import java.util.regex.Pattern;

/** Where in a third party's request a text is found. */
public sealed interface FieldLocator {
  String HEADER = "header:";
  String UNSIGNED = "unsigned-header:";
  Pattern TOKEN = Pattern.compile("[A-Za-z0-9-]{1,100}");

  /**
   * A header's only value. Few schemes sign their headers: a body's place is the better one where
   * there is a choice.
   */
  record Header(String name) implements FieldLocator {
    public Header {
      if (!isHeader(name)) {
        throw new IllegalArgumentException(
            "a header's name is letters, digits and hyphens, at most 100");
      }
    }
  }

  /** A text, number or boolean of the payload, by JSON Pointer (RFC 6901). */
  record Body(JsonPointer pointer) implements FieldLocator {}

  static boolean isHeader(String text) {
    return TOKEN.matcher(text).matches();
  }

  /** Reads <code>header:NAME</code> or a JSON Pointer. */
  static FieldLocator of(String text) {
    return read(text, HEADER);
  }

  /**
   * Reads where a delivery's id is: a JSON Pointer, or <code>unsigned-header:NAME</code>. The word
   * is there for whoever reads the catalog: with one recorded body, an id that is not signed can be
   * changed and the event published again.
   */
  static FieldLocator ofDelivery(String text) {
    return read(text, UNSIGNED);
  }

  private static FieldLocator read(String text, String header) {
    return text.startsWith(header)
        ? new Header(text.substring(header.length()))
        : new Body(JsonPointer.compile(text));
  }

  /** As {@link #of} reads it. */
  default String text() {
    return text(HEADER);
  }

  /** As {@link #ofDelivery} reads it. */
  default String deliveryText() {
    return text(UNSIGNED);
  }

  private String text(String header) {
    return switch (this) {
      case Header(var name) -> header + name;
      case Body(var pointer) -> pointer.toString();
    };
  }
}
