package agentpost.publish;

import agentpost.event.Event;
import agentpost.event.EventCodec;
import agentpost.event.EventReader;
import agentpost.schemas.EventSchemas;

/**
 * Checks our own events against their schemas before anyone gets them: a subscriber could only
 * refuse an invalid event.
 */
public final class EventValidator {
  private final EventReader reader;
  private final EventCodec codec = new EventCodec();

  public EventValidator(EventSchemas schemas) {
    this.reader = new EventReader(schemas);
  }

  /**
   * What is wrong with the event as it would be sent, by JSON Pointer and without its values; empty
   * when it is valid.
   */
  public String problem(Event event) {
    return switch (reader.read(codec.write(event))) {
      case EventReader.Reading.Valid _ -> "";
      case EventReader.Reading.NotJson(var why) -> event.type() + " is not valid: " + why;
      case EventReader.Reading.Invalid(var validation) ->
          event.type() + " is not valid: " + validation.problem();
    };
  }
}
