package agentpost.infra;

import static agentpost.catalog.EnvironmentVariables.AGENT_STATE_TABLE;
import static agentpost.catalog.EnvironmentVariables.CLAIMS_TABLE;
import static agentpost.catalog.EnvironmentVariables.PROCESSOR;
import static agentpost.catalog.EnvironmentVariables.PROCESSOR_SECRET_PREFIX;
import static agentpost.catalog.EnvironmentVariables.WORK_QUEUE_URL;

import agentpost.infra.catalog.Catalog.Work;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import software.amazon.awscdk.Duration;
import software.amazon.awscdk.services.iam.PolicyStatement;
import software.amazon.awscdk.services.lambda.CfnEventSourceMapping;
import software.amazon.awscdk.services.secretsmanager.Secret;
import software.amazon.awscdk.services.sqs.DeadLetterQueue;
import software.amazon.awscdk.services.sqs.Queue;
import software.amazon.awscdk.services.sqs.QueueEncryption;
import software.constructs.Construct;

/**
 * A processor's two functions, the one that accepts work and the one that does it, and the queue
 * between them.
 */
final class HostedProcessor extends Construct {
  private static final int ACCEPT_SECONDS = 15;
  static final int WORK_TIMEOUT_SECONDS = 25;

  /**
   * Lambda asks for six times the function's time-out, so that a batch that is throttled is not
   * given out again meanwhile.
   */
  private static final Duration VISIBILITY_TIMEOUT = Duration.seconds(6 * WORK_TIMEOUT_SECONDS);

  /** With the worker's backoff, some hours. */
  private static final int MAX_RECEIVES = 8;

  private static final int BATCH_SIZE = 5;
  private static final List<String> CLAIM =
      List.of("dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:DeleteItem");

  private final String name;
  private final StackContext foundation;

  HostedProcessor(
      Construct scope, String name, Work.Hosted work, Secret secret, StackContext foundation) {
    super(scope, "Processor-" + name);
    this.name = name;
    this.foundation = foundation;
    Queue queue = queue();
    JavaFunction accepting =
        function(
            "Accepting",
            foundation.names().part("process-data"),
            "agentpost.callback.ProcessDataHandler",
            ACCEPT_SECONDS,
            Map.of(WORK_QUEUE_URL, queue.getQueueUrl()));
    accepting.allowCallsFrom(foundation.api(), "/process-data");
    accepting.reads(foundation.vault(), secret.getSecretArn());
    accepting.allow(List.of("sqs:SendMessage"), queue.getQueueArn());
    accepting.allow(rows(foundation.tables().claims().getTableArn(), name, CLAIM));
    JavaFunction working =
        function(
            "Working",
            foundation.names().part(name),
            work.handler(),
            WORK_TIMEOUT_SECONDS,
            Map.of(
                WORK_QUEUE_URL,
                queue.getQueueUrl(),
                AGENT_STATE_TABLE,
                foundation.tables().agentState().getTableName()));
    foundation.outward().of(working);
    working.reads(foundation.vault(), secret.getSecretArn());
    working.allow(
        List.of(
            "sqs:ReceiveMessage",
            "sqs:DeleteMessage",
            "sqs:ChangeMessageVisibility",
            "sqs:GetQueueAttributes"),
        queue.getQueueArn());
    // That a request was accepted and that it is being worked on are two claims.
    working.allow(rows(foundation.tables().claims().getTableArn(), name + "-worker", CLAIM));
    working.allow(
        rows(
            foundation.tables().agentState().getTableArn(),
            name,
            List.of(
                "dynamodb:GetItem", "dynamodb:Query", "dynamodb:PutItem", "dynamodb:DeleteItem")));
    CfnEventSourceMapping mapping =
        CfnEventSourceMapping.Builder.create(this, "Source")
            .eventSourceArn(queue.getQueueArn())
            .functionName(working.aliasArn())
            .batchSize(BATCH_SIZE)
            // A message that fails comes again by itself; those beside it are done.
            .functionResponseTypes(List.of("ReportBatchItemFailures"))
            .scalingConfig(
                CfnEventSourceMapping.ScalingConfigProperty.builder()
                    .maximumConcurrency(work.concurrency())
                    .build())
            .build();
    mapping.getNode().addDependency(working);
  }

  private JavaFunction function(
      String id, String function, String handler, int seconds, Map<String, String> own) {
    Map<String, String> environment = new TreeMap<>(own);
    environment.put(PROCESSOR, name);
    environment.put(PROCESSOR_SECRET_PREFIX, foundation.names().processorSecrets());
    environment.put(CLAIMS_TABLE, foundation.tables().claims().getTableName());
    environment.putAll(foundation.outward().environment());
    return new JavaFunction(this, id, function, handler, foundation.zip(), seconds, environment);
  }

  private Queue queue() {
    Queue letters = new DeadLetters(this, foundation.names().deadLetters(name));
    return Queue.Builder.create(this, "Queue")
        .queueName(foundation.names().part(name))
        .retentionPeriod(Duration.days(4))
        .visibilityTimeout(VISIBILITY_TIMEOUT)
        .encryption(QueueEncryption.SQS_MANAGED)
        .enforceSsl(true)
        .deadLetterQueue(
            DeadLetterQueue.builder().queue(letters).maxReceiveCount(MAX_RECEIVES).build())
        .build();
  }

  /** The partition key of a processor's rows is its name, as an agent's is of its own. */
  private static PolicyStatement rows(String table, String key, List<String> actions) {
    return PolicyStatement.Builder.create()
        .actions(actions)
        .resources(List.of(table))
        .conditions(
            Map.of("ForAllValues:StringEquals", Map.of("dynamodb:LeadingKeys", List.of(key))))
        .build();
  }
}
