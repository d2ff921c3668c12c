package agentpost.local.eventbridge.targets;

import java.net.URI;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/**
 * What EventBridge reaches outside itself; the local cloud provides it. Each returns why it failed,
 * or nothing.
 */
public interface TargetServices {
  /**
   * Why a rule may not have EventBridge call a target, or send to a dead-letter queue; nothing if
   * it may. Where no rights are kept, it may.
   *
   * @param roleArn that the target gives EventBridge; empty if none
   * @param action that it would do to the target
   */
  default Optional<Failure> explainRefusal(
      String ruleArn, String targetArn, String roleArn, String action) {
    return Optional.empty();
  }

  /** Sends one message to a standard queue; the attributes are of type String. */
  Optional<Failure> sendToQueue(String queueArn, String body, Map<String, String> attributes);

  /** Sends one message to a FIFO queue, which deduplicates by content. */
  default Optional<Failure> sendToFifoQueue(String queueArn, String body, String group) {
    return Optional.of(
        new Failure("NO_RESOURCE", "There are no FIFO queues here: " + queueArn, false));
  }

  /** Whether what AWS would refuse for want of a permission is refused here too. */
  default boolean isStrict() {
    return false;
  }

  /**
   * What AWS would refuse a rule for want of a permission and is let pass here; nothing if AWS
   * would not.
   */
  default Optional<String> forgiven(String ruleArn, String targetArn) {
    return Optional.empty();
  }

  /** Hands one event to a function, which Lambda then invokes, again if it must. */
  default Optional<Failure> invoke(String functionArn, String event) {
    return Optional.of(
        new Failure("NO_RESOURCE", "There are no functions here: " + functionArn, false));
  }

  /**
   * Keeps what a connection authorizes with in a secret of Secrets Manager, a new version if there
   * is one of that name.
   *
   * @return the secret's ARN
   */
  default String keepSecret(String name, String text) {
    return "arn:aws:secretsmanager:us-east-1:000000000000:secret:" + name + "-000000";
  }

  /** Takes away what {@link #keepSecret} kept. */
  default void forgetSecret(String name) {}

  /** Where clients find this cloud. */
  default URI endpoint() {
    return URI.create("http://localhost");
  }

  /** Appends one event to a log group. */
  Optional<Failure> putLogEvent(String logGroupArn, Instant at, String message);

  /**
   * Where an endpoint is to be found: the API's own https name leads to the local front door, and a
   * host that may not be called to whoever answers for it. The request still carries the declared
   * name in its {@code Host} header.
   */
  URI locate(URI endpoint);

  /** Whether it is the API, on this machine. */
  default boolean isFrontDoor(URI endpoint) {
    return !locate(endpoint).equals(endpoint);
  }

  /** Whether it is of a host that may not be called. */
  default boolean isElsewhere(URI endpoint) {
    return false;
  }

  /**
   * @param code one of EventBridge's ERROR_CODE values, such as {@code NO_RESOURCE}
   * @param retryable whether AWS would try again
   */
  record Failure(String code, String message, boolean retryable) {}
}
