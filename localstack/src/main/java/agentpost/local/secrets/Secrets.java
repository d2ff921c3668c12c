package agentpost.local.secrets;

import agentpost.local.time.Timeline;
import agentpost.local.wire.AwsException;
import agentpost.local.wire.JsonService;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentSkipListMap;

/** Secrets Manager: secrets, their versions and staging labels, tags, and rotation by a function. */
public final class Secrets {
  private final Map<String, Secret> secrets = new ConcurrentSkipListMap<>();
  private final Timeline timeline;
  private final Rotations rotations;
  private final JsonService service;

  /** @param invoker of rotation functions */
  public Secrets(Timeline timeline, Rotations.Invoker invoker) {
    this.timeline = timeline;
    this.rotations = new Rotations(timeline, invoker, this);
    Map<String, JsonService.Operation> operations = new HashMap<>();
    operations.put("CreateSecret", this::createSecret);
    operations.put("GetSecretValue", this::getSecretValue);
    operations.put("PutSecretValue", this::putSecretValue);
    operations.put("DescribeSecret", this::describeSecret);
    operations.put("ListSecrets", this::listSecrets);
    operations.put("DeleteSecret", this::deleteSecret);
    operations.put("ListSecretVersionIds", this::listSecretVersionIds);
    operations.put("UpdateSecretVersionStage", this::updateSecretVersionStage);
    operations.put("TagResource", this::tagResource);
    operations.put("UntagResource", this::untagResource);
    operations.put("RotateSecret", rotations::rotateSecret);
    operations.put("CancelRotateSecret", rotations::cancelRotateSecret);
    this.service = new JsonService("Secrets Manager", "1.1", operations);
  }

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
    return create(name, text, properties, UUID.randomUUID().toString()).arn();
  }

  /** As CloudFormation makes a rotation schedule. */
  public void schedule(ObjectNode properties) {
    rotations.schedule(properties);
  }

  public void unschedule(String arn) {
    rotations.cancelRotateSecret(JsonNodeFactory.instance.objectNode().put("SecretId", arn));
  }

  /**
   * What a dynamic reference stands for: a secret's current text.
   *
   * @param key of the text's JSON; empty for all of it
   */
  public synchronized String value(String nameOrArn, String key) {
    String text =
        find(nameOrArn)
            .flatMap(secret -> secret.find("", Secret.CURRENT))
            .flatMap(Secret.Version::text)
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

  static String token(ObjectNode input) {
    return input.path("ClientRequestToken").asText(UUID.randomUUID().toString());
  }

  private synchronized Secret create(String name, String text, JsonNode properties, String version) {
    if (name.isEmpty()) {
      throw AwsException.badRequest("InvalidParameterException", "You must provide a value for the Name parameter.");
    }
    String arn = "arn:aws:secretsmanager:us-east-1:000000000000:secret:" + name + "-" + UUID.randomUUID().toString().substring(0, 6);
    Optional<String> key = Optional.of(properties.path("KmsKeyId").asText("")).filter(id -> !id.isEmpty());
    Secret secret = new Secret(name, arn, properties.path("Description").asText(""), key, timeline.now());
    if (secrets.putIfAbsent(name, secret) != null) {
      throw AwsException.badRequest("ResourceExistsException", "The operation failed because the secret " + name + " already exists.");
    }
    properties.path("Tags").forEach(tag -> secret.tags().put(tag.path("Key").asText(), tag.path("Value").asText()));
    secret.put(version, Optional.of(text), List.of(Secret.CURRENT), timeline.now());
    return secret;
  }

  /** By name, ARN, or ARN without the six characters AWS appends, in this order: a name may itself end like an ARN. */
  private Optional<Secret> find(String id) {
    String tail = id.replaceFirst("^arn:[^:]*:secretsmanager:[^:]*:[^:]*:secret:", "");
    return Optional.ofNullable(secrets.get(tail)).or(() -> secrets.values().stream().filter(secret -> secret.arn().equals(id)).findFirst());
  }

  /** A secret's tags; none if there is no such secret. */
  public synchronized Map<String, String> tags(String id) {
    return find(id).map(secret -> Map.copyOf(secret.tags())).orElse(Map.of());
  }

  /** The ARN of a secret, or what it would be without its last characters if there is none of that name. */
  public String arn(String id) {
    return find(id).map(Secret::arn).orElseGet(() -> id.startsWith("arn:") ? id : "arn:aws:secretsmanager:us-east-1:000000000000:secret:" + id + "-??????");
  }

  Secret find(ObjectNode input) {
    return find(input.path("SecretId").asText())
        .orElseThrow(() -> AwsException.badRequest("ResourceNotFoundException", "Secrets Manager can't find the specified secret."));
  }

  static ObjectNode named(Secret secret) {
    return JsonNodeFactory.instance.objectNode().put("ARN", secret.arn()).put("Name", secret.name());
  }

  private static double seconds(Instant at) {
    return at.toEpochMilli() / 1000.0;
  }

  private synchronized JsonNode createSecret(ObjectNode input) {
    String version = token(input);
    return named(create(input.path("Name").asText(), text(input), input, version)).put("VersionId", version);
  }

  private synchronized JsonNode getSecretValue(ObjectNode input) {
    Secret secret = find(input);
    String id = input.path("VersionId").asText("");
    String stage = input.path("VersionStage").asText("");
    Secret.Version version =
        secret
            .find(id, stage)
            .orElseThrow(
                () ->
                    AwsException.badRequest(
                        "ResourceNotFoundException",
                        "Secrets Manager can't find the specified secret value for "
                            + (id.isEmpty() ? "staging label: " + (stage.isEmpty() ? Secret.CURRENT : stage) : "VersionId: " + id)));
    ObjectNode out = named(secret).put("VersionId", version.id()).put("CreatedDate", seconds(version.created()));
    version.text().ifPresent(text -> out.put("SecretString", text));
    version.stages().forEach(out.putArray("VersionStages")::add);
    return out;
  }

  private synchronized JsonNode putSecretValue(ObjectNode input) {
    Secret secret = find(input);
    List<String> stages = new ArrayList<>();
    input.path("VersionStages").forEach(stage -> stages.add(stage.asText()));
    Secret.Version put = secret.put(token(input), Optional.of(text(input)), stages.isEmpty() ? List.of(Secret.CURRENT) : stages, timeline.now());
    ObjectNode out = named(secret).put("VersionId", put.id());
    put.stages().forEach(out.putArray("VersionStages")::add);
    return out;
  }

  private synchronized JsonNode describeSecret(ObjectNode input) {
    return described(find(input), "VersionIdsToStages");
  }

  private ObjectNode described(Secret secret, String versionsKey) {
    ObjectNode out = named(secret).put("Description", secret.description()).put("CreatedDate", seconds(secret.created())).put("LastChangedDate", seconds(secret.changed()));
    secret.key().ifPresent(key -> out.put("KmsKeyId", key));
    if (!secret.tags().isEmpty()) {
      secret.tags().forEach((key, value) -> out.withArray("Tags").addObject().put("Key", key).put("Value", value));
    }
    rotations.describe(secret, out);
    ObjectNode versions = out.putObject(versionsKey);
    secret.versions().stream().filter(version -> !version.stages().isEmpty()).forEach(version -> version.stages().forEach(versions.putArray(version.id())::add));
    return out;
  }

  private synchronized JsonNode listSecretVersionIds(ObjectNode input) {
    Secret secret = find(input);
    ObjectNode out = named(secret);
    out.putArray("Versions");
    for (Secret.Version version : secret.versions()) {
      if (!version.stages().isEmpty() || input.path("IncludeDeprecated").asBoolean()) {
        ObjectNode each = out.withArray("Versions").addObject().put("VersionId", version.id()).put("CreatedDate", seconds(version.created()));
        version.stages().forEach(each.putArray("VersionStages")::add);
      }
    }
    return out;
  }

  private synchronized JsonNode updateSecretVersionStage(ObjectNode input) {
    Secret secret = find(input);
    secret.move(input.path("VersionStage").asText(), input.path("MoveToVersionId").asText(""), input.path("RemoveFromVersionId").asText(""), timeline.now());
    return named(secret);
  }

  private synchronized JsonNode tagResource(ObjectNode input) {
    Secret secret = find(input);
    input.path("Tags").forEach(tag -> secret.tags().put(tag.path("Key").asText(), tag.path("Value").asText()));
    return JsonNodeFactory.instance.objectNode();
  }

  private synchronized JsonNode untagResource(ObjectNode input) {
    Secret secret = find(input);
    input.path("TagKeys").forEach(key -> secret.tags().remove(key.asText()));
    return JsonNodeFactory.instance.objectNode();
  }

  private synchronized JsonNode deleteSecret(ObjectNode input) {
    Secret secret = find(input);
    secrets.remove(secret.name());
    rotations.forget(secret);
    return named(secret).put("DeletionDate", seconds(timeline.now()));
  }

  private synchronized JsonNode listSecrets(ObjectNode input) {
    if (!input.path("Filters").isEmpty()) {
      throw AwsException.badRequest("InvalidParameterException", "The local cloud does not support Filters.");
    }
    ObjectNode out = JsonNodeFactory.instance.objectNode();
    out.withArray("SecretList");
    secrets.values().forEach(secret -> out.withArray("SecretList").add(described(secret, "SecretVersionsToStages")));
    return out;
  }
}
