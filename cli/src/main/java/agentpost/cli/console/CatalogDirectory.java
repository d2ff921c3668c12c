package agentpost.cli.console;

import agentpost.catalog.Directory;
import agentpost.cli.cloud.CloudOptions;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;
import java.util.TreeMap;
import software.amazon.awssdk.services.secretsmanager.SecretsManagerClient;
import software.amazon.awssdk.services.secretsmanager.model.ResourceNotFoundException;

/** What the deployed catalog says of its agents, or of its sources. */
final class CatalogDirectory {
  private CatalogDirectory() {}

  /**
   * By name; nothing if there is no such directory.
   *
   * @param secret that has it
   */
  static Map<String, JsonNode> read(CloudOptions place, String secret) {
    return place.withClient(
        SecretsManagerClient.builder(),
        client -> {
          try {
            return Directory.read(
                client.getSecretValue(get -> get.secretId(secret)).secretString());
          } catch (ResourceNotFoundException e) {
            return new TreeMap<>();
          }
        });
  }
}
