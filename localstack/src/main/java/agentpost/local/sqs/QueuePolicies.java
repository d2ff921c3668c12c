package agentpost.local.sqs;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/**
 * Queues' policies, which ElasticMQ does not keep; they are asked whether EventBridge may send, and
 * nothing else is held to them.
 */
public final class QueuePolicies {
  private static final JsonMapper JSON = new JsonMapper();
  private static final String ACCOUNT = "000000000000";
  private final Map<String, String> policies = new ConcurrentHashMap<>();

  /** What a policy says of one message. */
  public enum Verdict {
    ALLOWED,
    REFUSED,
    NO_POLICY
  }

  /**
   * @param policy empty to take it away
   */
  void put(String queue, String policy) {
    if (policy.isEmpty()) {
      policies.remove(queue);
    } else {
      policies.put(queue, policy);
    }
  }

  Optional<String> of(String queue) {
    return Optional.ofNullable(policies.get(queue));
  }

  void forgetQueue(String queue) {
    policies.remove(queue);
  }

  /** Whether EventBridge may send a rule's message to a queue. */
  public Verdict ofEventBridge(String queueArn, String ruleArn) {
    String policy = policies.get(queueArn.substring(queueArn.lastIndexOf(':') + 1));
    if (policy == null) {
      return Verdict.NO_POLICY;
    }
    try {
      List<JsonNode> statements =
          elements(JSON.readTree(policy).path("Statement"))
              .filter(statement -> concerns(statement, queueArn, ruleArn))
              .toList();
      boolean denied =
          statements.stream()
              .anyMatch(statement -> statement.path("Effect").asText().equals("Deny"));
      return !denied
              && statements.stream()
                  .anyMatch(statement -> statement.path("Effect").asText().equals("Allow"))
          ? Verdict.ALLOWED
          : Verdict.REFUSED;
    } catch (JsonProcessingException e) {
      return Verdict.REFUSED;
    }
  }

  private static Stream<JsonNode> elements(JsonNode oneOrMore) {
    return oneOrMore.isArray()
        ? StreamSupport.stream(oneOrMore.spliterator(), false)
        : oneOrMore.isMissingNode() ? Stream.empty() : Stream.of(oneOrMore);
  }

  private static boolean concerns(JsonNode statement, String queueArn, String ruleArn) {
    JsonNode principal = statement.path("Principal");
    boolean us =
        principal.asText().equals("*")
            || elements(principal.path("AWS")).anyMatch(one -> one.asText().equals("*"))
            || elements(principal.path("Service"))
                .anyMatch(one -> one.asText().equals("events.amazonaws.com"));
    return us
        && elements(statement.path("Action"))
            .anyMatch(action -> like(action.asText().toLowerCase(Locale.ROOT), "sqs:sendmessage"))
        && (statement.path("Resource").isMissingNode()
            || elements(statement.path("Resource"))
                .anyMatch(resource -> like(resource.asText(), queueArn)))
        && statement
            .path("Condition")
            .propertyStream()
            .allMatch(
                operator ->
                    operator
                        .getValue()
                        .propertyStream()
                        .allMatch(
                            key ->
                                holds(operator.getKey(), key.getKey(), key.getValue(), ruleArn)));
  }

  /**
   * Over TLS, from this account, for this rule; a key or operator that is none of these does not
   * hold.
   */
  private static boolean holds(String operator, String key, JsonNode values, String ruleArn) {
    String actual =
        switch (key.toLowerCase(Locale.ROOT)) {
          case "aws:sourcearn" -> ruleArn;
          case "aws:sourceaccount" -> ACCOUNT;
          case "aws:securetransport" -> "true";
          default -> "";
        };
    boolean wild = operator.endsWith("Like") || operator.startsWith("Arn");
    boolean any =
        elements(values)
            .anyMatch(value -> wild ? like(value.asText(), actual) : value.asText().equals(actual));
    return switch (operator.replaceFirst("IfExists$", "")) {
      case "ArnEquals", "ArnLike", "StringEquals", "StringLike", "Bool" -> any;
      case "ArnNotEquals", "ArnNotLike", "StringNotEquals", "StringNotLike" -> !any;
      default -> false;
    };
  }

  private static boolean like(String pattern, String text) {
    StringBuilder regex = new StringBuilder();
    pattern
        .chars()
        .forEach(
            c ->
                regex.append(
                    c == '*' ? ".*" : c == '?' ? "." : Pattern.quote(String.valueOf((char) c))));
    return text.matches(regex.toString());
  }
}
