package agentpost.cli.verification;

import agentpost.catalog.AgentName;
import agentpost.cli.cloud.CloudOptions;
import agentpost.cli.cloud.Door;
import agentpost.cli.operations.ProcessorCallback;
import agentpost.event.CorrelationId;
import agentpost.event.Event;
import agentpost.event.EventId;
import agentpost.operations.Operation;
import agentpost.operations.OperationId;
import agentpost.operations.OperationRequest;
import agentpost.operations.OperationResult;
import agentpost.operations.OperationsTable;
import agentpost.verification.Check;
import agentpost.verification.Deliveries;
import agentpost.verification.DeliveryChecks;
import agentpost.verification.Outcome;
import agentpost.verification.ScriptedAnswer;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.ResourceNotFoundException;
import software.amazon.awssdk.services.secretsmanager.SecretsManagerClient;

/**
 * Operations that the receiver asks for, as their rows say. Their processor does not hear of them;
 * their callbacks are signed with its secret.
 */
final class OperationChecks {
  private static final String CALLBACK = "callback";
  private static final String DEADLINE = "deadline";
  private static final ObjectNode NO_RESULT = JsonNodeFactory.instance.objectNode();
  private static final OperationResult DONE = new OperationResult.Completed(NO_RESULT);

  /** A check of one operation, whose end is an event to the receiver. */
  private interface Body {
    Outcome run(Deliveries.Sent end, ProcessorCallback callback);
  }

  private OperationChecks() {}

  static List<Check<Probe>> all() {
    return List.of(
        new Check<>(
            "callbacks",
            "an operation ends once, by its processor's callback, and an event says so",
            1,
            1,
            probe ->
                withOperation(
                    probe,
                    CALLBACK,
                    Duration.ofDays(1),
                    DONE,
                    (end, callback) -> callback(probe, end, callback))),
        new Check<>(
            "deadlines",
            "an operation whose deadline passes ends by that, an event says so, and a callback is"
                + " too late",
            1,
            1,
            probe ->
                withOperation(
                    probe,
                    DEADLINE,
                    Duration.ofSeconds(1),
                    new OperationResult.TimedOut(),
                    (end, callback) -> deadline(probe, end, callback))),
        new Check<>(
            "callbacks",
            "an agent's request reaches its processor",
            0,
            0,
            _ -> new Outcome.Skipped("would have the stage's processor work")));
  }

  private static Outcome callback(Probe probe, Deliveries.Sent end, ProcessorCallback callback) {
    List<Optional<Integer>> answers =
        List.of(
            status(callback.complete(NO_RESULT)),
            status(callback.complete(NO_RESULT)),
            status(callback.fail("another outcome")));
    return answers.equals(List.of(Optional.of(200), Optional.of(200), Optional.of(409)))
        ? DeliveryChecks.arrivedOnce(probe, end)
        : new Outcome.Failed(
            "a callback, the same again and another outcome were answered " + answers);
  }

  private static Outcome deadline(Probe probe, Deliveries.Sent end, ProcessorCallback callback) {
    if (DeliveryChecks.arrivedOnce(probe, end) instanceof Outcome.Failed failed) {
      return failed;
    }
    Optional<Integer> answer = status(callback.complete(NO_RESULT));
    return answer.equals(Optional.of(410))
        ? new Outcome.Passed("")
        : new Outcome.Failed("a callback after the deadline was answered " + answer);
  }

  private static Optional<Integer> status(Optional<Door.Answer> answer) {
    return answer.map(Door.Answer::status);
  }

  private static Outcome withOperation(
      Probe probe, String purpose, Duration time, OperationResult ending, Body body) {
    Optional<String> processor = processor(probe);
    if (processor.isEmpty()) {
      return new Outcome.Skipped("the stage has no processors");
    }
    String secret = probe.names().processorSecret(processor.get());
    Instant now = probe.place().now();
    OperationRequest request = request(probe.agent(), purpose, now.plus(time), processor.get());
    Operation operation = Operation.of(request, now);
    Event event = operation.event(ending, now);
    List<String> others = probe.others(event);
    if (!others.isEmpty()) {
      return new Outcome.Skipped(String.join(", ", others) + " would hear " + event.type());
    }
    try {
      ProcessorCallback callback =
          new ProcessorCallback(
              probe.stage().apiUrl(),
              new DirectorySecret(probe.place(), secret).read().orElseThrow(),
              operation.id().value());
      Deliveries.Sent end = probe.expect(event, ScriptedAnswer.of(200));
      onTable(
          probe.place(), client -> table(probe.place(), client).record(request, now).deadline());
      Outcome outcome = body.run(end, callback);
      awaitSettled(probe, operation.id());
      return outcome;
    } catch (IllegalArgumentException e) {
      return new Outcome.Failed("secret " + secret + ": " + e.getMessage());
    } finally {
      remove(probe.place(), operation.id());
    }
  }

  /** Whoever has ended it would else miss its row. */
  private static void awaitSettled(Probe probe, OperationId id) {
    probe
        .patience()
        .await(
            probe.patience().quiet(),
            () -> onTable(probe.place(), client -> table(probe.place(), client).find(id)),
            row -> row.isEmpty() || row.get().unpublished().isEmpty());
  }

  private static OperationRequest request(
      String agent, String purpose, Instant deadline, String processor) {
    return new OperationRequest(
        new AgentName(agent),
        new EventId(agent),
        new CorrelationId(agent),
        purpose,
        1,
        JsonNodeFactory.instance.objectNode(),
        deadline,
        new AgentName(processor),
        Optional.empty());
  }

  /** Takes away what there may be of a receiver's. */
  static void removeAll(CloudOptions place, String agent) {
    for (String purpose : List.of(CALLBACK, DEADLINE)) {
      remove(place, OperationId.derive(new AgentName(agent), new EventId(agent), purpose, 1));
    }
  }

  private static void remove(CloudOptions place, OperationId id) {
    onTable(
        place,
        client -> {
          try {
            client.deleteItem(
                delete ->
                    delete
                        .tableName(place.names().operations())
                        .key(Map.of("correlation_id", AttributeValue.fromS(id.value()))));
          } catch (ResourceNotFoundException e) {
            // A stage without processors has no such table, and nothing in it.
          }
          return id;
        });
  }

  private static OperationsTable table(CloudOptions place, DynamoDbClient client) {
    return new OperationsTable(client, place.names().operations());
  }

  private static <T> T onTable(CloudOptions place, Function<DynamoDbClient, T> question) {
    return place.withClient(DynamoDbClient.builder(), question);
  }

  private static Optional<String> processor(Probe probe) {
    String prefix = probe.names().processorSecrets();
    return probe
        .place()
        .withClient(
            SecretsManagerClient.builder(),
            client ->
                client.listSecretsPaginator().stream()
                    .flatMap(page -> page.secretList().stream())
                    .map(secret -> secret.name())
                    .filter(name -> name.startsWith(prefix))
                    .map(name -> name.substring(prefix.length()))
                    .sorted()
                    .findFirst());
  }
}
