package agentpost.delivery;

import agentpost.event.EventReader;
import agentpost.health.HealthTable;
import agentpost.http.HttpPost;
import agentpost.http.Request;
import agentpost.http.Response;
import agentpost.platform.Platform;
import agentpost.schemas.EventSchemas;
import agentpost.secrets.SecretStore;
import java.util.function.DoubleSupplier;
import software.amazon.awssdk.services.secretsmanager.SecretsManagerClient;

/**
 * The relay as {@link RelayHandler} puts it together, but with the breaker's dice given, so that a
 * run can be repeated.
 */
public final class GivenRelay {
  private final Relay relay;

  /**
   * @param jitter from 0 to 1
   */
  public GivenRelay(Platform platform, DoubleSupplier jitter) {
    RelaySettings settings = RelaySettings.from(platform.environment());
    SecretStore store = SecretStore.from(platform);
    AgentDirectory agents = directory(platform, settings.agentDirectory());
    SignedDelivery delivery =
        new SignedDelivery(
            agents,
            store,
            settings.agentSecretPrefix(),
            new HttpPost(platform.http(), platform.clock()),
            platform.clock());
    relay =
        new Relay(
            new Relay.Parts(
                new RelayKey(store, settings.keySecret()),
                breaker(platform, delivery, jitter),
                settings.bus(),
                platform.clock(),
                platform.deadlines(),
                platform.log()));
  }

  /** As the platform's, but a refresh is in the call that finds it due: there are no threads. */
  public static AgentDirectory directory(Platform platform, String secretId) {
    return new AgentDirectory(
        platform.aws().create(SecretsManagerClient.builder()), secretId, platform.clock());
  }

  public static CircuitBreaker breaker(
      Platform platform, SignedDelivery delivery, DoubleSupplier jitter) {
    return new CircuitBreaker(
        delivery,
        HealthTable.from(platform),
        new EventReader(EventSchemas.load()),
        platform.clock(),
        platform.deadlines(),
        jitter);
  }

  public Response deliver(Request request) {
    return relay.deliver(request);
  }
}
