package agentpost.local.deployment;

import agentpost.local.cloudformation.Provider;
import agentpost.local.secrets.SecretsManager;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;

/**
 * Secrets of the template. A change of what describes one leaves what was generated: it may have
 * been rotated since. What stands in the template is written.
 */
final class SecretProvider implements Provider.Changeable {
  private final SecretsManager secrets;

  SecretProvider(SecretsManager secrets) {
    this.secrets = secrets;
  }

  @Override
  public Made make(String logicalId, ObjectNode properties) {
    return new Made(secrets.make(properties.path("Name").asText(logicalId), properties), Map.of());
  }

  @Override
  public Made update(String logicalId, Made before, ObjectNode properties) {
    if (properties.hasNonNull("SecretString")) {
      secrets
          .service()
          .call(
              "PutSecretValue",
              JsonNodeFactory.instance
                  .objectNode()
                  .put("SecretId", before.ref())
                  .put("SecretString", properties.path("SecretString").asText()));
    }
    if (properties.path("Tags").isArray()) {
      ObjectNode tags = JsonNodeFactory.instance.objectNode().put("SecretId", before.ref());
      secrets.service().call("TagResource", tags.set("Tags", properties.path("Tags")));
    }
    return before;
  }

  @Override
  public void remove(String logicalId, Made made) {
    secrets
        .service()
        .call(
            "DeleteSecret",
            JsonNodeFactory.instance
                .objectNode()
                .put("SecretId", made.ref())
                .put("ForceDeleteWithoutRecovery", true));
  }
}
