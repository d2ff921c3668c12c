package agentpost.local.eventbridge;

import agentpost.local.time.Timeline;
import agentpost.local.wire.AwsException;
import agentpost.local.wire.JsonService;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.http.HttpClient;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** EventBridge as agentpost needs it: the control plane's operations and the delivery of events, on one timeline. */
public final class EventBridge {
  private final Engine engine;
  private final AwsServiceEvents ofAws;
  private final JsonService service;

  /** @param jitterSeed of the waits between attempts, so that a run can be repeated */
  public EventBridge(Timeline timeline, Reach reach, long jitterSeed) {
    this(timeline, reach, ApiCall.client(), jitterSeed);
  }

  /** @param http that API destinations are called with; a test's may pass time on the timeline instead of the wall's */
  public EventBridge(Timeline timeline, Reach reach, HttpClient http, long jitterSeed) {
    Registry registry = new Registry();
    this.engine = new Engine(registry, timeline, reach, http, jitterSeed);
    Map<String, JsonService.Operation> operations = new HashMap<>();
    operations.putAll(new BusOperations(registry).operations());
    operations.putAll(new DestinationOperations(registry, timeline).operations());
    this.ofAws = new AwsServiceEvents(registry, engine);
    PutEvents putEvents = new PutEvents(registry, engine);
    operations.putAll(new Replays(registry, engine).operations());
    operations.put("PutEvents", putEvents::call);
    operations.put("TestEventPattern", EventBridge::testEventPattern);
    this.service = new JsonService("EventBridge", "1.1", operations);
  }

  public JsonService service() {
    return service;
  }

  /**
   * An event of an AWS service, on the default bus.
   *
   * @param event as rules see it; {@code source}, {@code detail-type} and {@code detail} at least
   * @return its id
   * @throws AwsException naming what is wrong with it
   */
  public String putAsAws(JsonNode event) {
    return ofAws.put(event);
  }

  public void listen(DeliveryListener listener) {
    engine.listen(listener);
  }

  public List<InFlight> inFlight() {
    return engine.inFlight();
  }

  private static ObjectNode testEventPattern(ObjectNode input) {
    require(input, "EventPattern", "Event");
    String pattern = Patterns.checked(input.path("EventPattern").asText());
    return JsonNodeFactory.instance.objectNode().put("Result", Patterns.matches(pattern, input.path("Event").asText()));
  }

  /** @throws AwsException as AWS answers a request without it */
  static String required(ObjectNode input, String name) {
    require(input, name);
    return input.path(name).asText();
  }

  /** @throws AwsException that tells all that are missing at once, as AWS does */
  static void require(ObjectNode input, String... names) {
    refuse(Arrays.stream(names).filter(name -> !input.hasNonNull(name)).map(name -> "Value at '" + member(name) + "' failed to satisfy constraint: Member must not be null").toList());
  }

  /** @throws AwsException if there are violations, as AWS words them */
  static void refuse(List<String> violations) {
    if (!violations.isEmpty()) {
      String errors = violations.size() == 1 ? "1 validation error" : violations.size() + " validation errors";
      throw AwsException.badRequest("ValidationException", errors + " detected: " + String.join("; ", violations));
    }
  }

  private static String member(String name) {
    return Character.toLowerCase(name.charAt(0)) + name.substring(1);
  }
}
