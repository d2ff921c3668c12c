package agentpost.local.eventbridge;

import agentpost.local.eventbridge.archive.Archives;
import agentpost.local.eventbridge.archive.Replays;
import agentpost.local.eventbridge.control.ApiDestinations;
import agentpost.local.eventbridge.control.AwsServiceEvents;
import agentpost.local.eventbridge.control.BusPolicies;
import agentpost.local.eventbridge.control.Connections;
import agentpost.local.eventbridge.control.EventBuses;
import agentpost.local.eventbridge.control.PutEvents;
import agentpost.local.eventbridge.control.Rules;
import agentpost.local.eventbridge.control.Tags;
import agentpost.local.eventbridge.delivery.AttemptQueries;
import agentpost.local.eventbridge.delivery.DeliveryListener;
import agentpost.local.eventbridge.delivery.Engine;
import agentpost.local.eventbridge.delivery.EventQueries;
import agentpost.local.eventbridge.delivery.PendingDelivery;
import agentpost.local.eventbridge.input.EventJson;
import agentpost.local.eventbridge.input.Patterns;
import agentpost.local.eventbridge.registry.Registry;
import agentpost.local.eventbridge.schedule.Schedules;
import agentpost.local.eventbridge.targets.Authorizer;
import agentpost.local.eventbridge.targets.EndpointClient;
import agentpost.local.eventbridge.targets.TargetServices;
import agentpost.local.extension.LocalTarget;
import agentpost.local.time.InFlightCounter;
import agentpost.local.time.Timeline;
import agentpost.local.wire.AwsException;
import agentpost.local.wire.AwsService;
import agentpost.local.wire.JsonService;
import agentpost.local.wire.RequestModel;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** EventBridge: the control plane's operations and the delivery of events, on one timeline. */
public final class EventBridge implements AutoCloseable {
  private static final List<String> OF_EVERY_EVENT =
      List.of("id", "account", "source", "time", "region", "detail-type");
  private final Engine engine;
  private final EndpointClient http;
  private final AwsServiceEvents ofAws;
  private final JsonService service;

  /**
   * @param jitterSeed of the waits between attempts, so that a run can be repeated
   */
  public EventBridge(Timeline timeline, TargetServices reach, long jitterSeed) {
    this(timeline, reach, List.of(), jitterSeed);
  }

  /**
   * @param registered kinds of targets from outside
   */
  public EventBridge(
      Timeline timeline, TargetServices reach, List<LocalTarget> registered, long jitterSeed) {
    this(timeline, reach, EndpointClient.create(), jitterSeed, Engine.MAX_IN_FLIGHT, registered);
  }

  /**
   * @param http that API destinations are called with; a test's may pass time on the timeline
   *     instead of the wall's
   */
  public EventBridge(
      Timeline timeline, TargetServices reach, EndpointClient http, long jitterSeed) {
    this(timeline, reach, http, jitterSeed, Engine.MAX_IN_FLIGHT, List.of());
  }

  EventBridge(
      Timeline timeline,
      TargetServices reach,
      EndpointClient http,
      long jitterSeed,
      int maxInFlight,
      List<LocalTarget> registered) {
    this.http = http;
    Registry registry = new Registry(timeline.now());
    Authorizer authorizer = new Authorizer(registry, reach, http, timeline);
    this.engine =
        new Engine(
            registry, timeline, reach, http, authorizer, jitterSeed, maxInFlight, registered);
    Map<String, JsonService.Operation> operations = new HashMap<>();
    operations.putAll(new EventBuses(registry, timeline).operations());
    operations.putAll(new BusPolicies(registry).operations());
    operations.putAll(
        new Rules(registry, engine.kinds(), new Schedules(registry, engine)).operations());
    operations.putAll(new Tags(registry).operations());
    operations.putAll(new Connections(registry, timeline, authorizer, reach).operations());
    operations.putAll(new ApiDestinations(registry, timeline).operations());
    operations.putAll(new Archives(registry, timeline).operations());
    this.ofAws = new AwsServiceEvents(registry, engine);
    operations.putAll(new Replays(registry, engine).operations());
    operations.put("PutEvents", new PutEvents(registry, engine)::call);
    operations.put("TestEventPattern", EventBridge::testEventPattern);
    this.service =
        new JsonService(
            "EventBridge",
            "1.1",
            RequestModel.read(EventBridge.class, "requests.json").checkAll(operations));
  }

  public JsonService service() {
    return service;
  }

  /** Every attempt to deliver, by HTTP. */
  public AwsService attempts() {
    return new AttemptQueries(engine.attempts());
  }

  /** What is kept of an event's attempts and ends, oldest first, as JSON. */
  public List<String> attempts(String eventId) {
    return engine.attempts().ofEvent(eventId);
  }

  /** Events that buses took, by HTTP. */
  public AwsService accepted() {
    return new EventQueries(engine.accepted(), engine::pendingDeliveries);
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

  /** Attempts that are not kept any more: the oldest. */
  public long countForgottenAttempts() {
    return engine.attempts().countForgotten();
  }

  public int inFlightCount() {
    return engine.inFlightCount();
  }

  /** Attempts that have begun, or wait for their turn, and are not over. */
  public InFlightCounter runningAttempts() {
    return engine.runningAttempts();
  }

  public List<PendingDelivery> pendingDeliveries() {
    return engine.pendingDeliveries();
  }

  /** How many events wait for another attempt, by rule; a rule for which none does is not there. */
  public Map<String, Long> countRetrying() {
    return engine.pendingDeliveries().stream()
        .filter(delivery -> delivery.attemptsMade() > 0)
        .collect(Collectors.groupingBy(PendingDelivery::rule, TreeMap::new, Collectors.counting()));
  }

  /**
   * Calls that are under way end here, and what waits on disk is gone; the timeline is closed
   * before.
   */
  @Override
  public void close() {
    http.close();
    engine.close();
  }

  private static ObjectNode testEventPattern(ObjectNode input) {
    String pattern = Patterns.check(input.path("EventPattern").asText());
    String event = input.path("Event").asText();
    try {
      JsonNode read = EventJson.MAPPER.readTree(event);
      if (read.isObject() && OF_EVERY_EVENT.stream().allMatch(read::has)) {
        return JsonNodeFactory.instance
            .objectNode()
            .put("Result", Patterns.matches(pattern, event));
      }
    } catch (JsonProcessingException | NumberFormatException e) {
      throw AwsException.badRequest("ValidationException", "Parameter Event is not valid.");
    }
    throw AwsException.badRequest("ValidationException", "Parameter Event is not valid.");
  }
}
