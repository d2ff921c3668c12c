package agentpost.cli.verification;

import agentpost.cli.cloud.CloudOptions;
import java.util.Optional;
import java.util.function.UnaryOperator;
import software.amazon.awssdk.services.secretsmanager.SecretsManagerClient;
import software.amazon.awssdk.services.secretsmanager.model.ResourceNotFoundException;

/** A secret of the stage's as a text that can be changed. */
record DirectorySecret(CloudOptions place, String id) {
  /** Nothing if there is no such secret. */
  Optional<String> read() {
    return place.withClient(
        SecretsManagerClient.builder(),
        client -> {
          try {
            return Optional.of(client.getSecretValue(get -> get.secretId(id)).secretString());
          } catch (ResourceNotFoundException e) {
            return Optional.empty();
          }
        });
  }

  /** What is as it should be stays; so does what is not there. */
  void change(UnaryOperator<String> change) {
    read()
        .ifPresent(
            before -> {
              String after = change.apply(before);
              if (!after.equals(before)) {
                place.withClient(
                    SecretsManagerClient.builder(),
                    client -> client.putSecretValue(put -> put.secretId(id).secretString(after)));
              }
            });
  }
}
