package agentpost.local.eventbridge.control;

import agentpost.local.eventbridge.input.EventJson;
import agentpost.local.eventbridge.registry.Registry;
import agentpost.local.eventbridge.registry.Registry.Bus;
import agentpost.local.wire.AwsException;
import agentpost.local.wire.JsonService;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;

/**
 * Who else may put events on a bus. It is kept and shown; here is one account, so nobody is kept
 * out by it.
 */
public final class BusPolicies {
  /** In characters, as {@code DescribeEventBus} shows it (EventBridge quotas). */
  private static final int MAX_BYTES = 10_240;

  private final Registry registry;

  public BusPolicies(Registry registry) {
    this.registry = registry;
  }

  public Map<String, JsonService.Operation> operations() {
    return Map.of("PutPermission", this::put, "RemovePermission", this::remove);
  }

  private synchronized JsonNode put(ObjectNode input) {
    Bus bus = EventBuses.of(registry, input);
    if (input.hasNonNull("Policy")) {
      Map<String, ObjectNode> statements = new LinkedHashMap<>();
      for (JsonNode statement : policy(input.path("Policy").asText()).path("Statement")) {
        statements.put(
            statement.path("Sid").asText(UUID.randomUUID().toString()), (ObjectNode) statement);
      }
      checkLength(statements);
      bus.policy().clear();
      bus.policy().putAll(statements);
      return JsonNodeFactory.instance.objectNode();
    }
    for (String required : new String[] {"Action", "Principal", "StatementId"}) {
      if (!input.hasNonNull(required)) {
        throw AwsException.badRequest(
            "ValidationException", "Parameter " + required + " is required.");
      }
    }
    String principal = input.path("Principal").asText();
    ObjectNode statement =
        JsonNodeFactory.instance
            .objectNode()
            .put("Sid", input.path("StatementId").asText())
            .put("Effect", "Allow");
    if (principal.equals("*")) {
      statement.put("Principal", "*");
    } else {
      statement.putObject("Principal").put("AWS", "arn:aws:iam::" + principal + ":root");
    }
    statement.put("Action", input.path("Action").asText()).put("Resource", bus.arn());
    JsonNode condition = input.path("Condition");
    if (condition.isObject()) {
      statement
          .putObject("Condition")
          .putObject(condition.path("Type").asText())
          .put(condition.path("Key").asText(), condition.path("Value").asText());
    }
    Map<String, ObjectNode> statements = new LinkedHashMap<>(bus.policy());
    statements.put(input.path("StatementId").asText(), statement);
    checkLength(statements);
    bus.policy().putAll(statements);
    return JsonNodeFactory.instance.objectNode();
  }

  private static void checkLength(Map<String, ObjectNode> statements) {
    if (EventBuses.policy(statements).length() > MAX_BYTES) {
      throw AwsException.badRequest(
          "PolicyLengthExceededException",
          "The event bus policy is too long. For more information, see the limits.");
    }
  }

  private static JsonNode policy(String text) {
    try {
      JsonNode policy = EventJson.MAPPER.readTree(text);
      if (policy.path("Statement").isArray()
          && policy.path("Statement").valueStream().allMatch(JsonNode::isObject)) {
        return policy;
      }
    } catch (JsonProcessingException | NumberFormatException e) {
      throw AwsException.badRequest("ValidationException", "This policy contains invalid Json");
    }
    throw AwsException.badRequest("ValidationException", "This policy contains invalid Json");
  }

  private synchronized JsonNode remove(ObjectNode input) {
    Bus bus = EventBuses.of(registry, input);
    if (input.path("RemoveAllPermissions").asBoolean()) {
      bus.policy().clear();
      return JsonNodeFactory.instance.objectNode();
    }
    if (!input.hasNonNull("StatementId")) {
      throw AwsException.badRequest("ValidationException", "Parameter StatementId is required.");
    }
    if (bus.policy().remove(input.path("StatementId").asText()) == null) {
      throw AwsException.badRequest(
          "ResourceNotFoundException", "Statement with the provided id does not exist.");
    }
    return JsonNodeFactory.instance.objectNode();
  }
}
