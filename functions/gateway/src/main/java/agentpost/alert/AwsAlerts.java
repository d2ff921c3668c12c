package agentpost.alert;

import static java.nio.charset.StandardCharsets.UTF_8;

import agentpost.event.CorrelationId;
import agentpost.event.Event;
import agentpost.event.EventId;
import agentpost.schemas.IdText;
import com.fasterxml.jackson.databind.JsonNode;
import java.time.Clock;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;

/**
 * Turns an event of an AWS service into {@code alert.raised}. Its id is made of the AWS event's
 * alone: EventBridge and SQS deliver at least once, and however often this one comes, it is one
 * event. What no translation is there for becomes an alert all the same, with all that it says.
 */
public final class AwsAlerts {
  /** Who publishes these events; a name that no third party may have. */
  static final String SOURCE = "alerts";

  private static final String TYPE = "alert.raised";

  /** By {@code detail-type}; the rules on the default bus say which come. */
  private static final Map<String, Function<JsonNode, AlertData>> TRANSLATIONS =
      Map.of(
          CloudWatchAlarm.DETAIL_TYPE,
          CloudWatchAlarm::read,
          GuardDutyFinding.DETAIL_TYPE,
          GuardDutyFinding::read);

  private final Clock clock;

  /**
   * @param clock for an event that does not say when it happened
   */
  AwsAlerts(Clock clock) {
    this.clock = clock;
  }

  Event of(JsonNode event) {
    AlertData alert =
        TRANSLATIONS
            .getOrDefault(event.path("detail-type").asText(), AwsAlerts::translateUnknown)
            .apply(event);
    EventId id = alertId(cause(event));
    Instant at = AlertData.time(event.path("time")).orElseGet(clock::instant);
    return new Event(
        id,
        TYPE,
        at,
        alert.data(event),
        new Event.Metadata(SOURCE, new CorrelationId(id.value()), Optional.empty(), 1));
  }

  /**
   * Of the alert that an AWS event becomes.
   *
   * @param cause the AWS event's id
   */
  public static EventId alertId(String cause) {
    return EventId.derive(
        SOURCE, new EventId(UUID.nameUUIDFromBytes(cause.getBytes(UTF_8)).toString()), TYPE);
  }

  private static String cause(JsonNode event) {
    String id = event.path("id").asText("");
    return id.isEmpty() ? event.toString() : id;
  }

  private static AlertData translateUnknown(JsonNode event) {
    String source = event.path("source").asText("aws").replaceFirst("^aws\\.", "");
    String type = event.path("detail-type").asText("event without a type");
    String resource = event.path("resources").path(0).asText();
    return new AlertData(
        IdText.isBlank(source) ? "aws" : source,
        "infrastructure",
        type + "/" + resource,
        "warning",
        false,
        type,
        resource,
        AlertData.time(event.path("time")));
  }
}
