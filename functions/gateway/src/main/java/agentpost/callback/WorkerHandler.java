package agentpost.callback;

import static agentpost.catalog.EnvironmentVariables.AGENT_STATE_TABLE;
import static agentpost.catalog.EnvironmentVariables.CLAIMS_TABLE;
import static agentpost.catalog.EnvironmentVariables.PROCESSOR;
import static agentpost.catalog.EnvironmentVariables.PROCESSOR_SECRET_PREFIX;
import static agentpost.catalog.EnvironmentVariables.WORK_QUEUE_URL;

import agentpost.catalog.AgentName;
import agentpost.delivery.GuardedPost;
import agentpost.operations.Processor;
import agentpost.platform.Environment;
import agentpost.platform.Platform;
import agentpost.secrets.SecretStore;
import agentpost.secrets.WebhookKeyStore;
import agentpost.webhook.ClaimStore;
import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestHandler;
import com.amazonaws.services.lambda.runtime.events.SQSBatchResponse;
import com.amazonaws.services.lambda.runtime.events.SQSEvent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.sqs.SqsClient;

/**
 * Does what the work queue holds. Whoever hosts a processor extends this with it. The event source
 * must have ReportBatchItemFailures. Environment: PROCESSOR, PROCESSOR_SECRET_PREFIX, CLAIMS_TABLE,
 * AGENT_STATE_TABLE, WORK_QUEUE_URL, CALLBACK_ALLOWED_PORTS (443 if absent), ALLOWED_ADDRESSES
 * (none if absent).
 */
public abstract class WorkerHandler implements RequestHandler<SQSEvent, SQSBatchResponse> {
  /** To report a batch in when a message of it hangs. */
  private static final Duration REPORT_RESERVE = Duration.ofSeconds(2);

  private final Worker worker;
  private final WorkQueue queue;
  private final Platform platform;

  /**
   * @param processor from the variables above, once they are all there
   */
  protected WorkerHandler(Platform platform, Function<Environment, Processor> processor) {
    Environment environment = environment(platform);
    AgentName name = new AgentName(environment.get(PROCESSOR));
    DynamoDbClient tables = platform.aws().create(DynamoDbClient.builder());
    this.platform = platform;
    this.queue =
        new WorkQueue(platform.aws().create(SqsClient.builder()), environment.get(WORK_QUEUE_URL));
    this.worker =
        new Worker(
            new Worker.Parts(
                name,
                processor.apply(environment),
                new ClaimStore(
                    tables,
                    environment.get(CLAIMS_TABLE),
                    new AgentName(name + "-worker"),
                    platform.clock()),
                new WorkResultStore(
                    tables, environment.get(AGENT_STATE_TABLE), name, platform.clock()),
                new WebhookKeyStore(SecretStore.from(platform)),
                environment.get(PROCESSOR_SECRET_PREFIX) + name,
                GuardedPost.from(platform),
                () -> ThreadLocalRandom.current().nextDouble(),
                platform.clock(),
                platform.log()));
  }

  private static Environment environment(Platform platform) {
    return Environment.require(
        platform.environment(),
        PROCESSOR,
        PROCESSOR_SECRET_PREFIX,
        CLAIMS_TABLE,
        AGENT_STATE_TABLE,
        WORK_QUEUE_URL);
  }

  /**
   * Each message on a thread of its own: one that hangs holds up no other, and counts as failed
   * when the time is up.
   */
  @Override
  public final SQSBatchResponse handleRequest(SQSEvent event, Context context) {
    Duration within = Duration.ofMillis(context.getRemainingTimeInMillis()).minus(REPORT_RESERVE);
    List<SQSEvent.SQSMessage> messages = event.getRecords();
    List<SQSBatchResponse.BatchItemFailure> failures = new ArrayList<>();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Callable<Boolean>> attempts =
          messages.stream()
              .<Callable<Boolean>>map(message -> () -> isFinished(message, within))
              .toList();
      List<Future<Boolean>> all =
          threads.invokeAll(attempts, Math.max(1, within.toMillis()), TimeUnit.MILLISECONDS);
      for (int i = 0; i < messages.size(); i++) {
        Future<Boolean> attempt = all.get(i);
        if (attempt.state() != Future.State.SUCCESS || !attempt.resultNow()) {
          failures.add(new SQSBatchResponse.BatchItemFailure(messages.get(i).getMessageId()));
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return new SQSBatchResponse(
          messages.stream()
              .map(message -> new SQSBatchResponse.BatchItemFailure(message.getMessageId()))
              .toList());
    }
    return new SQSBatchResponse(failures);
  }

  private boolean isFinished(SQSEvent.SQSMessage message, Duration within) {
    int attempts =
        Integer.parseInt(message.getAttributes().getOrDefault("ApproximateReceiveCount", "1"));
    return switch (worker.work(message.getBody(), attempts, within.plus(REPORT_RESERVE))) {
      case Worker.WorkOutcome.Finished _ -> true;
      case Worker.WorkOutcome.RetryLater(var after, _, _) -> {
        try {
          queue.retry(message.getReceiptHandle(), after);
        } catch (SdkException e) {
          // It comes again when the queue's own visibility time-out is over.
          platform
              .log()
              .accept(
                  "{\"message\":\"visibility not changed\",\"reason\":\""
                      + e.getClass().getSimpleName()
                      + "\"}");
        }
        yield false;
      }
    };
  }
}
