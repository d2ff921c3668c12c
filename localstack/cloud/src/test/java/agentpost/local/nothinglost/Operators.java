package agentpost.local.nothinglost;

import agentpost.catalog.AgentName;
import agentpost.deadletter.DeadLetter;
import agentpost.deadletter.DeadLetterQueue;
import agentpost.deadletter.LetterFilter;
import agentpost.deadletter.QueueBrowser;
import agentpost.deadletter.Redrive;
import agentpost.deadletter.Report;
import agentpost.delivery.SignedDelivery;
import agentpost.http.Request;
import agentpost.local.nothinglost.Journal.Wrong;
import agentpost.secrets.WebhookKeyStore;
import agentpost.signing.Signer;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.sqs.SqsClient;

/** What people do with dead letters, and what a stranger tries. */
final class Operators {
  /**
   * As {@code RedriveHandler} reckons: for an attempt with its waits, and for each letter to be
   * given back.
   */
  private static final long FINISH_RESERVE_MILLIS = 12_000;

  private static final long RELEASE_MILLIS_PER_LETTER = 5;

  /** One receive's worth: larger ones are made by several threads at once. */
  private static final int PAGE_SIZE = 10;

  private static final String STRANGERS_SECRET = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD";

  private final SimulatedDeployment world;
  private final Simulation simulation;
  private final Redrive redrive;

  Operators(SimulatedDeployment world, SignedDelivery delivery) {
    this.world = world;
    this.simulation = world.simulation();
    SqsClient queues = world.plant().redrivesQueues(world.sqs());
    this.redrive =
        new Redrive(
            agent -> new DeadLetterQueue(queues, url(agent.value())),
            delivery,
            simulation.functionsClock(),
            time -> simulation.running().orElseThrow().pause(time));
  }

  static String url(String agent) {
    return "https://sqs.us-east-1.amazonaws.com/000000000000/" + DeliveryNetwork.queue(agent);
  }

  void does(Schedule.Action action) {
    switch (action) {
      case Schedule.Action.Redrive order -> redrives(order.agent(), order(order));
      case Schedule.Action.Discard discard ->
          simulation.start(
              ProcessKind.PERSON, "discard from " + discard.agent(), () -> discards(discard));
      case Schedule.Action.Look look ->
          simulation.start(ProcessKind.PERSON, "look at " + look.agent(), () -> looks(look));
      case Schedule.Action.Forge forge ->
          simulation.start(ProcessKind.STRANGER, "stranger", () -> forges(forge));
    }
  }

  private static Redrive.Order order(Schedule.Action.Redrive order) {
    LetterFilter filters =
        order.onlyTimeOuts()
            ? new LetterFilter(Set.of("TIMEOUT"), Set.of(), Optional.empty(), Set.of())
            : LetterFilter.ALL;
    return new Redrive.Order(
        new AgentName(order.agent()),
        filters,
        order.rate(),
        order.most(),
        order.dryRun(),
        Set.of());
  }

  void redrivesAll(String agent) {
    redrives(
        agent,
        new Redrive.Order(new AgentName(agent), LetterFilter.ALL, 300, 1000, false, Set.of()));
  }

  /** As the command does: on and on, until a run says that there is no more. */
  private void redrives(String agent, Redrive.Order order) {
    simulation.start(
        ProcessKind.REDRIVE,
        "redrive of " + agent,
        () -> {
          simulation.journal().count("redrives");
          if (!letters(agent).isEmpty()) {
            simulation.journal().count("redrives with letters");
            if (letters(agent).stream().anyMatch(letter -> !letter.isVisible(simulation.now()))) {
              simulation.journal().count("redrives beside someone else");
            }
          }
          Report report;
          try {
            report = run(order);
          } catch (SdkException e) {
            // The function fails; what it held comes back by itself.
            simulation.tell(() -> "fails: " + e);
            return;
          }
          report
              .outcomes()
              .forEach(
                  outcome ->
                      simulation.journal().count("redrive: " + outcome.getClass().getSimpleName()));
          simulation.journal().count("redrive ends: " + report.stopReason());
          simulation.tell(
              () ->
                  "ends with "
                      + report.stopReason()
                      + ": "
                      + report.outcomes().stream()
                          .map(one -> one.getClass().getSimpleName() + " " + one.letter().eventId())
                          .toList());
          assertNothingHeld(agent);
          if (report.hasMore()) {
            Set<String> all = new HashSet<>(order.attempted());
            report.outcomes().stream()
                .filter(outcome -> !(outcome instanceof Report.Outcome.Delivered))
                .forEach(outcome -> all.add(outcome.letter().messageId()));
            redrives(
                agent,
                new Redrive.Order(
                    order.agent(),
                    order.filters(),
                    order.rate(),
                    order.max(),
                    order.dryRun(),
                    all));
          }
        });
  }

  private Report run(Redrive.Order order) {
    Instant end = simulation.now().plus(ProcessKind.REDRIVE.lifetime.orElseThrow());
    try {
      return redrive.run(
          order,
          held ->
              Duration.between(simulation.now(), end).toMillis()
                  > FINISH_RESERVE_MILLIS + held * RELEASE_MILLIS_PER_LETTER);
    } catch (InterruptedException e) {
      throw new IllegalStateException("Nobody interrupts here", e);
    }
  }

  private List<MemoryQueue.Lying> letters(String agent) {
    return world.sqs().named(DeliveryNetwork.queue(agent)).lying();
  }

  /** Whoever ends as it should has given back what it has not deleted. */
  void assertNothingHeld(String agent) {
    Program process = simulation.running().orElseThrow();
    List<String> held = new ArrayList<>();
    for (MemoryQueue.Lying letter : letters(agent)) {
      if (letter.receiver().filter(process::equals).isPresent()
          && !letter.isVisible(simulation.now())) {
        held.add(letter.id());
      }
    }
    if (!held.isEmpty() && !process.isDisturbed()) {
      simulation.violated(Wrong.HELD_BY_NOBODY, process + " has ended and still hides " + held);
    }
  }

  /** The lines of {@code dlq discard} after its options. */
  private void discards(Schedule.Action.Discard order) {
    simulation.journal().count("discards");
    DeadLetterQueue queue = new DeadLetterQueue(world.sqs(), url(order.agent()));
    try (QueueBrowser look = queue.look()) {
      List<DeadLetter> letters = new ArrayList<>();
      for (List<DeadLetter> page = look.page(PAGE_SIZE);
          !page.isEmpty();
          page = look.page(PAGE_SIZE)) {
        page.stream()
            .filter(_ -> simulation.dice().nextInt(10) < order.ofTen())
            .forEach(letters::add);
      }
      simulation.running().orElseThrow().pause(order.thinking());
      letters.forEach(queue::delete);
    } catch (SdkException e) {
      simulation.tell(() -> "fails: " + e);
      return;
    }
    assertNothingHeld(order.agent());
  }

  private void looks(Schedule.Action.Look order) {
    simulation.journal().count("looks");
    try (QueueBrowser look = new DeadLetterQueue(world.sqs(), url(order.agent())).look()) {
      for (List<DeadLetter> page = look.page(PAGE_SIZE);
          !page.isEmpty();
          page = look.page(PAGE_SIZE)) {
        simulation.running().orElseThrow().pause(order.reading());
      }
    } catch (SdkException e) {
      simulation.tell(() -> "fails: " + e);
      return;
    }
    assertNothingHeld(order.agent());
  }

  /**
   * The event as it is or will be, with a signature by another secret, of another time, or none.
   */
  private void forges(Schedule.Action.Forge order) {
    simulation.journal().count("forgeries");
    byte[] body = world.body(order.event());
    Map<String, List<String>> headers = new HashMap<>();
    int how = simulation.dice().nextInt(3);
    String secret = how == 0 ? Configuration.SECRET : STRANGERS_SECRET;
    Instant signedAt = how == 0 ? simulation.now().minus(Duration.ofMinutes(10)) : simulation.now();
    if (how < 2) {
      new Signer(WebhookKeyStore.parse(secret))
          .standard(Schedule.ROOT + order.event(), signedAt, body)
          .forEach((name, value) -> headers.put(name, List.of(value)));
    }
    try {
      world
          .agents()
          .asked(
              new Request(
                  "POST", "/webhooks/" + order.agent(), Map.of(), headers, body, "127.0.0.1"),
              Duration.ofSeconds(30),
              true);
    } catch (IOException e) {
      simulation.tell(() -> "hears nothing: " + e);
    }
  }
}
