package agentpost.cli.verification;

import agentpost.catalog.Directory;
import agentpost.cli.cloud.CloudOptions;
import agentpost.cli.cloud.Door;
import agentpost.ingest.SampleDelivery;
import agentpost.verification.Check;
import agentpost.verification.Deliveries;
import agentpost.verification.DeliveryChecks;
import agentpost.verification.Outcome;
import agentpost.verification.ReceivedAttempt;
import agentpost.verification.ScriptedAnswer;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Supplier;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/** What comes in from third parties. */
final class IngestChecks {
  /** After one more delivery. */
  private record Seen(Optional<Door.Answer> answer, List<ReceivedAttempt> attempts) {
    private boolean isTurnedAway() {
      return answer.filter(one -> one.status() == 403 && !one.isProblem()).isPresent();
    }
  }

  private IngestChecks() {}

  /** The last to be made: the door may take a minute to hear of the run's own mapping. */
  static List<Check<Probe>> all() {
    return List.of(
        new Check<>("ingest", "what no source signed is refused", 0, 0, IngestChecks::unsigned),
        new Check<>(
            "ingest",
            "what a source signed becomes an event, once however often it comes",
            1,
            1,
            IngestChecks::signed));
  }

  private static Set<String> sources(Probe probe) {
    return new DirectorySecret(probe.place(), probe.names().sourceDirectory())
        .read()
        .map(text -> Directory.read(text).keySet())
        .orElse(Set.of());
  }

  private static Door door(Probe probe, String source) {
    return new Door(probe.stage().apiUrl() + "/ingest/" + source);
  }

  private static Outcome unsigned(Probe probe) {
    Map<String, Outcome> outcomes = new TreeMap<>();
    for (String source : sources(probe)) {
      outcomes.put(source, DoorChecks.refused(door(probe, source)));
    }
    return outcomes.values().stream()
        .filter(outcome -> !(outcome instanceof Outcome.Passed))
        .findFirst()
        .orElseGet(
            () ->
                outcomes.isEmpty()
                    ? new Outcome.Skipped("the stage has no sources")
                    : new Outcome.Passed(String.join(", ", outcomes.keySet())));
  }

  private static Outcome signed(Probe probe) {
    Optional<MappingEntry.Sample> sample = new MappingEntry(probe.place(), probe.agent()).find();
    Optional<SampleDelivery> delivery = sample.flatMap(MappingEntry.Sample::sign);
    if (delivery.isEmpty()) {
      return new Outcome.Skipped(
          sources(probe).isEmpty()
              ? "the stage has no sources"
              : "deliveries of its sources cannot be made here");
    }
    List<String> others = probe.others(delivery.get().event());
    if (!others.isEmpty()) {
      return new Outcome.Skipped(
          String.join(", ", others) + " would hear " + delivery.get().event().type());
    }
    String source = sample.get().source().name().value();
    Deliveries.Sent event = probe.expect(delivery.get().event(), ScriptedAnswer.of(200));
    Supplier<Seen> deliver =
        () ->
            new Seen(
                sample
                    .flatMap(MappingEntry.Sample::sign)
                    .flatMap(now -> door(probe, source).post(now.headers(), now.body())),
                probe.attempts(event));
    Seen seen =
        probe
            .patience()
            .await(
                probe.patience().check(),
                deliver,
                now -> !now.attempts().isEmpty() || now.isTurnedAway());
    if (seen.attempts().isEmpty()) {
      return seen.isTurnedAway()
          ? new Outcome.Skipped("API Gateway turns away what comes from here")
          : new Outcome.Failed(
              source
                  + " answered "
                  + seen.answer().map(Door.Answer::status)
                  + "; nothing came "
                  + probe.describeAbsence(event));
    }
    Optional<Integer> again = deliver.get().answer().map(Door.Answer::status);
    return DeliveryChecks.arrivedOnce(probe, event) instanceof Outcome.Failed failed
        ? failed
        : new Outcome.Passed(
            source
                + "; delivered again it answered "
                + again.map(String::valueOf).orElse("nothing"));
  }

  /** The claim of the delivery that became an event; there may be none. */
  static void removeClaim(CloudOptions place, String agent) {
    new MappingEntry(place, agent)
        .find()
        .flatMap(
            sample ->
                sample
                    .sign()
                    .map(
                        delivery ->
                            Map.of(
                                "agent",
                                AttributeValue.fromS("ingest-" + sample.source().name()),
                                "event_id",
                                AttributeValue.fromS(delivery.event().id().value()))))
        .ifPresent(
            key ->
                place.withClient(
                    DynamoDbClient.builder(),
                    client ->
                        client.deleteItem(
                            delete -> delete.tableName(place.names().claims()).key(key))));
  }
}
