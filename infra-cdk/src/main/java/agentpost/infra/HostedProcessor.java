package agentpost.infra;

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

/** A processor's two functions, the one that accepts work and the one that does it, and the queue between them. */
final class HostedProcessor extends Construct {
  private static final int ACCEPT_SECONDS = 15;
  private static final int WORK_SECONDS = 25;

  /** Lambda asks for six times the function's time-out, so that a batch that is throttled is not given out again meanwhile. */
  private static final Duration VISIBILITY = Duration.seconds(6 * WORK_SECONDS);

  /** With the worker's backoff, some hours. */
  private static final int MOST_RECEIVES = 8;

  private static final int BATCH = 5;

  private final String name;
  private final Foundation foundation;

  HostedProcessor(Construct scope, String name, Work.Hosted work, Secret secret, Foundation foundation) {
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
            Map.of("WORK_QUEUE_URL", queue.getQueueUrl()));
    accepting.callableBy(foundation.api(), "/process-data");
    accepting.allow(List.of("secretsmanager:GetSecretValue"), secret.getSecretArn());
    accepting.allow(List.of("sqs:SendMessage"), queue.getQueueArn());
    accepting.allow(ownRows(foundation.tables().claims().getTableArn(), "dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:DeleteItem"));
    JavaFunction working =
        function(
            "Working",
            foundation.names().part(name),
            work.handler(),
            WORK_SECONDS,
            Map.of("WORK_QUEUE_URL", queue.getQueueUrl(), "AGENT_STATE_TABLE", foundation.tables().agentState().getTableName()));
    working.allow(List.of("secretsmanager:GetSecretValue"), secret.getSecretArn());
    working.allow(
        List.of("sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:ChangeMessageVisibility", "sqs:GetQueueAttributes"), queue.getQueueArn());
    working.allow(ownRows(foundation.tables().claims().getTableArn(), "dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:DeleteItem"));
    working.allow(
        ownRows(
            foundation.tables().agentState().getTableArn(),
            "dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:DeleteItem", "dynamodb:Query"));
    CfnEventSourceMapping mapping =
        CfnEventSourceMapping.Builder.create(this, "Source")
            .eventSourceArn(queue.getQueueArn())
            .functionName(working.aliasArn())
            .batchSize(BATCH)
            // A message that fails comes again by itself; those beside it are done.
            .functionResponseTypes(List.of("ReportBatchItemFailures"))
            .scalingConfig(CfnEventSourceMapping.ScalingConfigProperty.builder().maximumConcurrency(work.concurrency()).build())
            .build();
    mapping.getNode().addDependency(working);
  }

  private JavaFunction function(String id, String function, String handler, int seconds, Map<String, String> own) {
    Map<String, String> environment = new TreeMap<>(own);
    environment.put("PROCESSOR", name);
    environment.put("PROCESSORS", name);
    environment.put("PROCESSOR_SECRET_PREFIX", foundation.names().processorSecrets());
    environment.put("CLAIMS_TABLE", foundation.tables().claims().getTableName());
    environment.put("CALLBACK_ALLOWED_PORTS", "443");
    return new JavaFunction(this, id, function, handler, foundation.zip(), seconds, environment);
  }

  private Queue queue() {
    Queue letters =
        Queue.Builder.create(this, "DeadLetters")
            .queueName(foundation.names().part(name) + "-dlq")
            .retentionPeriod(Duration.days(14))
            .encryption(QueueEncryption.SQS_MANAGED)
            .enforceSsl(true)
            .build();
    Explained.on(letters, "AwsSolutions-SQS3", "This is a dead-letter queue");
    return Queue.Builder.create(this, "Queue")
        .queueName(foundation.names().part(name))
        .retentionPeriod(Duration.days(4))
        .visibilityTimeout(VISIBILITY)
        .encryption(QueueEncryption.SQS_MANAGED)
        .enforceSsl(true)
        .deadLetterQueue(DeadLetterQueue.builder().queue(letters).maxReceiveCount(MOST_RECEIVES).build())
        .build();
  }

  /** A processor's name is the partition key of its rows, as an agent's is of its own. */
  private PolicyStatement ownRows(String table, String... actions) {
    return PolicyStatement.Builder.create()
        .actions(List.of(actions))
        .resources(List.of(table))
        .conditions(Map.of("ForAllValues:StringEquals", Map.of("dynamodb:LeadingKeys", List.of(name))))
        .build();
  }
}
