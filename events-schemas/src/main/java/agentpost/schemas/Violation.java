package agentpost.schemas;

import com.fasterxml.jackson.databind.JsonNode;
import com.networknt.schema.Error;

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

  static Violation of(Error error) {
    String rule = error.getKeyword();
    String pointer = error.getInstanceLocation().toString();
    String property = error.getProperty();
    return switch (rule) {
      case "required" ->
          new Violation(pointer + "/" + property, rule, "a value is required", "nothing");
      case "additionalProperties" ->
          new Violation(pointer + "/" + property, rule, "no such property is allowed here", "one");
      default ->
          new Violation(
              pointer,
              rule,
              describeExpected(rule, error.getSchemaNode()),
              shape(error.getInstanceNode()));
    };
  }

  private static String describeExpected(String rule, JsonNode bound) {
    return switch (rule) {
      case "type" -> "must be of type " + text(bound);
      case "format" -> "must be a valid " + text(bound);
      case "pattern" -> describePattern(text(bound));
      case "enum" -> "must be one of " + text(bound);
      case "minLength" -> "must have at least " + text(bound) + " characters";
      case "maxLength" -> "must have at most " + text(bound) + " characters";
      case "minItems" -> "must have at least " + text(bound) + " items";
      case "maxItems" -> "must have at most " + text(bound) + " items";
      case "minimum" -> "must be at least " + text(bound);
      case "maximum" -> "must be at most " + text(bound);
      default -> "must satisfy " + rule + " " + text(bound);
    };
  }

  private static String describePattern(String regex) {
    return regex.equals(IdText.PATTERN)
        ? "must not be blank nor have control characters"
        : LinearExpression.isNotBlank(regex) ? "must not be blank" : "must match " + regex;
  }

  private static String text(JsonNode bound) {
    return bound.isTextual() ? bound.textValue() : bound.toString();
  }

  private static String shape(JsonNode value) {
    return switch (value.getNodeType()) {
      case STRING ->
          "a string of "
              + value.textValue().codePointCount(0, value.textValue().length())
              + " characters";
      case ARRAY -> "an array of " + value.size() + " items";
      case OBJECT -> "an object";
      case NUMBER -> "a number";
      case BOOLEAN -> "a boolean";
      case NULL -> "null";
      default -> "nothing";
    };
  }
}
