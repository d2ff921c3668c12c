package agentpost.schemas;

/**
 * One place where an event breaks its schema. It never holds the value found there, which may be
 * personal.
 *
 * @param pointer JSON Pointer (RFC 6901) into the envelope; of the missing property where one is
 *     missing
 * @param rule the schema's keyword, such as {@code required} or {@code format}
 * @param expected what would be right, for people
 * @param found the JSON type that is there, with its size where that matters, or {@code nothing}
 */
public record Violation(String pointer, String rule, String expected, String found) {
  /** A property's name is as long as whoever sent it likes. */
  private static final int MAX_POINTER_SHOWN = 200;

  @Override
  public String toString() {
    String shown =
        pointer.length() <= MAX_POINTER_SHOWN
            ? pointer
            : pointer.substring(0, MAX_POINTER_SHOWN) + "…";
    return (shown.isEmpty() ? "the event" : shown)
        + ": "
        + expected
        + " ("
        + rule
        + "), found "
        + found;
  }
}
