package agentpost.local.eventbridge.control;

import static java.nio.charset.StandardCharsets.UTF_8;

import agentpost.local.eventbridge.delivery.Engine;
import agentpost.local.eventbridge.input.EventJson;
import agentpost.local.eventbridge.registry.Registry;
import agentpost.local.eventbridge.targets.AttemptResult;
import agentpost.local.wire.AwsException;
import agentpost.local.wire.LocalScope;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.UUID;

/**
 * PutEvents with AWS's limits: 10 entries, less than 1 MB in all; a bad entry fails alone, under
 * HTTP 200.
 */
public final class PutEvents {
  private static final int MAX_BYTES = 1024 * 1024;
  private static final int TIME_BYTES = 14;

  /** Of a DetailType, in characters (API reference, PutEventsRequestEntry). */
  private static final int MAX_DETAIL_TYPE_LENGTH = 128;

  /** What the sources of AWS's own services begin with; nobody else may use it. */
  static final String AWS = "aws.";

  /**
   * As AWS answers for rules of a bus elsewhere. PutEvents' entries have codes of their own: of
   * another account's bus they are denied, since none here lets anybody in.
   *
   * @see <a
   *     href="https://github.com/aws-samples/amazon-eventbridge-resource-policy-samples/issues/10">the
   *     text as recorded</a>
   */
  private static final String CROSS_REGION =
      "Parameter EventBusName is not valid. Reason: Cross-region API call is not allowed.";

  /** What became of an entry. */
  private sealed interface Outcome {
    record Taken(String eventId) implements Outcome {}

    record Refused(String code, String message) implements Outcome {}
  }

  private final Registry registry;
  private final Engine engine;

  public PutEvents(Registry registry, Engine engine) {
    this.registry = registry;
    this.engine = engine;
  }

  public ObjectNode call(ObjectNode input) {
    JsonNode entries = input.path("Entries");
    if (entries.valueStream().mapToLong(PutEvents::size).sum() >= MAX_BYTES) {
      throw AwsException.badRequest(
          "ValidationException", "Total size of the entries in the request is over the limit.");
    }
    ObjectNode answer = JsonNodeFactory.instance.objectNode();
    ArrayNode results = answer.putArray("Entries");
    int failed = 0;
    for (JsonNode entry : entries) {
      ObjectNode result = results.addObject();
      switch (put(entry)) {
        case Outcome.Taken(var id) -> result.put("EventId", id);
        case Outcome.Refused(var code, var message) -> {
          failed++;
          result.put("ErrorCode", code).put("ErrorMessage", message);
        }
      }
    }
    return answer.put("FailedEntryCount", failed);
  }

  private Outcome put(JsonNode entry) {
    for (String required : new String[] {"Source", "DetailType", "Detail"}) {
      if (entry.path(required).asText("").isEmpty()) {
        return new Outcome.Refused(
            "InvalidArgument",
            "Parameter "
                + required
                + " is not valid. Reason: "
                + required
                + " is a required argument.");
      }
    }
    if (entry.path("Source").asText().startsWith(AWS)) {
      return new Outcome.Refused(
          "NotAuthorizedForSourceException", "Not authorized for the source.");
    }
    String bus = entry.path("EventBusName").asText("");
    if (LocalScope.isOfOtherRegion(bus)) {
      return new Outcome.Refused("InvalidArgument", CROSS_REGION);
    }
    if (LocalScope.isOfOtherAccount(bus)) {
      return new Outcome.Refused("AccessDeniedException", "Access to " + bus + " denied.");
    }
    try {
      if (EventJson.MAPPER.readTree(entry.path("Detail").asText()) instanceof ObjectNode detail) {
        return accept(entry, detail);
      }
    } catch (JsonProcessingException | NumberFormatException e) {
      // The latter is not wrapped by Jackson: an exponent of more digits than a BigDecimal has room
      // for.
      return new Outcome.Refused("MalformedDetail", "Detail is malformed.");
    }
    return new Outcome.Refused("MalformedDetail", "Detail is malformed.");
  }

  /** As the user guide has it, "Calculating PutEvents event entry size". */
  private static long size(JsonNode entry) {
    long size = entry.hasNonNull("Time") ? TIME_BYTES : 0;
    for (String counted : new String[] {"Source", "DetailType", "Detail"}) {
      size += entry.path(counted).asText().getBytes(UTF_8).length;
    }
    for (JsonNode resource : entry.path("Resources")) {
      size += resource.asText().getBytes(UTF_8).length;
    }
    return size;
  }

  /** An unknown bus gets an id too, as on AWS, and the event is gone. */
  private Outcome accept(JsonNode entry, ObjectNode detail) {
    String id = UUID.randomUUID().toString();
    Optional<Registry.Bus> bus = registry.bus(entry.path("EventBusName").asText("default"));
    if (bus.isEmpty()) {
      return new Outcome.Taken(id);
    }
    String type = entry.path("DetailType").asText();
    int length = type.codePointCount(0, type.length());
    if (length > MAX_DETAIL_TYPE_LENGTH) {
      // Taken, and neither archived nor delivered, as recorded from AWS.
      engine.drop(
          bus.get(),
          id,
          "DetailType has "
              + length
              + " characters; EventBridge takes at most "
              + MAX_DETAIL_TYPE_LENGTH
              + " and drops the event");
      return new Outcome.Taken(id);
    }
    Instant time =
        entry.hasNonNull("Time")
            ? Instant.ofEpochMilli((long) (entry.path("Time").asDouble() * 1000))
            : engine.timeline().now();
    ObjectNode event =
        JsonNodeFactory.instance
            .objectNode()
            .put("version", "0")
            .put("id", id)
            .put("detail-type", entry.path("DetailType").asText())
            .put("source", entry.path("Source").asText())
            .put("account", Registry.ACCOUNT)
            .put("time", time.truncatedTo(ChronoUnit.SECONDS).toString())
            .put("region", "us-east-1");
    ArrayNode resources = event.putArray("resources");
    entry.path("Resources").forEach(resources::add);
    event.set("detail", detail);
    return engine.accept(bus.get(), event)
        ? new Outcome.Taken(id)
        : new Outcome.Refused("ThrottlingException", AttemptResult.RATE_EXCEEDED);
  }
}
