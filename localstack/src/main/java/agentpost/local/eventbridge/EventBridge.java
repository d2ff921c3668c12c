package agentpost.local.eventbridge;

import agentpost.local.time.Timeline;
import agentpost.local.wire.AwsException;
import agentpost.local.wire.JsonService;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** EventBridge as agentpost needs it: the control plane's operations and the delivery of events, on one timeline. */
public final class EventBridge {
  private final Engine engine;
  private final JsonService service;

  /** @param jitterSeed of the waits between attempts, so that a run can be repeated */
  public EventBridge(Timeline timeline, Reach reach, long jitterSeed) {
    Registry registry = new Registry();
    this.engine = new Engine(registry, timeline, reach, jitterSeed);
    Map<String, JsonService.Operation> operations = new HashMap<>();
    operations.putAll(new BusOperations(registry).operations());
    operations.putAll(new DestinationOperations(registry, timeline).operations());
    PutEvents putEvents = new PutEvents(registry, engine);
    Replays replays = new Replays(registry, engine);
    operations.put("PutEvents", putEvents::call);
    operations.put("StartReplay", replays::start);
    operations.put("DescribeReplay", replays::describe);
    operations.put("TestEventPattern", EventBridge::testEventPattern);
    this.service = new JsonService("EventBridge", "1.1", operations);
  }

  public JsonService service() {
    return service;
  }

  public void listen(DeliveryListener listener) {
    engine.listen(listener);
  }

  public List<InFlight> inFlight() {
    return engine.inFlight();
  }

  private static ObjectNode testEventPattern(ObjectNode input) {
    String pattern = Patterns.checked(required(input, "EventPattern"));
    return JsonNodeFactory.instance.objectNode().put("Result", Patterns.matches(pattern, required(input, "Event")));
  }

  /** @throws AwsException as AWS answers a request without it */
  static String required(ObjectNode input, String name) {
    if (!input.hasNonNull(name)) {
      String member = Character.toLowerCase(name.charAt(0)) + name.substring(1);
      throw AwsException.badRequest(
          "ValidationException", "1 validation error detected: Value at '" + member + "' failed to satisfy constraint: Member must not be null");
    }
    return input.path(name).asText();
  }
}
