package agentpost.local.eventbridge;

import static java.nio.charset.StandardCharsets.UTF_8;

import agentpost.local.eventbridge.delivery.DeliveryListener;
import agentpost.local.eventbridge.delivery.Engine;
import agentpost.local.eventbridge.targets.EndpointClient;
import agentpost.local.eventbridge.targets.TargetServices;
import agentpost.local.testing.Endpoint;
import agentpost.local.testing.ManualTimeline;
import agentpost.local.wire.AwsRequest;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;

/**
 * One rule on the bus {@code b}, from PutEvents to an endpoint, on a timeline that is moved by
 * hand; queues and logs are lists.
 */
public final class RuleTestBed implements AutoCloseable {
  public static final JsonMapper JSON = new JsonMapper();
  public static final Instant START = Instant.parse("2026-03-31T10:30:00Z");
  public static final String DLQ = "arn:aws:sqs:us-east-1:000000000000:b-dlq";

  public record Letter(String queue, String body, Map<String, String> attributes) {}

  public final ManualTimeline timeline = new ManualTimeline(START);
  public final Endpoint endpoint = new Endpoint();
  public final List<Letter> letters = new ArrayList<>();
  public final List<String> logged = new ArrayList<>();
  public final List<String> inGroups = new ArrayList<>();
  public final Map<String, String> refusals = new HashMap<>();
  public final Map<String, String> forgiven = new HashMap<>();
  public boolean strict;
  final List<String> invoked = new ArrayList<>();
  public final Queue<TargetServices.Failure> queueFailures = new ArrayDeque<>();
  final List<DeliveryListener.DeliveryEvent> happenings = new ArrayList<>();
  public final EventBridge events;
  private String apiName = "none.invalid";

  public RuleTestBed() throws IOException {
    this(1);
  }

  public RuleTestBed(long seed) throws IOException {
    this(seed, Engine.MAX_IN_FLIGHT);
  }

  public RuleTestBed(long seed, int maxInFlight) throws IOException {
    events =
        new EventBridge(
            timeline, new MemoryReach(), EndpointClient.create(), seed, maxInFlight, List.of());
    events.listen(happenings::add);
    call("CreateEventBus", "{'Name':'b'}");
    call(
        "CreateConnection",
        "{'Name':'c','AuthorizationType':'API_KEY','AuthParameters':{'ApiKeyAuthParameters':{'ApiKeyName':'x-key','ApiKeyValue':'k'}}}");
    destination(endpoint.url("/hook"), 300);
    call(
        "PutRule",
        "{'Name':'r','EventBusName':'b','EventPattern':'{\\\"detail-type\\\":[\\\"t\\\"]}'}");
    target("{}");
  }

  /**
   * The rule's one target: the destination with a dead-letter queue, and what is given besides or
   * instead.
   */
  public RuleTestBed target(String more) {
    ObjectNode target =
        JsonNodeFactory.instance
            .objectNode()
            .put("Id", "1")
            .put("Arn", destinationArn())
            .put("RoleArn", "arn:aws:iam::000000000000:role/r");
    target.putObject("DeadLetterConfig").put("Arn", DLQ);
    target.setAll(json(more));
    ObjectNode input =
        JsonNodeFactory.instance.objectNode().put("Rule", "r").put("EventBusName", "b");
    input.putArray("Targets").add(target);
    events.service().call("PutTargets", input);
    return this;
  }

  public RuleTestBed retry(int attempts, int ageSeconds) {
    return target(
        "{'RetryPolicy':{'MaximumRetryAttempts':"
            + attempts
            + ",'MaximumEventAgeInSeconds':"
            + ageSeconds
            + "}}");
  }

  RuleTestBed destination(String url, int rate) {
    ObjectNode input =
        JsonNodeFactory.instance
            .objectNode()
            .put("Name", "d")
            .put("InvocationEndpoint", url)
            .put("HttpMethod", "POST")
            .put("InvocationRateLimitPerSecond", rate);
    boolean exists = !call("ListApiDestinations", "{}").path("ApiDestinations").isEmpty();
    input.put(
        "ConnectionArn", call("DescribeConnection", "{'Name':'c'}").path("ConnectionArn").asText());
    events.service().call(exists ? "UpdateApiDestination" : "CreateApiDestination", input);
    return this;
  }

  /** Instead of the key: the connection is made anew, with the destination that uses it. */
  public RuleTestBed connection(String typeAndParameters) {
    call("DeleteApiDestination", "{'Name':'d'}");
    call("DeleteConnection", "{'Name':'c'}");
    events.service().call("CreateConnection", json(typeAndParameters).put("Name", "c"));
    return destination(endpoint.url("/hook"), 300).target("{}");
  }

  public String destinationArn() {
    return call("DescribeApiDestination", "{'Name':'d'}").path("ApiDestinationArn").asText();
  }

  /** A name that leads to the endpoint, as the API's leads to the front door. */
  RuleTestBed locate(String host) {
    apiName = host;
    return this;
  }

  public JsonNode call(String operation, String input) {
    return events.service().call(operation, json(input));
  }

  public static ObjectNode json(String text) {
    try {
      return (ObjectNode) JSON.readTree(text.replace('\'', '"'));
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(text, e);
    }
  }

  /** Puts one event of type {@code t} and runs what is due; EventBridge's id of it. */
  public String put(String detail) {
    ObjectNode input = JsonNodeFactory.instance.objectNode();
    input
        .putArray("Entries")
        .addObject()
        .put("EventBusName", "b")
        .put("Source", "s")
        .put("DetailType", "t")
        .put("Detail", detail.replace('\'', '"'));
    String id =
        events.service().call("PutEvents", input).path("Entries").path(0).path("EventId").asText();
    timeline.settle();
    return id;
  }

  public RuleTestBed pass(Duration time) {
    timeline.pass(time);
    return this;
  }

  /** What {@code /_agentpost/attempts} answers. */
  public String attempts(String query) {
    Map<String, List<String>> filters = new HashMap<>();
    for (String filter : query.isEmpty() ? new String[0] : query.split("&", -1)) {
      filters.put(
          filter.substring(0, filter.indexOf('=')),
          List.of(filter.substring(filter.indexOf('=') + 1)));
    }
    return new String(
        events
            .attempts()
            .handle(new AwsRequest("GET", "/_agentpost/attempts", filters, Map.of(), new byte[0]))
            .body(),
        UTF_8);
  }

  List<Duration> waits() {
    return happenings.stream()
        .filter(DeliveryListener.DeliveryEvent.AttemptMade.class::isInstance)
        .flatMap(h -> ((DeliveryListener.DeliveryEvent.AttemptMade) h).nextWait().stream())
        .toList();
  }

  public int attempts() {
    return (int)
        happenings.stream()
            .filter(DeliveryListener.DeliveryEvent.AttemptMade.class::isInstance)
            .count();
  }

  @Override
  public void close() throws IOException {
    events.close();
    endpoint.close();
  }

  private final class MemoryReach implements TargetServices {
    @Override
    public Optional<Failure> sendToQueue(
        String queueArn, String body, Map<String, String> attributes) {
      Failure failure = queueFailures.poll();
      if (failure == null) {
        letters.add(new Letter(queueArn, body, attributes));
      }
      return Optional.ofNullable(failure);
    }

    @Override
    public Optional<Failure> sendToFifoQueue(String queueArn, String body, String group) {
      inGroups.add(group + ": " + body);
      return Optional.empty();
    }

    @Override
    public Optional<Failure> explainRefusal(
        String ruleArn, String targetArn, String roleArn, String action) {
      return Optional.ofNullable(refusals.get(targetArn))
          .map(why -> new Failure("NO_PERMISSIONS", why, false));
    }

    @Override
    public Optional<String> forgiven(String ruleArn, String targetArn) {
      return Optional.ofNullable(forgiven.get(targetArn));
    }

    @Override
    public boolean isStrict() {
      return strict;
    }

    @Override
    public Optional<Failure> invoke(String functionArn, String event) {
      invoked.add(functionArn + " " + event);
      return functionArn.endsWith(":gone")
          ? Optional.of(new Failure("NO_RESOURCE", "There is no function gone", false))
          : Optional.empty();
    }

    @Override
    public Optional<Failure> putLogEvent(String logGroupArn, Instant at, String message) {
      logged.add(message);
      return Optional.empty();
    }

    @Override
    public URI locate(URI declared) {
      return apiName.equals(declared.getHost())
          ? URI.create(endpoint.url(declared.getPath()))
          : declared;
    }
  }
}
