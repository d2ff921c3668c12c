package agentpost.local.nothinglost;

import static java.nio.charset.StandardCharsets.UTF_8;

import agentpost.delivery.GivenRelay;
import agentpost.delivery.SignedDelivery;
import agentpost.event.CorrelationId;
import agentpost.event.Event;
import agentpost.event.EventCodec;
import agentpost.event.EventId;
import agentpost.http.Request;
import agentpost.http.Response;
import agentpost.local.nothinglost.Journal.Wrong;
import agentpost.local.nothinglost.Ledger.Pair;
import agentpost.local.nothinglost.Ledger.Place;
import agentpost.platform.Platform;
import agentpost.testing.FakeHttp;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/**
 * One schedule, run from its first event until all is well again and everything has come to rest.
 */
final class SimulatedDeployment {
  static final String CLAIMS = "agentpost-claims";
  static final String HEALTH = "agentpost-health";

  private static final Duration A_DAY = Duration.ofHours(24);

  /**
   * After it a letter that a dead redrive held is visible again, and a dead function's lease has
   * run out.
   */
  private static final Duration A_WHILE = Duration.ofMinutes(5);

  private static final int MAX_ROUNDS = 8;

  private final Schedule schedule;
  private final SeededBug plant;
  private final Journal journal;
  private final Simulation simulation;
  private final UnreliableLink line;
  private final MemoryTable tables;
  private final MemorySqs sqs;
  private final Ledger ledger;
  private final Configuration configuration;
  private final DeliveryNetwork post;
  private final Agents agents;
  private final Operators people;
  private final GivenRelay relay;
  private final Recoverer recoverer;
  private final EventCodec codec = new EventCodec();

  /**
   * @param told whether the journal is to have every step in words
   */
  SimulatedDeployment(Schedule schedule, SeededBug plant, boolean told) {
    this.schedule = schedule;
    this.plant = plant;
    this.journal = new Journal(told);
    SplittableRandom dice = new SplittableRandom(~schedule.seed());
    this.simulation = new Simulation(dice, journal, schedule.rates());
    this.line = new UnreliableLink(simulation);
    this.tables =
        new MemoryTable(
            simulation, Map.of(CLAIMS, List.of("agent", "event_id"), HEALTH, List.of("agent")));
    this.sqs = new MemorySqs(simulation, this::deleted);
    schedule
        .agents()
        .forEach(
            agent -> sqs.create(DeliveryNetwork.queue(agent.name()), new FlakyQueue(simulation)));
    this.ledger =
        new Ledger(
            simulation,
            this::letters,
            this::isMarkedDone,
            name ->
                schedule.agents().stream()
                    .anyMatch(agent -> agent.name().equals(name) && agent.hosted()));
    this.configuration = new Configuration(simulation, schedule, tables);
    this.post =
        new DeliveryNetwork(
            simulation,
            schedule,
            sqs,
            ledger,
            (request, within) ->
                line.call(
                    new UnreliableLink.Callee(
                        ProcessKind.RELAY,
                        "relay to " + agentOf(request),
                        false,
                        () -> relayed(request)),
                    within),
            Configuration.KEY);
    this.agents = new Agents(this);
    FakeHttp.TimedSide asked = (request, within) -> agents.asked(request, within, false);
    this.relay = new GivenRelay(platform(plant.relaysFar(asked)), simulation.dice()::nextDouble);
    this.recoverer = new Recoverer(this, platform(plant.redrivesFar(this, asked)));
    Platform redriving = platform(plant.redrivesFar(this, asked));
    this.people =
        new Operators(
            this,
            SignedDelivery.from(
                redriving,
                Configuration.SECRET_PREFIX,
                GivenRelay.directory(redriving, Configuration.DIRECTORY)));
  }

  private Platform platform(FakeHttp.TimedSide far) {
    return new Platform(
        Configuration.ENVIRONMENT,
        simulation.functionsClock(),
        configuration,
        FakeHttp.timed(far),
        _ -> {});
  }

  Schedule schedule() {
    return schedule;
  }

  SeededBug plant() {
    return plant;
  }

  Simulation simulation() {
    return simulation;
  }

  UnreliableLink line() {
    return line;
  }

  MemoryTable tables() {
    return tables;
  }

  MemorySqs sqs() {
    return sqs;
  }

  Ledger ledger() {
    return ledger;
  }

  Configuration configuration() {
    return configuration;
  }

  DeliveryNetwork post() {
    return post;
  }

  Operators people() {
    return people;
  }

  Agents agents() {
    return agents;
  }

  private static String agentOf(Request delivery) {
    return delivery.path().substring("/deliveries/".length());
  }

  private Response relayed(Request request) {
    Map<String, String> parameters = Map.of("agent", agentOf(request));
    Response response =
        relay.deliver(
            new Request(
                request.method(),
                request.path(),
                parameters,
                request.headers(),
                request.body(),
                request.sourceIp()));
    boolean isOpen = new String(response.body(), UTF_8).contains("circuit-open");
    if (isOpen) {
      journal.count("relay: circuit open");
    }
    return isOpen ? plant.circuitOpen(response) : response;
  }

  private Event event(int number) {
    ObjectNode data =
        JsonNodeFactory.instance
            .objectNode()
            .put("user_id", "usr-" + number)
            .put("email", "ada@example.com")
            .put("plan", "free");
    Event.Metadata metadata =
        new Event.Metadata(
            "authentication_service", new CorrelationId("corr-" + number), Optional.empty(), 1);
    return new Event(
        new EventId(Schedule.ROOT + number),
        Schedule.SIGN_UP,
        Simulation.START.plus(schedule.puts().get(number)),
        data,
        metadata);
  }

  byte[] body(int event) {
    return codec.write(event(event)).getBytes(UTF_8);
  }

  private int letters(Pair pair) {
    return (int)
        sqs.named(DeliveryNetwork.queue(pair.agent)).lying().stream()
            .filter(letter -> DeliveryNetwork.idIn(letter.body()).equals(pair.eventId))
            .count();
  }

  private boolean isMarkedDone(Pair pair) {
    Map<String, AttributeValue> key =
        Map.of(
            "agent",
            AttributeValue.fromS(pair.agent),
            "event_id",
            AttributeValue.fromS(pair.eventId));
    return tables
        .attribute(CLAIMS, key, "status")
        .filter(status -> "DONE".equals(status.s()))
        .isPresent();
  }

  private void deleted(MemoryQueue queue, MemoryQueue.Lying letter) {
    boolean onPurpose =
        simulation.actor().filter(process -> process.kind() == ProcessKind.PERSON).isPresent();
    boolean byItself =
        simulation.actor().filter(process -> process.kind() == ProcessKind.RECOVERY).isPresent();
    journal.count(
        onPurpose ? "letters discarded" : byItself ? "letters recovered" : "letters redriven");
    ledger.deleted(
        DeliveryNetwork.agent(queue.name()), DeliveryNetwork.idIn(letter.body()), onPurpose);
  }

  /** Runs it all. What is wrong, if anything is, is in the journal. */
  Journal run() {
    simulation.tell(() -> schedule.toString());
    for (int i = 0; i < schedule.puts().size(); i++) {
      int number = i;
      simulation.at(schedule.puts().get(i), () -> post.put(event(number)));
    }
    schedule.actions().forEach(action -> simulation.at(action.at(), () -> people.does(action)));
    recoverer.runs(schedule.recovers());
    simulation.pass(schedule.length());
    if (journal.violation().isEmpty()) {
      ledger
          .pairs()
          .forEach(pair -> journal.count("at the end of the trouble: " + ledger.place(pair)));
      simulation.tell(() -> "--- all is well from here on");
      settle();
    }
    simulation.end();
    return journal;
  }

  private void settle() {
    simulation.rates(Rates.CALM);
    simulation.pass(A_DAY.plus(A_WHILE));
    if (!post.isQuiet()) {
      simulation.violated(Wrong.NOT_SETTLED, "deliveries go on a day after all is well");
    }
    schedule.agents().stream()
        .filter(Schedule.AgentPlan::recovery)
        .forEach(agent -> recoverer.assertRecovered(agent.name()));
    for (int round = 0;
        round < MAX_ROUNDS && ledger.pairs().stream().anyMatch(this::isStillToGo);
        round++) {
      schedule.agents().forEach(agent -> people.redrivesAll(agent.name()));
      simulation.pass(A_WHILE);
    }
    ledger.pairs().forEach(this::assertSettled);
    journal.count("pairs", ledger.pairs().size());
  }

  /** There is a letter that an agent would take. */
  private boolean isStillToGo(Pair pair) {
    return letters(pair) > 0
        && !(schedule.isRefusedForGood(pair.agent, pair.eventId)
            && ledger.place(pair) == Place.IN_QUEUE);
  }

  private void assertSettled(Pair pair) {
    Place place = ledger.place(pair);
    journal.count("in the end: " + place);
    switch (place) {
      case NOWHERE -> simulation.violated(Wrong.LOST, pair + " is nowhere in the end");
      case IN_RETRY -> simulation.violated(Wrong.NOT_SETTLED, pair + " is in retry for ever");
      case ACTED_ON, IN_QUEUE, DISCARDED -> {
        if (isStillToGo(pair)) {
          simulation.violated(
              Wrong.NOT_SETTLED,
              pair + " lies in the queue after " + MAX_ROUNDS + " redrives, and is " + place);
        }
        if (pair.isHosted()
            && !pair.isDiscarded()
            && isMarkedDone(pair) != (place == Place.ACTED_ON)) {
          simulation.violated(
              Wrong.NOT_SETTLED, pair + " is " + place + ", and its claim says otherwise");
        }
      }
    }
  }
}
