package agentpost.event;

import agentpost.catalog.AgentName;
import agentpost.schemas.DateTimes;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The envelope, as design and schemas have it.
 *
 * @param type such as {@code user.signed_up}; the DetailType on the bus
 * @param timestamp when it happened
 * @param data what happened; its form is the schema's business
 */
public record Event(
    EventId id, String type, Instant timestamp, ObjectNode data, Metadata metadata) {
  public Event {
    if (type.isEmpty() || type.length() > 128) {
      throw new IllegalArgumentException(
          "event_type must be 1 to 128 characters (EventBridge's DetailType), got "
              + type.length());
    }
  }

  /**
   * @param sourceService who published it; the Source on the bus
   * @param causationId the event that this one answers, if any
   * @param schemaVersion major version of the schema, 1 or more
   * @param hops how many agents answered before this event came of it; 0 if it answers none
   */
  public record Metadata(
      String sourceService,
      CorrelationId correlationId,
      Optional<EventId> causationId,
      int schemaVersion,
      int hops) {
    /** As the envelope's schema has it; far beyond what is published. */
    private static final int MAX_COUNTED_HOPS = 1_000_000;

    private static final Pattern SOURCE_SERVICE = Pattern.compile("[A-Za-z0-9._/-]{1,256}");

    public Metadata {
      if (!SOURCE_SERVICE.matcher(sourceService).matches()) {
        throw new IllegalArgumentException(
            "source_service must be 1 to 256 of A-Z a-z 0-9 . _ / -, got a string of "
                + sourceService.length()
                + " characters");
      }
      if (schemaVersion < 1) {
        throw new IllegalArgumentException(
            "schema_version must be 1 or more, got " + schemaVersion);
      }
      if (hops < 0 || hops > MAX_COUNTED_HOPS) {
        throw new IllegalArgumentException(
            "hops must be from 0 to " + MAX_COUNTED_HOPS + ", got " + hops);
      }
    }

    /** Of an answer. */
    public int nextHop() {
      return Math.min(hops + 1, MAX_COUNTED_HOPS);
    }

    /** Of an event that answers no other. */
    public Metadata(
        String sourceService,
        CorrelationId correlationId,
        Optional<EventId> causationId,
        int schemaVersion) {
      this(sourceService, correlationId, causationId, schemaVersion, 0);
    }
  }

  /**
   * A time as its schema holds it to {@code date-time}; nothing if the value says none, and where
   * no schema has looked it may.
   */
  public static Optional<OffsetDateTime> time(JsonNode value) {
    return value.isTextual() ? DateTimes.parse(value.textValue()) : Optional.empty();
  }

  /** The time that a property of the data says, which its schema requires. */
  public OffsetDateTime time(String property) {
    return time(data.path(property))
        .orElseThrow(
            () -> new IllegalStateException(type + " came without a time in its " + property));
  }

  /**
   * The event with which {@code agent} answers this one: derived id, same correlation, this one as
   * its cause, one hop further.
   */
  public Event answer(AgentName agent, String answerType, ObjectNode answerData, Instant now) {
    EventId answerId = EventId.derive(agent.value(), id, answerType);
    return new Event(
        answerId,
        answerType,
        now,
        answerData,
        new Metadata(
            agent.value(), metadata.correlationId(), Optional.of(id), 1, metadata.nextHop()));
  }

  /** The same event, so many hops from the first. */
  public Event withHops(int hops) {
    return new Event(
        id,
        type,
        timestamp,
        data,
        new Metadata(
            metadata.sourceService(),
            metadata.correlationId(),
            metadata.causationId(),
            metadata.schemaVersion(),
            hops));
  }
}
