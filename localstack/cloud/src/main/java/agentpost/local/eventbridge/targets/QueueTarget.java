package agentpost.local.eventbridge.targets;

import agentpost.local.eventbridge.input.ErrorExcerpt;
import agentpost.local.eventbridge.registry.Registry;
import agentpost.local.wire.AwsException;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;
import java.util.Set;

/**
 * A queue of SQS; a FIFO queue needs a message group, and deduplication by content, for EventBridge
 * gives no id.
 */
public final class QueueTarget implements TargetKind {
  /** Of this region and account: there is no other here. */
  static final String ARN = "arn:aws:sqs:us-east-1:" + Registry.ACCOUNT + ":";

  public static final String SEND = "sqs:SendMessage";

  private final TargetServices reach;

  public QueueTarget(TargetServices reach) {
    this.reach = reach;
  }

  @Override
  public boolean serves(String arn) {
    return arn.startsWith(ARN);
  }

  @Override
  public String action() {
    return SEND;
  }

  @Override
  public Set<String> settings() {
    return Set.of("SqsParameters");
  }

  @Override
  public void check(ObjectNode target) {
    boolean fifo = target.path("Arn").asText().endsWith(".fifo");
    if (fifo && !target.hasNonNull("SqsParameters")) {
      throw AwsException.badRequest(
          "ValidationException",
          "Parameter(s) SqsParameters must be specified for target: "
              + target.path("Id").asText()
              + ".");
    }
    if (!fifo && target.hasNonNull("SqsParameters")) {
      throw AwsException.badRequest(
          "ValidationException",
          "The local cloud does not support SqsParameters of a target that is no FIFO queue.");
    }
  }

  @Override
  public AttemptResult attempt(DeliveryInput outgoing) {
    String group = outgoing.target().path("SqsParameters").path("MessageGroupId").asText("");
    String body = ErrorExcerpt.escape(outgoing.input());
    return AttemptResult.of(
        outgoing.arn().endsWith(".fifo")
            ? reach.sendToFifoQueue(outgoing.arn(), body, group)
            : reach.sendToQueue(outgoing.arn(), body, Map.of()));
  }
}
