package agentpost.infra;

import software.amazon.awscdk.Duration;
import software.amazon.awscdk.RemovalPolicy;
import software.amazon.awscdk.services.sqs.Queue;
import software.amazon.awscdk.services.sqs.QueueEncryption;
import software.amazon.awscdk.services.sqs.QueueProps;
import software.constructs.Construct;

/**
 * Where what could not be delivered or handled waits, as long as SQS keeps anything; also when who
 * it was for has left the catalog, or the stack is gone (ADR 31).
 */
final class DeadLetters extends Queue {
  /** SQS keeps no message longer. */
  static final Duration RETENTION = Duration.days(14);

  DeadLetters(Construct scope, String name) {
    super(
        scope,
        "DeadLetters",
        QueueProps.builder()
            .queueName(name)
            .retentionPeriod(RETENTION)
            .encryption(QueueEncryption.SQS_MANAGED)
            .enforceSsl(true)
            .removalPolicy(RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE)
            .build());
    NagSuppressions.suppress(this, "AwsSolutions-SQS3", "This is a dead-letter queue");
  }
}
