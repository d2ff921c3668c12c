package agentpost.local.eventbridge.targets;

import agentpost.local.eventbridge.registry.RateLimit;
import agentpost.local.wire.AwsException;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Optional;
import java.util.Set;

/**
 * One kind of target: which ARNs are its, what such a target may say, and one attempt to deliver to
 * it. To add a kind is to add one of these to {@link TargetKinds}.
 */
public interface TargetKind {
  /** What any target may say. */
  Set<String> OF_ALL =
      Set.of(
          "Id",
          "Arn",
          "RoleArn",
          "Input",
          "InputPath",
          "InputTransformer",
          "RetryPolicy",
          "DeadLetterConfig");

  boolean serves(String arn);

  /**
   * What the target's own policy, or else the role that the target gives EventBridge, has to allow.
   */
  String action();

  /**
   * What such a target may say besides what all may; the rest is refused by its name, for an event
   * must not vanish at delivery.
   */
  default Set<String> settings() {
    return Set.of();
  }

  /**
   * @throws AwsException what PutTargets answers to a target that this kind cannot be
   */
  default void check(ObjectNode target) {}

  /**
   * EventBridge takes on a role to reach some kinds; without IAM, nothing fails here for want of
   * it.
   */
  static void checkRole(ObjectNode target, TargetServices reach) {
    if (reach.isStrict() && !target.hasNonNull("RoleArn")) {
      throw AwsException.badRequest(
          "ValidationException",
          "RoleArn is required for target " + target.path("Arn").asText() + ".");
    }
  }

  /**
   * How often in a second it may be called; the wait for a turn counts as the event's age. Nothing
   * if as often as one likes.
   */
  default Optional<RateLimit> limit(ObjectNode target) {
    return Optional.empty();
  }

  /** How many calls of it are under way at most, as of now: asked for each call, twice. */
  default int maxConcurrent(ObjectNode target) {
    return 64;
  }

  /**
   * @throws InterruptedException when the engine closes; the delivery stays in flight and is
   *     reported so
   */
  AttemptResult attempt(DeliveryInput outgoing) throws InterruptedException;
}
