package agentpost.local.nothinglost;

import static java.nio.charset.StandardCharsets.UTF_8;

import agentpost.event.Event;
import agentpost.event.EventCodec;
import agentpost.local.eventbridge.EventBridge;
import agentpost.local.eventbridge.delivery.DeliveryListener.DeliveryEvent;
import agentpost.local.eventbridge.targets.EndpointClient;
import agentpost.local.eventbridge.targets.TargetServices;
import agentpost.testing.FakeHttp;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import software.amazon.awssdk.services.eventbridge.EventBridgeClient;
import software.amazon.awssdk.services.eventbridge.model.PutEventsRequest;
import software.amazon.awssdk.services.eventbridge.model.PutEventsRequestEntry;
import software.amazon.awssdk.services.eventbridge.model.PutEventsResponse;
import software.amazon.awssdk.services.eventbridge.model.PutEventsResultEntry;
import software.amazon.awssdk.services.sqs.model.MessageAttributeValue;

/**
 * The local cloud's EventBridge in virtual time, with a rule, a destination and a dead-letter queue
 * for each agent as the template declares them.
 */
final class DeliveryNetwork implements TargetServices {
  private static final JsonMapper JSON = new JsonMapper();
  private static final String BUS = "agentpost";
  private static final String PREFIX = "agentpost-";

  private final Simulation simulation;
  private final MemorySqs sqs;
  private final Ledger ledger;
  private final EventBridge events;
  private final EventCodec codec = new EventCodec();

  DeliveryNetwork(
      Simulation simulation,
      Schedule schedule,
      MemorySqs sqs,
      Ledger ledger,
      FakeHttp.TimedSide relay,
      String key) {
    this.simulation = simulation;
    this.sqs = sqs;
    this.ledger = ledger;
    this.events = new EventBridge(simulation, this, new Destinations(relay), schedule.seed());
    events.listen(this::happened);
    call("CreateEventBus", object().put("Name", BUS));
    ObjectNode connection = object().put("Name", BUS).put("AuthorizationType", "API_KEY");
    connection
        .putObject("AuthParameters")
        .putObject("ApiKeyAuthParameters")
        .put("ApiKeyName", "X-Agentpost-Relay-Key")
        .put("ApiKeyValue", key);
    String connectionArn = call("CreateConnection", connection).path("ConnectionArn").asText();
    schedule.agents().forEach(agent -> rule(agent, connectionArn));
  }

  /** Without a socket: the caller's thread waits for the answer, in virtual time. */
  private record Destinations(FakeHttp.TimedSide far) implements EndpointClient {
    private static final Duration TIMEOUT = Duration.ofSeconds(5);

    @Override
    public CompletableFuture<Response> send(
        Request request, Runnable onSent, Consumer<byte[]> onContent) {
      onSent.run();
      Map<String, List<String>> headers = new HashMap<>();
      request.headers().forEach((name, value) -> headers.put(name, List.of(value)));
      try {
        agentpost.http.Response answer =
            far.answer(
                new agentpost.http.Request(
                    request.method(),
                    request.uri().getPath(),
                    Map.of(),
                    headers,
                    request.body().getBytes(UTF_8),
                    "127.0.0.1"),
                TIMEOUT);
        onContent.accept(answer.body());
        return CompletableFuture.completedFuture(
            new Response(
                answer.status(),
                answer.headers().entrySet().stream()
                    .collect(
                        Collectors.toMap(
                            header -> header.getKey().toLowerCase(Locale.ROOT),
                            header -> List.of(header.getValue())))));
      } catch (IOException e) {
        return CompletableFuture.failedFuture(e);
      }
    }

    @Override
    public void close() {}
  }

  static String queue(String agent) {
    return PREFIX + agent + "-dlq";
  }

  static String agent(String queueOrRule) {
    return queueOrRule.substring(PREFIX.length()).replaceFirst("-dlq$", "");
  }

  private static ObjectNode object() {
    return JsonNodeFactory.instance.objectNode();
  }

  private JsonNode call(String operation, ObjectNode input) {
    return events.service().call(operation, input);
  }

  private void rule(Schedule.AgentPlan agent, String connectionArn) {
    String name = PREFIX + agent.name();
    ObjectNode destination =
        object()
            .put("Name", name)
            .put("ConnectionArn", connectionArn)
            .put("InvocationEndpoint", "https://api.example.com/deliveries/" + agent.name())
            .put("HttpMethod", "POST")
            .put("InvocationRateLimitPerSecond", agent.rate());
    String arn = call("CreateApiDestination", destination).path("ApiDestinationArn").asText();
    ObjectNode pattern = object();
    ArrayNode types = pattern.putArray("detail-type");
    agent.subscribes().forEach(types::add);
    call(
        "PutRule",
        object()
            .put("Name", name)
            .put("EventBusName", BUS)
            .put("EventPattern", pattern.toString()));
    ObjectNode target =
        object()
            .put("Id", "1")
            .put("Arn", arn)
            .put("RoleArn", "arn:aws:iam::000000000000:role/r")
            .put("InputPath", "$.detail");
    target
        .putObject("DeadLetterConfig")
        .put("Arn", "arn:aws:sqs:us-east-1:000000000000:" + queue(agent.name()));
    target
        .putObject("RetryPolicy")
        .put("MaximumRetryAttempts", agent.retries())
        .put("MaximumEventAgeInSeconds", agent.oldestSeconds());
    ObjectNode targets = object().put("Rule", name).put("EventBusName", BUS);
    targets.putArray("Targets").add(target);
    call("PutTargets", targets);
  }

  boolean isQuiet() {
    return events.pendingDeliveries().isEmpty();
  }

  void put(Event event) {
    put(event.metadata().sourceService(), event.type(), event.timestamp(), codec.write(event));
  }

  private void put(String source, String type, Instant time, String detail) {
    ObjectNode input = object();
    input
        .putArray("Entries")
        .addObject()
        .put("EventBusName", BUS)
        .put("Source", source)
        .put("DetailType", type)
        .put("Time", time.toEpochMilli() / 1000.0)
        .put("Detail", detail);
    call("PutEvents", input);
  }

  /** PutEvents as agents call it: an entry may be refused while others are taken. */
  EventBridgeClient client() {
    UnreliableStore unreliable = new UnreliableStore(simulation);
    return new EventBridgeClient() {
      @Override
      public PutEventsResponse putEvents(PutEventsRequest request) {
        return unreliable.call("publish", () -> taken(request.entries()));
      }

      @Override
      public String serviceName() {
        return SERVICE_NAME;
      }

      @Override
      public void close() {}
    };
  }

  private PutEventsResponse taken(List<PutEventsRequestEntry> entries) {
    List<PutEventsResultEntry> results = new ArrayList<>();
    for (PutEventsRequestEntry entry : entries) {
      if (simulation.strikes(simulation.rates().store())) {
        simulation.journal().count("store: entry refused: publish");
        simulation.actor().ifPresent(Program::disturb);
        results.add(
            PutEventsResultEntry.builder()
                .errorCode("ThrottlingException")
                .errorMessage("Rate exceeded")
                .build());
        continue;
      }
      JsonNode event = read(entry.detail());
      simulation.tell(
          () ->
              "publishes "
                  + event.path("event_id").asText()
                  + " because of "
                  + event.path("metadata").path("causation_id").asText());
      ledger.answered(
          entry.source(),
          event.path("metadata").path("causation_id").asText(),
          event.path("event_id").asText());
      put(entry.source(), entry.detailType(), entry.time(), entry.detail());
      results.add(PutEventsResultEntry.builder().eventId("taken").build());
    }
    return PutEventsResponse.builder()
        .entries(results)
        .failedEntryCount(
            (int) results.stream().filter(result -> result.errorCode() != null).count())
        .build();
  }

  private static JsonNode read(String json) {
    try {
      return JSON.readTree(json);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("An event that is not JSON", e);
    }
  }

  /** The {@code event_id} in a letter. */
  static String idIn(String letter) {
    return read(letter).path("detail").path("event_id").asText();
  }

  private void happened(DeliveryEvent happening) {
    switch (happening) {
      case DeliveryEvent.EventAccepted accepted -> {
        simulation.journal().count("events");
        simulation.tell(() -> "bus: " + accepted.eventId() + " to " + accepted.matchedRules());
        ledger.accepted(
            accepted.eventId(),
            accepted.matchedRules().stream().map(DeliveryNetwork::agent).toList());
      }
      case DeliveryEvent.AttemptMade made -> {
        simulation.journal().count("attempts");
        simulation.tell(
            () ->
                made.eventId()
                    + " to "
                    + made.rule()
                    + ", attempt "
                    + made.attempt()
                    + ": "
                    + made.outcome()
                    + made.nextWait().map(wait -> "; again in " + wait).orElse(""));
        if (made.status().filter(status -> status / 100 == 2).isPresent()) {
          ledger.taken(agent(made.rule()), made.eventId());
        }
      }
      case DeliveryEvent.DeadLettered given -> {
        simulation.journal().count("letters");
        simulation.journal().count("letter: " + given.errorCode());
        simulation.tell(
            () ->
                given.eventId()
                    + " to "
                    + given.rule()
                    + " is a dead letter: "
                    + given.errorCode());
        ledger.deadLettered(agent(given.rule()), given.eventId());
      }
      case DeliveryEvent.Dropped dropped -> {
        simulation.tell(
            () ->
                dropped.eventId()
                    + " to "
                    + dropped.rule()
                    + " is dropped: "
                    + dropped.errorMessage());
        ledger.deadLettered(agent(dropped.rule()), dropped.eventId());
      }
    }
  }

  @Override
  public Optional<Failure> sendToQueue(
      String queueArn, String body, Map<String, String> attributes) {
    if (simulation.strikes(simulation.rates().store())) {
      simulation.journal().count("store: unavailable: dead letter");
      return Optional.of(new Failure("INTERNAL_ERROR", "the queue does not answer", true));
    }
    Map<String, MessageAttributeValue> values = new TreeMap<>();
    attributes.forEach(
        (name, value) ->
            values.put(
                name,
                MessageAttributeValue.builder().dataType("String").stringValue(value).build()));
    sqs.named(queueArn.substring(queueArn.lastIndexOf(':') + 1)).send(body, values);
    return Optional.empty();
  }

  @Override
  public Optional<Failure> invoke(String functionArn, String event) {
    throw new IllegalStateException("no rule here has a function for its target");
  }

  @Override
  public Optional<Failure> putLogEvent(String logGroupArn, Instant at, String message) {
    return Optional.empty();
  }

  @Override
  public URI locate(URI endpoint) {
    return endpoint;
  }
}
