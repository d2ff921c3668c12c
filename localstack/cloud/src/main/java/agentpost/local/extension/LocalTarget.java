package agentpost.local.extension;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.URI;
import java.util.Objects;
import java.util.Set;

/**
 * A kind of target that the local cloud does not have itself. Retries, ages, dead letters and the
 * rule's rights are EventBridge's and as with any target. To register one, name its class in {@code
 * META-INF/services/agentpost.local.extension.LocalTarget}; each cloud makes one of its own.
 */
public interface LocalTarget {
  /** Whether such a target is its. What the local cloud has itself stays its own. */
  boolean serves(String arn);

  /** What the target's role has to allow on the target, such as {@code kinesis:PutRecord}. */
  String action();

  /**
   * What such a target may say besides what all may, such as {@code KinesisParameters}; PutTargets
   * refuses the rest by name.
   */
  default Set<String> settings() {
    return Set.of();
  }

  /**
   * Takes one event. Several may come at once. What this throws ends the delivery, as a mistake
   * that trying again does not mend.
   *
   * @throws InterruptedException when the cloud closes
   */
  Outcome deliver(Event event) throws InterruptedException;

  /**
   * One attempt.
   *
   * @param cloud the endpoint of the cloud that delivers, for clients and to tell clouds apart
   * @param target as PutTargets had it
   * @param input what the target gets of the event: JSON after InputPath, Input or InputTransformer
   */
  record Event(URI cloud, String ruleArn, ObjectNode target, String input) {
    public String targetArn() {
      return target.path("Arn").asText();
    }
  }

  /** What came of it. */
  sealed interface Outcome {
    record Delivered() implements Outcome {}

    /**
     * Tried again as the target's RetryPolicy says.
     *
     * @param code one of EventBridge's ERROR_CODE values, such as {@code THROTTLING}
     */
    record FailedForNow(String code, String message) implements Outcome {
      public FailedForNow {
        requireCode(code);
        Objects.requireNonNull(message, "message");
      }
    }

    /**
     * Not tried again: the event goes to the target's dead-letter queue.
     *
     * @param code one of EventBridge's ERROR_CODE values, such as {@code NO_RESOURCE}
     */
    record Failed(String code, String message) implements Outcome {
      public Failed {
        requireCode(code);
        Objects.requireNonNull(message, "message");
      }
    }

    private static void requireCode(String code) {
      if (!code.matches("[A-Z_]{1,64}")) {
        throw new IllegalArgumentException(
            "an error code is in capitals, such as NO_RESOURCE; got " + code);
      }
    }
  }
}
