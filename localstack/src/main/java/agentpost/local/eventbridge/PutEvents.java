package agentpost.local.eventbridge;

import static java.nio.charset.StandardCharsets.UTF_8;

import agentpost.local.wire.AwsException;
import agentpost.local.wire.LocalScope;
import agentpost.schemas.JsonTree;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.util.JsonRecyclerPools;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
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
final class PutEvents {
  private static final int MAX_BYTES = 1024 * 1024;
  private static final int TIME_BYTES = 14;

  /** Of a DetailType, in characters (API reference, PutEventsRequestEntry). */
  private static final int MAX_DETAIL_TYPE_LENGTH = 128;

  /**
   * What is said with a ThrottlingException; a client puts such entries again. AWS documents the
   * code for an entry and no text for it; this is its text where throttling was recorded elsewhere,
   * as in CloudTrail.
   *
   * @see <a
   *     href="https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEventsResultEntry.html">PutEventsResultEntry</a>
   */
  static final String RATE_EXCEEDED = "Rate exceeded";

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

  /** What the sources of AWS's own services begin with; nobody else may use it. */
  static final String AWS = "aws.";

  /**
   * Numbers stay the texts that they were put as, as on AWS, which compares them as texts ("300,
   * 300.0, and 3.0e2 are not considered equal", user guide, "Event pattern syntax"). Its buffers
   * belong to whoever needs some, not to a thread: each delivery that waits is a thread.
   */
  static final JsonMapper JSON =
      JsonMapper.builder(
              JsonFactory.builder()
                  .recyclerPool(JsonRecyclerPools.sharedConcurrentDequePool())
                  .build())
          .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .addModule(JsonTree.module())
          .build();

  private final Registry registry;
  private final Engine engine;

  PutEvents(Registry registry, Engine engine) {
    this.registry = registry;
    this.engine = engine;
  }

  ObjectNode call(ObjectNode input) {
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
      Optional<String[]> wrong = findProblem(entry);
      if (wrong.isPresent()) {
        failed++;
        result.put("ErrorCode", wrong.get()[0]).put("ErrorMessage", wrong.get()[1]);
        continue;
      }
      Optional<String> id = accept(entry);
      if (id.isPresent()) {
        result.put("EventId", id.get());
      } else {
        failed++;
        result.put("ErrorCode", "ThrottlingException").put("ErrorMessage", RATE_EXCEEDED);
      }
    }
    return answer.put("FailedEntryCount", failed);
  }

  /** What {@link #write} wrote, or what was accepted: an object's text. */
  static ObjectNode read(String text) {
    try {
      return (ObjectNode) JSON.readTree(text);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("What was accepted or written before is JSON", e);
    }
  }

  /**
   * As {@link JsonNode#toString}, which would leave buffers of its own with each of thousands of
   * threads.
   */
  static String write(JsonNode json) {
    try {
      return JSON.writeValueAsString(json);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("A tree of JSON can be written", e);
    }
  }

  private static Optional<String[]> findProblem(JsonNode entry) {
    for (String required : new String[] {"Source", "DetailType", "Detail"}) {
      if (entry.path(required).asText("").isEmpty()) {
        return Optional.of(
            new String[] {
              "InvalidArgument",
              "Parameter "
                  + required
                  + " is not valid. Reason: "
                  + required
                  + " is a required argument."
            });
      }
    }
    if (entry.path("Source").asText().startsWith(AWS)) {
      return Optional.of(
          new String[] {"NotAuthorizedForSourceException", "Not authorized for the source."});
    }
    String bus = entry.path("EventBusName").asText("");
    if (LocalScope.isOfOtherRegion(bus)) {
      return Optional.of(new String[] {"InvalidArgument", CROSS_REGION});
    }
    if (LocalScope.isOfOtherAccount(bus)) {
      return Optional.of(new String[] {"AccessDeniedException", "Access to " + bus + " denied."});
    }
    try {
      return JSON.readTree(entry.path("Detail").asText()) instanceof ObjectNode
          ? Optional.empty()
          : Optional.of(new String[] {"MalformedDetail", "Detail is malformed."});
    } catch (JsonProcessingException | NumberFormatException e) {
      // The latter is not wrapped by Jackson: an exponent of more digits than a BigDecimal has room
      // for.
      return Optional.of(new String[] {"MalformedDetail", "Detail is malformed."});
    }
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

  /**
   * The event's id, or nothing if there is no room for it now; an unknown bus gets an id too, as on
   * AWS, and the event is gone.
   */
  private Optional<String> accept(JsonNode entry) {
    String id = UUID.randomUUID().toString();
    Optional<Registry.Bus> bus = registry.bus(entry.path("EventBusName").asText("default"));
    if (bus.isEmpty()) {
      return Optional.of(id);
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
      return Optional.of(id);
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
    event.set("detail", read(entry.path("Detail").asText()));
    return engine.accept(bus.get(), event) ? Optional.of(id) : Optional.empty();
  }
}
