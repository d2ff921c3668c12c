package agentpost.deadletter;

import static agentpost.catalog.EnvironmentVariables.AGENT_DIRECTORY;
import static agentpost.catalog.EnvironmentVariables.AGENT_SECRET_PREFIX;
import static agentpost.catalog.EnvironmentVariables.DEAD_LETTER_QUEUE_PREFIX;
import static java.nio.charset.StandardCharsets.UTF_8;

import agentpost.catalog.AgentName;
import agentpost.catalog.ResourceNames;
import agentpost.delivery.AgentDirectory;
import agentpost.delivery.SignedDelivery;
import agentpost.event.EventCodec;
import agentpost.event.EventId;
import agentpost.platform.Environment;
import agentpost.platform.Platform;
import agentpost.schemas.DateTimes;
import agentpost.schemas.IdText;
import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestHandler;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;
import software.amazon.awssdk.services.sqs.SqsClient;

/**
 * Delivers to one agent what it did not get, and answers with the {@code outcomes} of the events
 * that were tried, in their order, and with the {@code stop_reason}. It stops before its time-out.
 *
 * <p>Dead letters as they are: {@code {agent, filters: {reasons, event_types, since, ids}, rate,
 * max, dry_run, cursor}}, all but the agent optional. If the answer {@code has_more}, it has the
 * {@code cursor} to be invoked with again: 39 bytes for each letter that was tried and not
 * delivered. 120,000 such letters, all that a queue may have in hand at a time, would make 4.7 MB,
 * and Lambda takes and gives 6 MB.
 *
 * <p>Events that someone has mended: {@code {agent, events: [{envelope, message_id}]}}, the
 * envelope as text, the message id optional; it names the letter to remove.
 *
 * <p>Environment: DEAD_LETTER_QUEUE_PREFIX, AGENT_SECRET_PREFIX, AGENT_DIRECTORY; HEALTH_TABLE,
 * without which it delivers to hosted agents only; CALLBACK_ALLOWED_PORTS and ALLOWED_ADDRESSES for
 * external ones.
 */
public final class RedriveHandler
    implements RequestHandler<Map<String, Object>, Map<String, Object>> {
  private static final JsonMapper JSON = new JsonMapper();
  private static final int DEFAULT_RATE = 10;

  /** For one attempt with its waits, and for giving back what is held: ten letters a call. */
  private static final int FINISH_RESERVE_MILLIS = 12_000;

  private static final int RELEASE_MILLIS_PER_LETTER = 5;

  private final AgentDirectory agents;
  private final Redrive redrive;
  private final Redelivery redelivery;
  private final Consumer<String> log;
  private final EventCodec codec = new EventCodec();

  public RedriveHandler() {
    this(Platform.lambda());
  }

  public RedriveHandler(Platform platform) {
    Environment environment =
        Environment.require(
            platform.environment(), DEAD_LETTER_QUEUE_PREFIX, AGENT_SECRET_PREFIX, AGENT_DIRECTORY);
    SqsClient sqs = platform.aws().create(SqsClient.builder());
    Function<AgentName, DeadLetterQueue> queues =
        agent -> {
          String name =
              ResourceNames.deadLetters(environment.get(DEAD_LETTER_QUEUE_PREFIX), agent.value());
          return new DeadLetterQueue(sqs, sqs.getQueueUrl(get -> get.queueName(name)).queueUrl());
        };
    this.agents = AgentDirectory.from(platform, environment.get(AGENT_DIRECTORY));
    SignedDelivery delivery =
        SignedDelivery.from(platform, environment.get(AGENT_SECRET_PREFIX), agents);
    this.redrive =
        new Redrive(
            queues, delivery::deliver, platform.clock(), Thread::sleep, Redrive.MAX_IN_FLIGHT);
    this.redelivery = new Redelivery(queues, delivery);
    this.log = platform.log();
  }

  /**
   * @throws IllegalArgumentException if the input is not as above, naming what is wrong
   */
  @Override
  public Map<String, Object> handleRequest(Map<String, Object> input, Context context) {
    JsonNode json = JSON.valueToTree(input);
    if (json.has("events") && !json.path("events").isArray()) {
      throw new IllegalArgumentException("events must be a list");
    }
    return json.has("events") ? redeliver(json, context) : redrive(order(json), context);
  }

  private Map<String, Object> redeliver(JsonNode input, Context context) {
    AgentName agent = new AgentName(text(input, "agent"));
    List<Redelivery.EditedEvent> events = new ArrayList<>();
    for (JsonNode event : input.path("events")) {
      events.add(
          new Redelivery.EditedEvent(
              text(event, "envelope"),
              event.has("message_id") ? Optional.of(text(event, "message_id")) : Optional.empty()));
    }
    Redelivery.Report report =
        redelivery.run(
            agent, events, () -> context.getRemainingTimeInMillis() > FINISH_RESERVE_MILLIS);
    Map<String, Object> values = new LinkedHashMap<>();
    List<Map<String, Object>> outcomes = new ArrayList<>();
    for (Redelivery.Outcome outcome : report.outcomes()) {
      Map<String, Object> one = new LinkedHashMap<>(values(outcome));
      one.put(
          "event_id",
          codec
              .idOf(events.get(outcomes.size()).envelope().getBytes(UTF_8))
              .map(EventId::value)
              .orElse(""));
      outcomes.add(one);
    }
    values.put("outcomes", outcomes);
    values.put("stop_reason", report.stopReason().name());
    ObjectNode line =
        JSON.createObjectNode().put("message", "redelivery").put("agent", agent.value());
    values.forEach((name, value) -> line.set(name, JSON.valueToTree(value)));
    log.accept(line.toString());
    return values;
  }

  private static Map<String, Object> values(Redelivery.Outcome outcome) {
    return switch (outcome) {
      case Redelivery.Outcome.Delivered(var wasDone, var letter) ->
          Map.of("outcome", "delivered", "was_done", wasDone, "letter", letter);
      case Redelivery.Outcome.Refused(var status, var reason) ->
          Map.of("outcome", "refused", "status", status, "reason", reason);
      case Redelivery.Outcome.NotAttempted(var reason) ->
          Map.of("outcome", "not_attempted", "reason", reason);
    };
  }

  private Map<String, Object> redrive(Redrive.Order order, Context context) {
    try {
      Report report =
          redrive.run(
              order.withInFlight(agents.inFlight(order.agent())),
              held ->
                  context.getRemainingTimeInMillis()
                      > FINISH_RESERVE_MILLIS + held * RELEASE_MILLIS_PER_LETTER);
      Map<String, Object> values = report.values();
      log.accept(line(order, report));
      if (report.hasMore()) {
        List<String> attempted = new ArrayList<>(order.attempted());
        report.outcomes().stream()
            .filter(outcome -> !(outcome instanceof Report.Outcome.Delivered))
            .forEach(outcome -> attempted.add(outcome.letter().messageId()));
        values.put("cursor", attempted);
      }
      return values;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(
          "The redrive was interrupted; what it held comes back within two minutes", e);
    }
  }

  private static String line(Redrive.Order order, Report report) {
    ObjectNode line =
        JSON.createObjectNode()
            .put("message", "redrive")
            .put("agent", order.agent().value())
            .put("dry_run", order.dryRun());
    for (Map.Entry<String, Object> value : report.values().entrySet()) {
      line.set(value.getKey(), JSON.valueToTree(value.getValue()));
    }
    return line.toString();
  }

  private static Redrive.Order order(JsonNode input) {
    JsonNode filters = input.path("filters");
    if (input.has("filters") && !filters.isObject()) {
      throw new IllegalArgumentException("filters must be an object");
    }
    return new Redrive.Order(
        new AgentName(text(input, "agent")),
        new LetterFilter(
            texts(filters, "reasons"),
            texts(filters, "event_types"),
            since(filters),
            texts(filters, "ids")),
        number(input, "rate", DEFAULT_RATE),
        number(input, "max", Integer.MAX_VALUE),
        isDry(input),
        texts(input, "cursor"));
  }

  /** Its message quotes nothing of the input, for Lambda logs it. */
  private static Optional<Instant> since(JsonNode filters) {
    return filters.has("since")
        ? Optional.of(
            DateTimes.parse(text(filters, "since"))
                .orElseThrow(
                    () -> new IllegalArgumentException("since must be like 2026-03-31T10:30:00Z"))
                .toInstant())
        : Optional.empty();
  }

  /**
   * What is there must be what is asked for: a {@code null} taken for a text would be a filter that
   * matches nothing, taken for absence one that matches all.
   */
  private static String text(JsonNode input, String name) {
    JsonNode value = input.path(name);
    if (!value.isTextual() || IdText.isBlank(value.textValue())) {
      throw new IllegalArgumentException(name + " must be a text that is not blank");
    }
    return value.textValue();
  }

  private static int number(JsonNode input, String name, int usual) {
    if (input.has(name) && !input.path(name).isInt()) {
      throw new IllegalArgumentException(name + " must be a whole number");
    }
    return input.path(name).asInt(usual);
  }

  private static boolean isDry(JsonNode input) {
    if (input.has("dry_run") && !input.path("dry_run").isBoolean()) {
      throw new IllegalArgumentException("dry_run must be true or false");
    }
    return input.path("dry_run").asBoolean(false);
  }

  private static Set<String> texts(JsonNode input, String name) {
    JsonNode list = input.path(name);
    if (input.has(name) && !(list.isArray() && list.valueStream().allMatch(JsonNode::isTextual))) {
      throw new IllegalArgumentException(name + " must be a list of texts");
    }
    return list.valueStream().map(JsonNode::textValue).collect(Collectors.toSet());
  }
}
