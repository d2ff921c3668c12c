package agentpost.local.secrets;

import agentpost.local.time.Timeline;
import agentpost.local.wire.AwsException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.Optional;

/**
 * A secret that is deleted can be restored for 7 to 30 days, and not be used meanwhile (API
 * reference, DeleteSecret). {@link SecretsManager} holds its lock over each operation.
 */
final class SecretDeletion {
  private static final int DEFAULT_RECOVERY_DAYS = 30;
  private static final int MIN_RECOVERY_DAYS = 7;
  private final SecretsManager secrets;
  private final Timeline timeline;

  SecretDeletion(SecretsManager secrets, Timeline timeline) {
    this.secrets = secrets;
    this.timeline = timeline;
  }

  /**
   * It can be restored for as many days as it says, and is gone then; at once if it says so, even
   * if there is none.
   */
  JsonNode deleteSecret(ObjectNode input) {
    boolean isForced = input.path("ForceDeleteWithoutRecovery").asBoolean();
    long days = input.path("RecoveryWindowInDays").asLong(DEFAULT_RECOVERY_DAYS);
    if (isForced && input.hasNonNull("RecoveryWindowInDays")) {
      throw AwsException.badRequest(
          "InvalidParameterException",
          "You can't use ForceDeleteWithoutRecovery in conjunction with RecoveryWindowInDays.");
    }
    if (days < MIN_RECOVERY_DAYS || days > DEFAULT_RECOVERY_DAYS) {
      throw AwsException.badRequest(
          "InvalidParameterException",
          "The RecoveryWindowInDays value must be between 7 and 30 days (inclusive).");
    }
    if (isForced) {
      Optional<Secret> there = secrets.find(input.path("SecretId").asText());
      there.map(SecretsManager::requireOwn).ifPresent(secrets::remove);
      ObjectNode out =
          there
              .map(SecretsManager::nameResponse)
              .orElseGet(
                  () ->
                      JsonNodeFactory.instance
                          .objectNode()
                          .put("Name", input.path("SecretId").asText()));
      return out.put("DeletionDate", SecretsManager.seconds(timeline.now()));
    }
    Secret secret = secrets.requireOwn(input);
    Secret.Deletion deletion =
        new Secret.Deletion(timeline.now(), timeline.now().plus(Duration.ofDays(days)));
    secret.delete(deletion);
    timeline.schedule(Duration.ofDays(days), () -> deleteIfDue(secret, deletion));
    return SecretsManager.nameResponse(secret)
        .put("DeletionDate", SecretsManager.seconds(deletion.due()));
  }

  void deleteIfDue(Secret secret, Secret.Deletion deletion) {
    synchronized (secrets) {
      if (secret.deletion().filter(deletion::equals).isPresent()) {
        secrets.remove(secret);
      }
    }
  }

  JsonNode restoreSecret(ObjectNode input) {
    Secret secret = SecretsManager.requireOwn(secrets.requireSecret(input));
    secret.restore();
    return SecretsManager.nameResponse(secret);
  }
}
