package agentpost.local.secrets;

import agentpost.local.wire.AwsException;
import agentpost.local.wire.JsonService;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.security.SecureRandom;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentSkipListMap;

/** Secrets Manager: create, read, put, describe, list. */
public final class Secrets {
  private static final String ALPHANUMERIC = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

  private record Secret(String name, String arn, String text, String version, String description) {
    Secret with(String newText) {
      return new Secret(name, arn, newText, UUID.randomUUID().toString(), description);
    }
  }

  private final Map<String, Secret> secrets = new ConcurrentSkipListMap<>();
  private final SecureRandom random = new SecureRandom();
  private final JsonService service =
      new JsonService(
          "Secrets Manager",
          "1.1",
          Map.of(
              "CreateSecret", input -> written(create(input.path("Name").asText(), text(input), input.path("Description").asText(""))),
              "GetSecretValue", this::getSecretValue,
              "PutSecretValue", this::putSecretValue,
              "DescribeSecret", input -> written(find(input)),
              "ListSecrets", this::listSecrets,
              "DeleteSecret", this::deleteSecret));

  public JsonService service() {
    return service;
  }

  /** @return the new secret's ARN */
  public String generate(String name, JsonNode rule, String description) {
    StringBuilder password = new StringBuilder();
    int length = rule.path("PasswordLength").asInt(32);
    for (int i = 0; i < length; i++) {
      password.append(ALPHANUMERIC.charAt(random.nextInt(ALPHANUMERIC.length())));
    }
    String text = password.toString();
    if (rule.hasNonNull("GenerateStringKey")) {
      String template = rule.path("SecretStringTemplate").asText("{}").strip();
      if (!template.equals("{}")) {
        throw AwsException.badRequest("ValidationException", "The local cloud supports SecretStringTemplate {} only.");
      }
      text = JsonNodeFactory.instance.objectNode().put(rule.path("GenerateStringKey").asText(), text).toString();
    }
    return create(name, text, description).arn();
  }

  /** A secret's text, for dynamic references. */
  public Optional<String> text(String nameOrArn) {
    return Optional.ofNullable(secrets.get(name(nameOrArn))).map(Secret::text);
  }

  private static String text(ObjectNode input) {
    if (!input.hasNonNull("SecretString")) {
      throw AwsException.badRequest("InvalidParameterException", "The local cloud takes SecretString only.");
    }
    return input.path("SecretString").asText();
  }

  private Secret create(String name, String text, String description) {
    String suffix = UUID.randomUUID().toString().substring(0, 6);
    Secret secret =
        new Secret(name, "arn:aws:secretsmanager:us-east-1:000000000000:secret:" + name + "-" + suffix, text, UUID.randomUUID().toString(), description);
    if (secrets.putIfAbsent(name, secret) != null) {
      throw AwsException.badRequest("ResourceExistsException", "The operation failed because the secret " + name + " already exists.");
    }
    return secret;
  }

  private static String name(String nameOrArn) {
    return nameOrArn.startsWith("arn:") ? nameOrArn.replaceFirst("^arn:[^:]*:[^:]*:[^:]*:[^:]*:secret:", "").replaceFirst("-[A-Za-z0-9]{6}$", "") : nameOrArn;
  }

  private Secret find(ObjectNode input) {
    Secret secret = secrets.get(name(input.path("SecretId").asText()));
    if (secret == null) {
      throw AwsException.badRequest("ResourceNotFoundException", "Secrets Manager can't find the specified secret.");
    }
    return secret;
  }

  private static ObjectNode written(Secret secret) {
    return JsonNodeFactory.instance.objectNode().put("ARN", secret.arn()).put("Name", secret.name()).put("VersionId", secret.version());
  }

  private JsonNode getSecretValue(ObjectNode input) {
    Secret secret = find(input);
    ObjectNode out = written(secret).put("SecretString", secret.text());
    out.putArray("VersionStages").add("AWSCURRENT");
    return out;
  }

  private JsonNode putSecretValue(ObjectNode input) {
    Secret changed = find(input).with(text(input));
    secrets.put(changed.name(), changed);
    return written(changed);
  }

  private JsonNode deleteSecret(ObjectNode input) {
    Secret secret = find(input);
    secrets.remove(secret.name());
    return written(secret);
  }

  private JsonNode listSecrets(ObjectNode input) {
    ObjectNode out = JsonNodeFactory.instance.objectNode();
    secrets.values().forEach(secret -> out.withArray("SecretList").addObject().put("ARN", secret.arn()).put("Name", secret.name()).put("Description", secret.description()));
    out.withArray("SecretList");
    return out;
  }
}
