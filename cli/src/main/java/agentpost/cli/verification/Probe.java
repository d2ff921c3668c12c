package agentpost.cli.verification;

import agentpost.catalog.ResourceNames;
import agentpost.cli.cloud.CloudOptions;
import agentpost.cli.terminal.CommandFailure;
import agentpost.deadletter.DeadLetter;
import agentpost.deadletter.DeadLetterQueue;
import agentpost.deadletter.LetterFilter;
import agentpost.deadletter.QueueBrowser;
import agentpost.event.Event;
import agentpost.event.EventCodec;
import agentpost.verification.Deliveries;
import agentpost.verification.Patience;
import agentpost.verification.ReceivedAttempt;
import agentpost.verification.ReceiverTable;
import agentpost.verification.ScriptedAnswer;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.eventbridge.EventBridgeClient;
import software.amazon.awssdk.services.eventbridge.model.PutEventsRequestEntry;
import software.amazon.awssdk.services.eventbridge.model.PutEventsResultEntry;
import software.amazon.awssdk.services.lambda.LambdaClient;
import software.amazon.awssdk.services.sqs.SqsClient;

/**
 * Puts events for the receiver alone, and sees what becomes of them.
 *
 * @param agent the receiver's name
 */
record Probe(VerifiedStage stage, String agent, Patience patience) implements Deliveries {
  static final String NAME = "verify-deployment";

  CloudOptions place() {
    return stage.place();
  }

  ResourceNames names() {
    return place().names();
  }

  private <T> T table(Function<ReceiverTable, T> question) {
    return place()
        .withClient(
            DynamoDbClient.builder(),
            client -> question.apply(new ReceiverTable(client, names().part(agent))));
  }

  @Override
  public Sent put(ScriptedAnswer... answers) {
    Sent sent = expect(Deliveries.newEvent(place().now()), answers);
    put(sent);
    return sent;
  }

  /** One that something else puts is answered like that. */
  Sent expect(Event event, ScriptedAnswer... answers) {
    table(
        table -> {
          table.expect(event.id().value(), List.of(answers));
          return event;
        });
    return new Sent(event.id().value(), new EventCodec().write(event));
  }

  /** Rules, besides the receiver's, that hand an event to more than a log. */
  List<String> others(Event event) {
    return new Audience(place())
        .of(event).stream().filter(rule -> !rule.equals(names().agent(agent))).toList();
  }

  @Override
  public void put(Sent event) {
    PutEventsRequestEntry entry =
        PutEventsRequestEntry.builder()
            .eventBusName(place().prefix())
            .source(SOURCE)
            .detailType(EVENT_TYPE)
            .detail(event.body())
            .build();
    PutEventsResultEntry result =
        place()
            .withClient(
                EventBridgeClient.builder(),
                client -> client.putEvents(put -> put.entries(entry)).entries().getFirst());
    if (result.errorCode() != null) {
      throw new CommandFailure(
          "the bus refused an event: " + result.errorCode() + ": " + result.errorMessage());
    }
  }

  @Override
  public List<ReceivedAttempt> attempts(Sent event) {
    return table(table -> table.attempts(event.id()));
  }

  @Override
  public Optional<DeadLetter> letter(Sent event) {
    LetterFilter filter =
        new LetterFilter(Set.of(), Set.of(), Optional.empty(), Set.of(event.id()));
    return letters(
        queue -> {
          try (QueueBrowser look = queue.look()) {
            return look.find(filter);
          }
        });
  }

  private <T> T letters(Function<DeadLetterQueue, T> question) {
    return place()
        .withClient(
            SqsClient.builder(),
            client ->
                question.apply(
                    new DeadLetterQueue(
                        client,
                        client
                            .getQueueUrl(get -> get.queueName(names().deadLetters(agent)))
                            .queueUrl())));
  }

  /** Calls a function of the stage's. */
  JsonNode call(String function, ObjectNode input) {
    return place()
        .withClient(
            LambdaClient.builder(),
            client ->
                place()
                    .caller(client)
                    .call(
                        function,
                        input,
                        () -> place().missingResource("function " + function),
                        ""));
  }

  @Override
  public String describeAbsence(Sent event) {
    String waited = "within " + patience.check().toSeconds() + " s";
    return letter(event)
        .map(letter -> waited + "; it is a dead letter: " + letter.code() + ": " + letter.message())
        .orElse(
            waited + ", and it is no dead letter; the log of " + names().relay() + " may say why");
  }
}
