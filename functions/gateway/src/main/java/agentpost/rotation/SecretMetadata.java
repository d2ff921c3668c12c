package agentpost.rotation;

import agentpost.catalog.AgentSettings;
import agentpost.catalog.SecretTags;
import agentpost.secrets.SignatureSchemes;
import agentpost.signing.SignatureScheme;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import software.amazon.awssdk.services.secretsmanager.model.DescribeSecretResponse;

/**
 * What Secrets Manager tells of a secret beside its text. What the catalog says of its rotation is
 * in its tags, so that one function rotates all of them.
 *
 * @param versions labels by version
 */
record SecretMetadata(
    Map<String, List<String>> versions, boolean enabled, Duration overlap, SignatureScheme scheme) {
  private static final Duration DEFAULT_OVERLAP = Duration.ofHours(24);

  static SecretMetadata of(DescribeSecretResponse secret) {
    return new SecretMetadata(
        secret.versionIdsToStages(),
        Boolean.TRUE.equals(secret.rotationEnabled()),
        tag(secret, SecretTags.OVERLAP)
            .filter(text -> text.matches("[1-9][0-9]{0,8}"))
            .map(seconds -> Duration.ofSeconds(Long.parseLong(seconds)))
            .orElse(DEFAULT_OVERLAP),
        SignatureSchemes.ALL.named(
            tag(secret, SecretTags.SIGNATURE).orElse(AgentSettings.DEFAULT_SIGNATURE)));
  }

  private static Optional<String> tag(DescribeSecretResponse secret, String key) {
    return secret.tags().stream()
        .filter(tag -> tag.key().equals(key))
        .findFirst()
        .map(tag -> tag.value());
  }

  List<String> stages(String version) {
    return versions.getOrDefault(version, List.of());
  }

  boolean isCurrent(String version) {
    return stages(version).contains(Rotation.CURRENT);
  }

  /** The version that has a label. */
  String with(String stage) {
    return versions.entrySet().stream()
        .filter(version -> version.getValue().contains(stage))
        .findFirst()
        .map(Map.Entry::getKey)
        .orElseThrow(() -> new IllegalStateException("no version of the secret is " + stage));
  }
}
