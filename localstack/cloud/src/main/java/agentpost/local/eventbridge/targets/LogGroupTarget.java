package agentpost.local.eventbridge.targets;

import agentpost.local.eventbridge.input.EventJson;
import agentpost.local.eventbridge.registry.Registry;
import agentpost.local.time.Timeline;
import agentpost.local.wire.AwsException;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.DateTimeException;
import java.time.Instant;

/**
 * A log group: the event is one line of it. A template has to make {@code
 * {"timestamp":…,"message":…}}, as CloudWatch Logs takes them.
 */
public final class LogGroupTarget implements TargetKind {
  private final TargetServices reach;
  private final Timeline timeline;

  public LogGroupTarget(TargetServices reach, Timeline timeline) {
    this.reach = reach;
    this.timeline = timeline;
  }

  @Override
  public boolean serves(String arn) {
    return arn.startsWith("arn:aws:logs:us-east-1:" + Registry.ACCOUNT + ":log-group:");
  }

  @Override
  public String action() {
    return "logs:PutLogEvents";
  }

  @Override
  public void check(ObjectNode target) {
    String template = target.path("InputTransformer").path("InputTemplate").asText("{").strip();
    if (!template.startsWith("{")) {
      throw AwsException.badRequest(
          "ValidationException",
          "Input for target " + target.path("Id").asText() + " is not a valid JSON text.");
    }
  }

  @Override
  public AttemptResult attempt(DeliveryInput outgoing) {
    Instant now = timeline.now();
    if (!outgoing.target().path("InputTransformer").isObject()) {
      return AttemptResult.of(reach.putLogEvent(outgoing.arn(), now, outgoing.input()));
    }
    try {
      JsonNode line = EventJson.MAPPER.readTree(outgoing.input());
      JsonNode message = line.path("message");
      String text =
          !line.has("message")
              ? outgoing.input()
              : message.isTextual() ? message.asText() : message.toString();
      return AttemptResult.of(
          reach.putLogEvent(outgoing.arn(), timestampOf(line.path("timestamp"), now), text));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("A transformed input is JSON", e);
    }
  }

  /** Milliseconds, or the event's own time. */
  private static Instant timestampOf(JsonNode timestamp, Instant now) {
    try {
      return timestamp.isTextual() && !timestamp.asText().matches("[0-9]+")
          ? Instant.parse(timestamp.asText())
          : timestamp.isMissingNode() ? now : Instant.ofEpochMilli(timestamp.asLong());
    } catch (DateTimeException e) {
      return now;
    }
  }
}
