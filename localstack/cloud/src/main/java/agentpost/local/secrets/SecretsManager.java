package agentpost.local.secrets;

import agentpost.local.time.Timeline;
import agentpost.local.wire.AwsException;
import agentpost.local.wire.JsonService;
import agentpost.local.wire.RequestModel;
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
import java.util.regex.Pattern;

/**
 * Secrets Manager: secrets, their versions and staging labels, tags, rotation by a function, and
 * deletion with a time to think it over.
 */
public final class SecretsManager {
  private static final String ARN = "arn:aws:secretsmanager:us-east-1:000000000000:secret:";

  /**
   * Services name the secrets that they manage so, and nobody else may: {@code
   * events!connection/…}.
   */
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9/_+=.@-]+");

  private final Map<String, Secret> secrets = new ConcurrentSkipListMap<>();
  private final Timeline timeline;
  private final RotationRunner rotations;
  private final JsonService service;

  /**
   * @param invoker of rotation functions
   */
  public SecretsManager(Timeline timeline, RotationRunner.Invoker invoker) {
    this.timeline = timeline;
    this.rotations = new RotationRunner(timeline, invoker, this);
    SecretDescriber shown = new SecretDescriber(this, rotations);
    SecretDeletion deletions = new SecretDeletion(this, timeline);
    Map<String, JsonService.Operation> operations = new HashMap<>();
    operations.put("CreateSecret", this::createSecret);
    operations.put("GetSecretValue", this::getSecretValue);
    operations.put("PutSecretValue", this::putSecretValue);
    operations.put("DescribeSecret", withLock(shown::describeSecret));
    operations.put("ListSecrets", withLock(shown::listSecrets));
    operations.put("DeleteSecret", withLock(deletions::deleteSecret));
    operations.put("ListSecretVersionIds", withLock(shown::listSecretVersionIds));
    operations.put("UpdateSecretVersionStage", this::updateSecretVersionStage);
    operations.put("UpdateSecret", this::updateSecret);
    operations.put("RestoreSecret", withLock(deletions::restoreSecret));
    operations.put("TagResource", this::tagResource);
    operations.put("UntagResource", this::untagResource);
    operations.put("RotateSecret", rotations::rotateSecret);
    operations.put("CancelRotateSecret", rotations::cancelRotateSecret);
    this.service =
        new JsonService(
            "Secrets Manager",
            "1.1",
            RequestModel.read(SecretsManager.class, "requests.json").checkAll(operations));
  }

  private JsonService.Operation withLock(JsonService.Operation operation) {
    return input -> {
      synchronized (this) {
        return operation.call(input);
      }
    };
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
    String text =
        properties.hasNonNull("SecretString")
            ? properties.path("SecretString").asText()
            : PasswordGenerator.text(properties.path("GenerateSecretString"));
    return create(name, text, properties, UUID.randomUUID().toString(), Optional.empty()).arn();
  }

  /**
   * A secret that an AWS service manages for something of its own; with a new text if there is one
   * of that name.
   *
   * @param owner such as {@code events}
   * @return the secret's ARN
   */
  public synchronized String keep(String owner, String name, String text) {
    Secret secret = secrets.get(name);
    if (secret == null) {
      return create(
              name,
              text,
              JsonNodeFactory.instance.objectNode(),
              UUID.randomUUID().toString(),
              Optional.of(owner))
          .arn();
    }
    secret.put(
        UUID.randomUUID().toString(), Optional.of(text), List.of(Secret.CURRENT), timeline.now());
    return secret.arn();
  }

  /** Takes away at once what {@link #keep} kept. */
  public synchronized void forget(String name) {
    Optional.ofNullable(secrets.get(name)).ifPresent(this::remove);
  }

  /** As CloudFormation makes a rotation schedule. */
  public void schedule(ObjectNode properties) {
    rotations.schedule(properties);
  }

  public synchronized void unschedule(String arn) {
    find(arn).ifPresent(rotations::forget);
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
            .orElseThrow(
                () ->
                    new IllegalArgumentException(
                        "A dynamic reference names a secret that does not exist: " + nameOrArn));
    try {
      return key.isEmpty() ? text : new JsonMapper().readTree(text).path(key).asText();
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(
          "A dynamic reference asks for the key "
              + key
              + " of a secret that is not JSON: "
              + nameOrArn);
    }
  }

  private static String text(ObjectNode input) {
    if (!input.hasNonNull("SecretString")) {
      throw AwsException.badRequest(
          "InvalidRequestException",
          "You must provide either SecretString or SecretBinary; the local cloud takes SecretString"
              + " only.");
    }
    return input.path("SecretString").asText();
  }

  static String token(ObjectNode input) {
    return input.path("ClientRequestToken").asText(UUID.randomUUID().toString());
  }

  private synchronized Secret create(
      String name, String text, JsonNode properties, String version, Optional<String> owner) {
    if (owner.isEmpty() && !NAME.matcher(name).matches()) {
      throw AwsException.badRequest(
          "ValidationException",
          "Invalid name. Must be a valid name containing alphanumeric characters, or any of the"
              + " following: -/_+=.@!");
    }
    Optional<String> key =
        Optional.of(properties.path("KmsKeyId").asText("")).filter(id -> !id.isEmpty());
    String arn = ARN + name + "-" + UUID.randomUUID().toString().substring(0, 6);
    Secret secret =
        new Secret(
            name, arn, properties.path("Description").asText(""), key, owner, timeline.now());
    Secret before = secrets.putIfAbsent(name, secret);
    if (before != null && before.deletion().isPresent()) {
      throw AwsException.badRequest(
          "InvalidRequestException",
          "You can't create this secret because a secret with this name is already scheduled for"
              + " deletion.");
    }
    if (before != null) {
      throw AwsException.badRequest(
          "ResourceExistsException",
          "The operation failed because the secret " + name + " already exists.");
    }
    properties
        .path("Tags")
        .forEach(tag -> secret.tags().put(tag.path("Key").asText(), tag.path("Value").asText()));
    secret.put(version, Optional.of(text), List.of(Secret.CURRENT), timeline.now());
    return secret;
  }

  /**
   * By name, ARN, or ARN without the six characters AWS appends, in this order: a name may itself
   * end like an ARN.
   */
  Optional<Secret> find(String id) {
    String tail = id.startsWith(ARN) ? id.substring(ARN.length()) : id;
    return Optional.ofNullable(secrets.get(tail))
        .or(() -> secrets.values().stream().filter(secret -> secret.arn().equals(id)).findFirst());
  }

  /** A secret's tags; none if there is no such secret. */
  public synchronized Map<String, String> tags(String id) {
    return find(id).map(secret -> Map.copyOf(secret.tags())).orElse(Map.of());
  }

  /**
   * The ARN of a secret, or what it would be without its last characters if there is none of that
   * name.
   */
  public String arn(String id) {
    return find(id)
        .map(Secret::arn)
        .orElseGet(() -> id.startsWith("arn:") ? id : ARN + id + "-??????");
  }

  /** A secret that may be read: it is not about to be deleted. */
  Secret find(ObjectNode input) {
    Secret secret = requireSecret(input);
    if (secret.deletion().isPresent()) {
      throw AwsException.badRequest(
          "InvalidRequestException",
          "You can't perform this operation on the secret because it was marked for deletion.");
    }
    return secret;
  }

  /** A secret that may be changed: no service manages it. */
  Secret requireOwn(ObjectNode input) {
    return requireOwn(find(input));
  }

  static Secret requireOwn(Secret secret) {
    secret
        .owner()
        .ifPresent(
            owner -> {
              throw AwsException.badRequest(
                  "InvalidRequestException",
                  "You can't change the secret "
                      + secret.name()
                      + ": it is managed by "
                      + owner
                      + ".");
            });
    return secret;
  }

  Secret requireSecret(ObjectNode input) {
    return find(input.path("SecretId").asText())
        .orElseThrow(
            () ->
                AwsException.badRequest(
                    "ResourceNotFoundException",
                    "Secrets Manager can't find the specified secret."));
  }

  static ObjectNode nameResponse(Secret secret) {
    return JsonNodeFactory.instance
        .objectNode()
        .put("ARN", secret.arn())
        .put("Name", secret.name());
  }

  static double seconds(Instant at) {
    return at.toEpochMilli() / 1000.0;
  }

  private synchronized JsonNode createSecret(ObjectNode input) {
    String version = token(input);
    return nameResponse(
            create(input.path("Name").asText(), text(input), input, version, Optional.empty()))
        .put("VersionId", version);
  }

  /** What is not given stays; a text is a new current version. */
  private synchronized JsonNode updateSecret(ObjectNode input) {
    Secret secret = requireOwn(input);
    if (input.hasNonNull("Description")) {
      secret.describe(input.path("Description").asText(), timeline.now());
    }
    if (input.hasNonNull("KmsKeyId")) {
      secret.encrypt(input.path("KmsKeyId").asText(), timeline.now());
    }
    String token = token(input);
    if (!input.hasNonNull("SecretString")) {
      return nameResponse(secret);
    }
    return nameResponse(secret)
        .put(
            "VersionId",
            secret
                .put(token, Optional.of(text(input)), List.of(Secret.CURRENT), timeline.now())
                .id());
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
                            + (id.isEmpty()
                                ? "staging label: " + (stage.isEmpty() ? Secret.CURRENT : stage)
                                : "VersionId: " + id)));
    ObjectNode out =
        nameResponse(secret)
            .put("VersionId", version.id())
            .put("CreatedDate", seconds(version.created()));
    version.text().ifPresent(text -> out.put("SecretString", text));
    version.stages().forEach(out.putArray("VersionStages")::add);
    return out;
  }

  private synchronized JsonNode putSecretValue(ObjectNode input) {
    Secret secret = requireOwn(input);
    List<String> stages = new ArrayList<>();
    input.path("VersionStages").forEach(stage -> stages.add(stage.asText()));
    Secret.Version put =
        secret.put(
            token(input),
            Optional.of(text(input)),
            stages.isEmpty() ? List.of(Secret.CURRENT) : stages,
            timeline.now());
    ObjectNode out = nameResponse(secret).put("VersionId", put.id());
    put.stages().forEach(out.putArray("VersionStages")::add);
    return out;
  }

  private synchronized JsonNode updateSecretVersionStage(ObjectNode input) {
    Secret secret = requireOwn(input);
    secret.move(
        input.path("VersionStage").asText(),
        input.path("MoveToVersionId").asText(""),
        input.path("RemoveFromVersionId").asText(""),
        timeline.now());
    return nameResponse(secret);
  }

  private synchronized JsonNode tagResource(ObjectNode input) {
    Secret secret = requireOwn(input);
    input
        .path("Tags")
        .forEach(tag -> secret.tags().put(tag.path("Key").asText(), tag.path("Value").asText()));
    return JsonNodeFactory.instance.objectNode();
  }

  private synchronized JsonNode untagResource(ObjectNode input) {
    Secret secret = requireOwn(input);
    input.path("TagKeys").forEach(key -> secret.tags().remove(key.asText()));
    return JsonNodeFactory.instance.objectNode();
  }

  /** Without a trace. */
  void remove(Secret secret) {
    secrets.remove(secret.name(), secret);
    rotations.forget(secret);
  }

  /** By their names' order. */
  List<Secret> findAll() {
    return List.copyOf(secrets.values());
  }
}
