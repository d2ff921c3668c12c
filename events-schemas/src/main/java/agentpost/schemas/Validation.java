package agentpost.schemas;

import java.util.List;
import java.util.SortedSet;
import java.util.stream.Collectors;

/** What came of holding an event to its schema. */
public sealed interface Validation {
  /**
   * An event of a megabyte can break its schema in a hundred thousand places, and what is wrong
   * with it is logged and sent back.
   */
  int MAX_SHOWN = 10;

  record Valid(String eventType, SchemaVersion version) implements Validation {}

  /**
   * No schema bears this name, or the event has no usable {@code event_type}: then {@code
   * eventType} is empty.
   */
  record UnknownEvent(String eventType, SortedSet<String> known) implements Validation {}

  /** The event names a major version that its type does not have, or not by an integer. */
  record UnknownVersion(String eventType, SortedSet<SchemaVersion> known) implements Validation {}

  record Invalid(String eventType, SchemaVersion version, List<Violation> violations)
      implements Validation {
    public Invalid {
      violations = List.copyOf(violations);
    }
  }

  /** What is wrong, for people, without any value of the event's; empty when it is valid. */
  default String problem() {
    return switch (this) {
      case Valid _ -> "";
      case UnknownEvent(var type, var known) ->
          (type.isEmpty()
                  ? "event_type is missing or no string"
                  : "There is no schema for event_type '" + type + "'")
              + "; known are "
              + String.join(", ", known);
      case UnknownVersion(var type, var known) ->
          "metadata.schema_version is not one of "
              + type
              + "'s major versions; known are "
              + known.stream().map(SchemaVersion::toString).collect(Collectors.joining(", "));
      case Invalid(_, _, var violations) ->
          violations.stream()
                  .limit(MAX_SHOWN)
                  .map(Violation::toString)
                  .collect(Collectors.joining("; "))
              + (violations.size() > MAX_SHOWN
                  ? "; and " + (violations.size() - MAX_SHOWN) + " more"
                  : "");
    };
  }
}
