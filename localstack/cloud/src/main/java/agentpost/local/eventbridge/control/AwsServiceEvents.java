package agentpost.local.eventbridge.control;

import agentpost.local.eventbridge.delivery.Engine;
import agentpost.local.eventbridge.registry.Registry;
import agentpost.local.eventbridge.targets.AttemptResult;
import agentpost.local.wire.AwsException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.UUID;

/**
 * What AWS's services put on the default bus. PutEvents takes no source that begins with {@code
 * aws.}, on AWS and here; there is no service here that would have something to say, so a person
 * says it.
 */
public final class AwsServiceEvents {
  private final Registry registry;
  private final Engine engine;

  public AwsServiceEvents(Registry registry, Engine engine) {
    this.registry = registry;
    this.engine = engine;
  }

  /**
   * Puts an event as a rule sees it: {@code source}, {@code detail-type} and {@code detail} are
   * needed, and what else is missing is made up.
   *
   * @return its id
   * @throws AwsException naming what is wrong
   */
  public String put(JsonNode given) {
    if (!(given instanceof ObjectNode from)) {
      throw badEvent("the event must be a JSON object");
    }
    if (!from.path("source").asText().startsWith(PutEvents.AWS)) {
      throw badEvent(
          "source must be one of AWS's services, such as aws.cloudwatch; put others with"
              + " PutEvents");
    }
    if (from.path("detail-type").asText().isEmpty() || !from.path("detail").isObject()) {
      throw badEvent("detail-type must be a text and detail an object");
    }
    String id =
        from.path("id").asText("").isEmpty()
            ? UUID.randomUUID().toString()
            : from.path("id").asText();
    ObjectNode event =
        from.objectNode()
            .put("version", "0")
            .put("id", id)
            .put("detail-type", from.path("detail-type").asText())
            .put("source", from.path("source").asText())
            .put("account", from.path("account").asText("000000000000"))
            .put("time", time(from.path("time")).toString())
            .put("region", from.path("region").asText("us-east-1"));
    event.putArray("resources").addAll(from.path("resources").valueStream().toList());
    event.set("detail", from.path("detail"));
    if (!engine.accept(registry.bus("default").orElseThrow(), event)) {
      throw AwsException.badRequest("ThrottlingException", AttemptResult.RATE_EXCEEDED);
    }
    return id;
  }

  private Instant time(JsonNode given) {
    Optional<String> text = Optional.of(given).filter(JsonNode::isTextual).map(JsonNode::textValue);
    try {
      return text.map(Instant::parse)
          .orElseGet(() -> engine.timeline().now().truncatedTo(ChronoUnit.SECONDS));
    } catch (DateTimeParseException e) {
      throw badEvent("time must be as 2026-03-31T10:30:00Z");
    }
  }

  private static AwsException badEvent(String why) {
    return AwsException.badRequest("ValidationException", why);
  }
}
