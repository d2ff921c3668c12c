package agentpost.local.deployment;

import agentpost.local.cloudformation.Provider.Made;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.Map;

/** What providers have in common: how a template says a thing and how an API says it. */
final class ResourceProperties {
  /** Region and account, as they stand in an ARN. */
  static final String ACCOUNT = "us-east-1:000000000000:";

  private ResourceProperties() {}

  /** In a template the pattern is an object, in the API its text. */
  static ObjectNode withPatternAsText(ObjectNode properties) {
    return properties.path("EventPattern").isObject()
        ? properties.deepCopy().put("EventPattern", properties.path("EventPattern").toString())
        : properties;
  }

  /** In a template a time is a text, in the API a number. */
  static ObjectNode withSeconds(ObjectNode properties, String... names) {
    for (String name : names) {
      if (properties.path(name).isTextual()) {
        properties.put(name, Instant.parse(properties.path(name).asText()).getEpochSecond());
      }
    }
    return properties;
  }

  /** What a resource says and nothing here would do must not be passed over. */
  static void refuse(ObjectNode properties, String... names) {
    for (String name : names) {
      if (properties.hasNonNull(name) && !properties.path(name).asText().equals("false")) {
        throw new IllegalArgumentException("the local cloud does not support its " + name);
      }
    }
  }

  /** Of a function that is named by its name or its ARN. */
  static String functionArn(String function) {
    return function.startsWith("arn:")
        ? function
        : "arn:aws:lambda:" + ACCOUNT + "function:" + function;
  }

  static Made arn(JsonNode name, JsonNode arn) {
    return new Made(name.asText(), Map.of("Arn", arn.asText()));
  }
}
