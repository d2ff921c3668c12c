package agentpost.infra;

import software.amazon.awscdk.Duration;
import software.amazon.awscdk.services.sqs.Queue;
import software.amazon.awscdk.services.sqs.QueueEncryption;
import software.amazon.awscdk.services.sqs.QueueProps;
import software.constructs.Construct;

/** Where what could not be delivered or handled waits, as long as SQS keeps anything. */
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
            .build());
    NagSuppressions.suppress(this, "AwsSolutions-SQS3", "This is a dead-letter queue");
  }
}
