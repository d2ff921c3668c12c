package agentpost.local.secrets;

import agentpost.local.wire.AwsException;
import agentpost.local.wire.JsonService;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentSkipListMap;

/** Secrets Manager: create, read, put, describe, list, delete; versions with the stages AWSCURRENT and AWSPREVIOUS. */
public final class Secrets {
  private final Map<String, Secret> secrets = new ConcurrentSkipListMap<>();
  private final JsonService service =
      new JsonService(
          "Secrets Manager",
          "1.1",
          Map.of(
              "CreateSecret", this::createSecret,
              "GetSecretValue", this::getSecretValue,
              "PutSecretValue", this::putSecretValue,
              "DescribeSecret", this::describeSecret,
              "ListSecrets", this::listSecrets,
              "DeleteSecret", this::deleteSecret));

  public JsonService service() {
    return service;
  }

  /**
   * As CloudFormation makes one: with the text that its properties give, or a generated one.
   *
   * @return the new secret's ARN
   */
  public String make(String name, JsonNode properties) {
    String text = properties.hasNonNull("SecretString") ? properties.path("SecretString").asText() : Generated.text(properties.path("GenerateSecretString"));
    return create(name, text, properties.path("Description").asText(""), UUID.randomUUID().toString()).arn();
  }

  /**
   * What a dynamic reference stands for: a secret's current text.
   *
   * @param key of the text's JSON; empty for all of it
   */
  public String value(String nameOrArn, String key) {
    String text =
        find(nameOrArn)
            .map(secret -> secret.current().text())
            .orElseThrow(() -> new IllegalArgumentException("A dynamic reference names a secret that does not exist: " + nameOrArn));
    try {
      return key.isEmpty() ? text : new JsonMapper().readTree(text).path(key).asText();
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("A dynamic reference asks for the key " + key + " of a secret that is not JSON: " + nameOrArn);
    }
  }

  private static String text(ObjectNode input) {
    if (!input.hasNonNull("SecretString")) {
      throw AwsException.badRequest("InvalidParameterException", "The local cloud takes SecretString only.");
    }
    return input.path("SecretString").asText();
  }

  private static String token(ObjectNode input) {
    return input.path("ClientRequestToken").asText(UUID.randomUUID().toString());
  }

  private Secret create(String name, String text, String description, String version) {
    if (name.isEmpty()) {
      throw AwsException.badRequest("InvalidParameterException", "You must provide a value for the Name parameter.");
    }
    String suffix = UUID.randomUUID().toString().substring(0, 6);
    Secret secret =
        new Secret(name, "arn:aws:secretsmanager:us-east-1:000000000000:secret:" + name + "-" + suffix, description, new Secret.Version(version, text), Optional.empty());
    if (secrets.putIfAbsent(name, secret) != null) {
      throw AwsException.badRequest("ResourceExistsException", "The operation failed because the secret " + name + " already exists.");
    }
    return secret;
  }

  /** By name, ARN, or ARN without the six characters AWS appends, in this order: a name may itself end like an ARN. */
  private Optional<Secret> find(String id) {
    String tail = id.replaceFirst("^arn:[^:]*:secretsmanager:[^:]*:[^:]*:secret:", "");
    return Optional.ofNullable(secrets.get(tail)).or(() -> secrets.values().stream().filter(secret -> secret.arn().equals(id)).findFirst());
  }

  /** The ARN of a secret, or what it would be without its last characters if there is none of that name. */
  public String arn(String id) {
    return find(id).map(Secret::arn).orElseGet(() -> id.startsWith("arn:") ? id : "arn:aws:secretsmanager:us-east-1:000000000000:secret:" + id + "-??????");
  }

  private Secret find(ObjectNode input) {
    return find(input.path("SecretId").asText())
        .orElseThrow(() -> AwsException.badRequest("ResourceNotFoundException", "Secrets Manager can't find the specified secret."));
  }

  private static ObjectNode named(Secret secret) {
    return JsonNodeFactory.instance.objectNode().put("ARN", secret.arn()).put("Name", secret.name());
  }

  private JsonNode createSecret(ObjectNode input) {
    Secret secret = create(input.path("Name").asText(), text(input), input.path("Description").asText(""), token(input));
    return named(secret).put("VersionId", secret.current().id());
  }

  private JsonNode getSecretValue(ObjectNode input) {
    Secret secret = find(input);
    Secret.Version version =
        secret
            .version(input.path("VersionId").asText(""), input.path("VersionStage").asText(""))
            .orElseThrow(
                () ->
                    AwsException.badRequest(
                        "ResourceNotFoundException",
                        "Secrets Manager can't find the specified secret value for "
                            + (input.hasNonNull("VersionId") ? "VersionId: " + input.path("VersionId").asText() : "staging label: " + input.path("VersionStage").asText())));
    ObjectNode out = named(secret).put("VersionId", version.id()).put("SecretString", version.text());
    secret.stages(version).forEach(out.putArray("VersionStages")::add);
    return out;
  }

  private synchronized JsonNode putSecretValue(ObjectNode input) {
    if (input.hasNonNull("VersionStages")) {
      throw AwsException.badRequest("InvalidParameterException", "The local cloud does not support VersionStages; the new version becomes AWSCURRENT.");
    }
    Secret.Version put = new Secret.Version(token(input), text(input));
    Secret changed = find(input).with(put);
    secrets.put(changed.name(), changed);
    ObjectNode out = named(changed).put("VersionId", put.id());
    changed.stages(put).forEach(out.putArray("VersionStages")::add);
    return out;
  }

  private JsonNode describeSecret(ObjectNode input) {
    Secret secret = find(input);
    ObjectNode out = named(secret).put("Description", secret.description());
    ObjectNode versions = out.putObject("VersionIdsToStages");
    secret.versions().forEach(version -> secret.stages(version).forEach(versions.putArray(version.id())::add));
    return out;
  }

  private JsonNode deleteSecret(ObjectNode input) {
    Secret secret = find(input);
    secrets.remove(secret.name());
    return named(secret);
  }

  private JsonNode listSecrets(ObjectNode input) {
    if (!input.path("Filters").isEmpty()) {
      throw AwsException.badRequest("InvalidParameterException", "The local cloud does not support Filters.");
    }
    ObjectNode out = JsonNodeFactory.instance.objectNode();
    out.withArray("SecretList");
    secrets.values().forEach(secret -> out.withArray("SecretList").add(named(secret).put("Description", secret.description())));
    return out;
  }
}
