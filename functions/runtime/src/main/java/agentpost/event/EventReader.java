package agentpost.event;

import agentpost.schemas.EventSchemas;
import agentpost.schemas.Validation;
import agentpost.schemas.Violation;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;

/**
 * Reads events for every door: JSON that fits its schema. So no door refuses what another accepts.
 */
public final class EventReader {
  private final EventCodec codec = new EventCodec();
  private final EventSchemas schemas;

  public EventReader(EventSchemas schemas) {
    this.schemas = schemas;
  }

  /** What came of reading. */
  public sealed interface Reading {
    /**
     * @param json the envelope as it is, with what a newer minor version has more
     */
    record Valid(ObjectNode json, Event event) implements Reading {}

    /**
     * @param why for the sender; nothing of the body is in it but places
     */
    record NotJson(String why) implements Reading {}

    /**
     * @param validation any but {@link Validation.Valid}
     */
    record Invalid(Validation validation) implements Reading {}
  }

  public Reading read(byte[] body) {
    return validate(codec.parse(body));
  }

  public Reading read(String text) {
    return validate(codec.parse(text));
  }

  private Reading validate(EventCodec.Parsed parsed) {
    return switch (parsed) {
      case EventCodec.Parsed.NotJson(var why) -> new Reading.NotJson(why);
      case EventCodec.Parsed.Json(var json, var event) ->
          switch (schemas.validate(json)) {
            case Validation.Valid valid ->
                event
                    .<Reading>map(read -> new Reading.Valid(json, read))
                    .orElseGet(() -> new Reading.Invalid(explainUnreadable(valid)));
            case Validation validation -> new Reading.Invalid(validation);
          };
    };
  }

  /** A schema from elsewhere may ask less of an envelope than ours do. */
  private static Validation explainUnreadable(Validation.Valid valid) {
    return new Validation.Invalid(
        valid.eventType(),
        valid.version(),
        List.of(new Violation("", "envelope", "must be an event's envelope", "another")));
  }
}
