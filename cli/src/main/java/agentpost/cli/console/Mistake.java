package agentpost.cli.console;

import agentpost.event.EventReader;
import agentpost.schemas.Validation;
import java.util.List;

/**
 * Why an event that somebody wrote is none.
 *
 * @param where a JSON Pointer; empty if it is all of it
 * @param line of the text; empty if that is not known
 */
record Mistake(String where, String line, String what) {
  /** None of a valid event. */
  static List<Mistake> of(EventReader.Reading reading, String text) {
    return switch (reading) {
      case EventReader.Reading.Valid _ -> List.of();
      case EventReader.Reading.NotJson(var why) ->
          List.of(new Mistake("", "", why.replaceFirst("^the body", "the event")));
      case EventReader.Reading.Invalid(var validation) -> of(validation, JsonLines.of(text));
    };
  }

  private static List<Mistake> of(Validation validation, JsonLines lines) {
    return validation instanceof Validation.Invalid(_, _, var violations)
        ? violations.stream()
            .map(
                one ->
                    new Mistake(
                        one.pointer(),
                        lines.find(one.pointer()),
                        one.expected() + ", found " + one.found()))
            .toList()
        : List.of(new Mistake("/event_type", lines.find("/event_type"), validation.problem()));
  }
}
