package agentpost.deadletter;

import static agentpost.catalog.EnvironmentVariables.AGENT_DIRECTORY;
import static agentpost.catalog.EnvironmentVariables.AGENT_SECRET_PREFIX;
import static agentpost.catalog.EnvironmentVariables.BUS_NAME;
import static agentpost.catalog.EnvironmentVariables.DEAD_LETTER_QUEUE_PREFIX;
import static agentpost.catalog.EnvironmentVariables.HEALTH_TABLE;

import agentpost.catalog.AgentName;
import agentpost.catalog.ResourceNames;
import agentpost.delivery.AgentDirectory;
import agentpost.delivery.CircuitBreaker;
import agentpost.delivery.SignedDelivery;
import agentpost.health.HealthTable;
import agentpost.health.OutageAnnouncer;
import agentpost.health.RecoveryStore;
import agentpost.health.SuspensionAnnouncer;
import agentpost.platform.Environment;
import agentpost.platform.Platform;
import agentpost.publish.EventBridgePublisher;
import agentpost.publish.Publisher;
import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestHandler;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import software.amazon.awssdk.services.sqs.SqsClient;

/**
 * Run every minute, with any input: sends out again what failed for a reason that has passed.
 * Environment: DEAD_LETTER_QUEUE_PREFIX, AGENT_SECRET_PREFIX, AGENT_DIRECTORY, HEALTH_TABLE,
 * BUS_NAME.
 */
public final class RecoveryHandler
    implements RequestHandler<Map<String, Object>, Map<String, Object>> {
  /** For one attempt with its waits, for giving back what is held, and for outages and metrics. */
  private static final int FINISH_RESERVE_MILLIS = 15_000;

  private static final int RELEASE_MILLIS_PER_LETTER = 5;

  private final Recovery recovery;
  private final LetterMetrics metrics;

  public RecoveryHandler() {
    this(Platform.lambda());
  }

  public RecoveryHandler(Platform platform) {
    Environment environment =
        Environment.require(
            platform.environment(),
            DEAD_LETTER_QUEUE_PREFIX,
            AGENT_SECRET_PREFIX,
            AGENT_DIRECTORY,
            HEALTH_TABLE,
            BUS_NAME);
    AgentDirectory agents = AgentDirectory.from(platform, environment.get(AGENT_DIRECTORY));
    CircuitBreaker breaker =
        CircuitBreaker.from(
            platform, SignedDelivery.from(platform, environment.get(AGENT_SECRET_PREFIX), agents));
    Function<AgentName, DeadLetterQueue> queues =
        queues(platform, environment.get(DEAD_LETTER_QUEUE_PREFIX));
    HealthTable table = HealthTable.from(platform);
    RecoveryStore recoveries = new RecoveryStore(table, platform.clock(), platform.deadlines());
    RecoveryTurn turn =
        new RecoveryTurn(
            new Redrive(
                queues, breaker::deliver, platform.clock(), Thread::sleep, Redrive.MAX_IN_FLIGHT),
            recoveries,
            Thread::sleep,
            platform.log());
    this.metrics = new LetterMetrics(environment.get(BUS_NAME), platform.clock(), platform.log());
    Publisher bus = EventBridgePublisher.from(platform, environment.get(BUS_NAME));
    this.recovery =
        new Recovery(
            new Recovery.Parts(
                agents::findAll,
                queues,
                table,
                recoveries,
                turn,
                new OutageAnnouncer(table, bus, platform.log()),
                new SuspensionAnnouncer(table, bus, platform.log()),
                metrics,
                platform.clock(),
                platform.deadlines(),
                platform.log()),
            Recovery.MAX_PARALLEL_AGENTS);
  }

  private static Function<AgentName, DeadLetterQueue> queues(Platform platform, String prefix) {
    SqsClient sqs = platform.aws().create(SqsClient.builder());
    Map<AgentName, DeadLetterQueue> known = new ConcurrentHashMap<>();
    return agent ->
        known.computeIfAbsent(
            agent,
            _ ->
                new DeadLetterQueue(
                    sqs,
                    sqs.getQueueUrl(
                            get -> get.queueName(ResourceNames.deadLetters(prefix, agent.value())))
                        .queueUrl()));
  }

  @Override
  public Map<String, Object> handleRequest(Map<String, Object> event, Context context) {
    try {
      Duration left = Duration.ofMillis(context.getRemainingTimeInMillis() - FINISH_RESERVE_MILLIS);
      recovery.run(
          left,
          held ->
              context.getRemainingTimeInMillis()
                  > FINISH_RESERVE_MILLIS + held * RELEASE_MILLIS_PER_LETTER);
      metrics.countRun();
      return Map.of();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(
          "The run was interrupted; what it held comes back within two minutes", e);
    }
  }
}
