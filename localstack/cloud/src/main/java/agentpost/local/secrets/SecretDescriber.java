package agentpost.local.secrets;

import agentpost.local.wire.Pages;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Comparator;
import java.util.List;

/**
 * What is told of secrets but their texts, of those too that are about to be deleted. {@link
 * SecretsManager} holds its lock over each operation.
 */
final class SecretDescriber {
  private static final int MAX_PAGE_SIZE = 100;
  private final SecretsManager secrets;
  private final RotationRunner rotations;

  SecretDescriber(SecretsManager secrets, RotationRunner rotations) {
    this.secrets = secrets;
    this.rotations = rotations;
  }

  JsonNode describeSecret(ObjectNode input) {
    return describe(secrets.requireSecret(input), "VersionIdsToStages");
  }

  private ObjectNode describe(Secret secret, String versionsKey) {
    ObjectNode out =
        SecretsManager.nameResponse(secret)
            .put("Description", secret.description())
            .put("CreatedDate", SecretsManager.seconds(secret.created()))
            .put("LastChangedDate", SecretsManager.seconds(secret.changed()));
    secret.key().ifPresent(key -> out.put("KmsKeyId", key));
    secret.owner().ifPresent(owner -> out.put("OwningService", owner));
    secret
        .deletion()
        .ifPresent(deletion -> out.put("DeletedDate", SecretsManager.seconds(deletion.at())));
    if (!secret.tags().isEmpty()) {
      secret
          .tags()
          .forEach(
              (key, value) ->
                  out.withArray("Tags").addObject().put("Key", key).put("Value", value));
    }
    rotations.describe(secret, out);
    ObjectNode versions = out.putObject(versionsKey);
    secret.versions().stream()
        .filter(version -> !version.stages().isEmpty())
        .forEach(version -> version.stages().forEach(versions.putArray(version.id())::add));
    return out;
  }

  JsonNode listSecretVersionIds(ObjectNode input) {
    Secret secret = secrets.requireSecret(input);
    ObjectNode out = SecretsManager.nameResponse(secret);
    boolean all = input.path("IncludeDeprecated").asBoolean();
    List<Secret.Version> versions =
        secret.versions().stream()
            .filter(version -> all || !version.stages().isEmpty())
            .sorted(Comparator.comparing(Secret.Version::id))
            .toList();
    Pages.of(input, "NextToken", "MaxResults", MAX_PAGE_SIZE)
        .fill(
            out,
            "Versions",
            versions,
            Secret.Version::id,
            version -> {
              ObjectNode each =
                  JsonNodeFactory.instance
                      .objectNode()
                      .put("VersionId", version.id())
                      .put("CreatedDate", SecretsManager.seconds(version.created()));
              version.stages().forEach(each.putArray("VersionStages")::add);
              return each;
            });
    return out;
  }

  JsonNode listSecrets(ObjectNode input) {
    boolean all = input.path("IncludePlannedDeletion").asBoolean();
    ObjectNode out = JsonNodeFactory.instance.objectNode();
    Pages.of(input, "NextToken", "MaxResults", MAX_PAGE_SIZE)
        .fill(
            out,
            "SecretList",
            secrets.findAll().stream()
                .filter(secret -> all || secret.deletion().isEmpty())
                .toList(),
            Secret::name,
            secret -> describe(secret, "SecretVersionsToStages"));
    return out;
  }
}
