package agentpost.local.eventbridge;

import agentpost.local.wire.AwsException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** What a rule's target may say. What the local cloud cannot honour is refused by its name: an event must not vanish at delivery. */
final class Targets {
  private static final Set<String> HONOURED =
      Set.of("Id", "Arn", "RoleArn", "Input", "InputPath", "InputTransformer", "HttpParameters", "RetryPolicy", "DeadLetterConfig");

  private Targets() {}

  /** @throws AwsException naming all that is wrong */
  static void check(JsonNode targets) {
    List<String> violations = new ArrayList<>();
    int number = 0;
    for (JsonNode target : targets) {
      number++;
      String at = "Value at 'targets." + number + ".member.";
      for (String required : List.of("id", "arn")) {
        if (!target.hasNonNull(Character.toUpperCase(required.charAt(0)) + required.substring(1))) {
          violations.add(at + required + "' failed to satisfy constraint: Member must not be null");
        }
      }
      JsonNode retry = target.path("RetryPolicy");
      range(retry.path("MaximumRetryAttempts"), at + "retryPolicy.maximumRetryAttempts'", 0, 185, violations);
      range(retry.path("MaximumEventAgeInSeconds"), at + "retryPolicy.maximumEventAgeInSeconds'", 60, 86_400, violations);
    }
    EventBridge.refuse(violations);
    targets.forEach(Targets::honoured);
  }

  private static void range(JsonNode value, String at, int least, int most, List<String> violations) {
    if (!value.isMissingNode() && value.asInt() < least) {
      violations.add(at + " failed to satisfy constraint: Member must have value greater than or equal to " + least);
    }
    if (value.asInt() > most) {
      violations.add(at + " failed to satisfy constraint: Member must have value less than or equal to " + most);
    }
  }

  private static void honoured(JsonNode node) {
    if (!(node instanceof ObjectNode target)) {
      throw AwsException.badRequest("ValidationException", "A target must be an object; got " + node.getNodeType());
    }
    String arn = target.path("Arn").asText();
    if (!arn.matches("arn:aws:(events:.*:api-destination/.*|sqs:.*|lambda:[^:]*:[^:]*:function:.*|logs:.*)")) {
      throw AwsException.badRequest("ValidationException", "The local cloud does not support the target " + arn + ".");
    }
    for (String name : (Iterable<String>) target::fieldNames) {
      if (!HONOURED.contains(name)) {
        throw AwsException.badRequest("ValidationException", "The local cloud does not support a target's " + name + ".");
      }
    }
    if (Stream.of("Input", "InputPath", "InputTransformer").filter(target::hasNonNull).count() > 1) {
      throw AwsException.badRequest(
          "ValidationException", "Only one of Input, InputPath, or InputTransformer must be provided for target " + target.path("Id").asText() + ".");
    }
    String queue = target.path("DeadLetterConfig").path("Arn").asText("");
    if (!queue.isEmpty() && (!queue.startsWith("arn:aws:sqs:") || queue.endsWith(".fifo"))) {
      throw AwsException.badRequest("ValidationException", "A dead-letter queue must be a standard queue of SQS; got " + queue + ".");
    }
  }
}
