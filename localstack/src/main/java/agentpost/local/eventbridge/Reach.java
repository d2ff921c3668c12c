package agentpost.local.eventbridge;

import java.net.URI;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/** What EventBridge reaches outside itself; the local cloud provides it. Each returns why it failed, or nothing. */
public interface Reach {
  /**
   * Why a rule may not have EventBridge call a target, or send to a dead-letter queue; nothing if it may. Where no rights are kept, it may.
   *
   * @param roleArn that the target gives EventBridge; empty if none
   */
  default Optional<Failure> refused(String ruleArn, String targetArn, String roleArn) {
    return Optional.empty();
  }

  /** Sends one message to a standard queue; the attributes are of type String. */
  Optional<Failure> sendToQueue(String queueArn, String body, Map<String, String> attributes);

  /** Hands one event to a function, which Lambda then invokes, again if it must. */
  Optional<Failure> invoke(String functionArn, String event);

  /** Appends one event to a log group. */
  Optional<Failure> putLogEvent(String logGroupArn, Instant at, String message);

  /**
   * Where an endpoint is to be found: the API's own https name leads to the local front door, every other URI stays as it is. The request
   * still carries the declared name in its {@code Host} header.
   */
  URI locate(URI endpoint);

  /**
   * @param code one of EventBridge's ERROR_CODE values, such as {@code NO_RESOURCE}
   * @param retryable whether AWS would try again
   */
  record Failure(String code, String message, boolean retryable) {}
}
