package agentpost.local.nothinglost;

import agentpost.deadletter.GivenRecovery;
import agentpost.delivery.AgentDirectory;
import agentpost.delivery.CircuitBreaker;
import agentpost.delivery.GivenRelay;
import agentpost.delivery.SignedDelivery;
import agentpost.directory.DirectoryUnavailableException;
import agentpost.local.nothinglost.Journal.Wrong;
import agentpost.platform.Platform;
import agentpost.publish.EventBridgePublisher;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/** The recovery, by its schedule. */
final class Recoverer {
  private static final Duration PUBLISHER_BACKOFF = Duration.ofMillis(100);

  private final SimulatedDeployment world;
  private final Simulation simulation;
  private final GivenRecovery recovery;

  Recoverer(SimulatedDeployment world, Platform platform) {
    this.world = world;
    this.simulation = world.simulation();
    AgentDirectory agents = GivenRelay.directory(platform, Configuration.DIRECTORY);
    CircuitBreaker breaker =
        GivenRelay.breaker(
            platform,
            SignedDelivery.from(platform, Configuration.SECRET_PREFIX, agents),
            simulation.dice()::nextDouble);
    this.recovery =
        new GivenRecovery(
            platform,
            agents,
            breaker,
            world.plant().redrivesQueues(world.sqs()),
            Operators::url,
            new EventBridgePublisher(
                world.post().client(), "agentpost", _ -> pause(PUBLISHER_BACKOFF)),
            this::pause);
  }

  private void pause(Duration time) {
    simulation.running().orElseThrow().pause(time);
  }

  /**
   * For ever. While there is no letter and there is no outage, a run would only see that, and is
   * left out.
   */
  void runs(Duration every) {
    simulation.at(
        every,
        () -> {
          boolean hasLetters =
              world.schedule().agents().stream()
                  .anyMatch(
                      agent ->
                          !world
                              .sqs()
                              .named(DeliveryNetwork.queue(agent.name()))
                              .lying()
                              .isEmpty());
          if (hasLetters || world.tables().hasRowWith(SimulatedDeployment.HEALTH, "outage_since")) {
            simulation.start(ProcessKind.RECOVERY, "recovery", this::run);
            if (simulation.strikes(simulation.rates().copies())) {
              // Scheduler, too, delivers at least once.
              simulation.journal().count("recoveries beside each other");
              simulation.start(ProcessKind.RECOVERY, "recovery", this::run);
            }
          }
          runs(every);
        });
  }

  /**
   * Nothing is left that could have gone out by itself: not what failed for a reason that has
   * passed and that the agent has not refused since.
   */
  void assertRecovered(String agent) {
    List<String> refused =
        world
            .tables()
            .attribute(
                SimulatedDeployment.HEALTH,
                Map.of("agent", AttributeValue.fromS(agent)),
                "refused_ids")
            .map(AttributeValue::ss)
            .orElse(List.of());
    for (MemoryQueue.Lying letter : world.sqs().named(DeliveryNetwork.queue(agent)).lying()) {
      if (GivenRecovery.isPassing(MemorySqs.message(letter)) && !refused.contains(letter.id())) {
        simulation.violated(
            Wrong.NOT_SETTLED,
            letter.id()
                + " of "
                + DeliveryNetwork.idIn(letter.body())
                + " could have gone out by itself in the day since all is well");
      }
    }
  }

  private void run() {
    simulation.journal().count("recoveries");
    Instant end = simulation.now().plus(ProcessKind.RECOVERY.lifetime.orElseThrow());
    try {
      recovery.run(() -> Duration.between(simulation.now(), end).toMillis());
    } catch (InterruptedException e) {
      throw new IllegalStateException("Nobody interrupts here", e);
    } catch (SdkException | DirectoryUnavailableException e) {
      // The function fails, and runs again in a minute.
      simulation.tell(() -> "fails: " + e);
      return;
    }
    world.schedule().agents().forEach(agent -> world.people().assertNothingHeld(agent.name()));
  }
}
