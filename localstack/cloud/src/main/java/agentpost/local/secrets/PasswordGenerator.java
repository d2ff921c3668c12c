package agentpost.local.secrets;

import agentpost.local.wire.AwsException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.security.SecureRandom;

/**
 * CloudFormation's {@code GenerateSecretString}: letters and digits, whatever else it would allow.
 */
final class PasswordGenerator {
  private static final String ALPHANUMERIC =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
  private static final SecureRandom RANDOM = new SecureRandom();

  private PasswordGenerator() {}

  static String text(JsonNode rule) {
    String excluded = rule.path("ExcludeCharacters").asText("");
    int[] allowed = ALPHANUMERIC.chars().filter(c -> excluded.indexOf(c) < 0).toArray();
    if (allowed.length == 0) {
      throw AwsException.badRequest(
          "ValidationException", "ExcludeCharacters leaves no letter and no digit.");
    }
    StringBuilder password = new StringBuilder();
    for (int i = 0; i < rule.path("PasswordLength").asInt(32); i++) {
      password.append((char) allowed[RANDOM.nextInt(allowed.length)]);
    }
    if (!rule.hasNonNull("GenerateStringKey")) {
      return password.toString();
    }
    if (!rule.path("SecretStringTemplate").asText("{}").strip().equals("{}")) {
      throw AwsException.badRequest(
          "ValidationException", "The local cloud supports SecretStringTemplate {} only.");
    }
    return JsonNodeFactory.instance
        .objectNode()
        .put(rule.path("GenerateStringKey").asText(), password.toString())
        .toString();
  }
}
