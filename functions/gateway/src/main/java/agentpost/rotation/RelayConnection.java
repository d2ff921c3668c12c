package agentpost.rotation;

import agentpost.catalog.RelayKeyHeader;
import agentpost.secrets.StoredSecret;
import software.amazon.awssdk.services.eventbridge.EventBridgeClient;
import software.amazon.awssdk.services.eventbridge.model.ConnectionAuthorizationType;
import software.amazon.awssdk.services.secretsmanager.SecretsManagerClient;

/**
 * EventBridge's connection, which has a copy of the relay's key. CloudFormation copies it once:
 * what a template's {@code {{resolve}}} leads to is looked up again only when the resource changes.
 *
 * @param secretId of the relay's key
 * @param connection its name
 */
record RelayConnection(
    SecretsManagerClient secrets, EventBridgeClient events, String secretId, String connection) {

  /** Gives the connection the key that is current. */
  StepResult update() {
    String key =
        StoredSecret.read(secrets.getSecretValue(get -> get.secretId(secretId)).secretString())
            .current();
    // With the type of the parameters, without which an update "has no effect" (EventBridge user
    // guide, "Updating connections").
    events.updateConnection(
        update ->
            update
                .name(connection)
                .authorizationType(ConnectionAuthorizationType.API_KEY)
                .authParameters(
                    auth ->
                        auth.apiKeyAuthParameters(
                            api -> api.apiKeyName(RelayKeyHeader.NAME).apiKeyValue(key))));
    return new StepResult.Updated();
  }
}
