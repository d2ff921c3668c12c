package agentpost.deadletter;

import agentpost.delivery.AgentDirectory;
import agentpost.delivery.CircuitBreaker;
import agentpost.health.HealthTable;
import agentpost.health.OutageAnnouncer;
import agentpost.health.RecoveryStore;
import agentpost.health.SuspensionAnnouncer;
import agentpost.platform.Platform;
import agentpost.publish.Publisher;
import java.time.Duration;
import java.util.function.Function;
import java.util.function.LongSupplier;
import software.amazon.awssdk.services.sqs.SqsClient;
import software.amazon.awssdk.services.sqs.model.Message;

/**
 * The recovery as {@link RecoveryHandler} puts it together, but with its waits given, and one agent
 * after the other.
 */
public final class GivenRecovery {
  /** As the handler's. */
  private static final long FINISH_RESERVE_MILLIS = 15_000;

  private static final long RELEASE_MILLIS_PER_LETTER = 5;

  private final Recovery recovery;

  /**
   * @param url of an agent's queue
   */
  public GivenRecovery(
      Platform platform,
      AgentDirectory agents,
      CircuitBreaker breaker,
      SqsClient sqs,
      Function<String, String> url,
      Publisher publisher,
      Redrive.Pause pause) {
    HealthTable table = HealthTable.from(platform);
    RecoveryStore recoveries = new RecoveryStore(table, platform.clock(), platform.deadlines());
    Redrive redrive =
        new Redrive(
            agent -> new DeadLetterQueue(sqs, url.apply(agent.value())),
            breaker::deliver,
            platform.clock(),
            pause,
            1);
    this.recovery =
        new Recovery(
            new Recovery.Parts(
                agents::findAll,
                agent -> new DeadLetterQueue(sqs, url.apply(agent.value())),
                table,
                recoveries,
                new RecoveryTurn(redrive, recoveries, pause, platform.log()),
                new OutageAnnouncer(table, publisher, platform.log()),
                new SuspensionAnnouncer(table, publisher, platform.log()),
                new LetterMetrics("agentpost", platform.clock(), platform.log()),
                platform.clock(),
                platform.deadlines(),
                platform.log()),
            1);
  }

  /** Whether a letter failed for a reason that passes, so that it goes out by itself. */
  public static boolean isPassing(Message letter) {
    return TransientFailure.is(DeadLetter.of(letter));
  }

  /**
   * @param left milliseconds until the function is stopped
   */
  public void run(LongSupplier left) throws InterruptedException {
    recovery.run(
        Duration.ofMillis(left.getAsLong() - FINISH_RESERVE_MILLIS),
        held -> left.getAsLong() > FINISH_RESERVE_MILLIS + held * RELEASE_MILLIS_PER_LETTER);
  }
}
