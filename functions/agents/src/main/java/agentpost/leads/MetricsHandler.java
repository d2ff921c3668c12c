package agentpost.leads;

import static agentpost.catalog.EnvironmentVariables.BUS_NAME;

import agentpost.platform.Environment;
import agentpost.platform.Platform;
import agentpost.webhook.WebhookHandler;

/** {@code POST /webhooks/metrics-agent}. */
public final class MetricsHandler extends WebhookHandler {
  public MetricsHandler() {
    this(Platform.lambda());
  }

  public MetricsHandler(Platform platform) {
    super(platform, agent(platform, Environment.require(platform.environment(), BUS_NAME)));
  }

  private static MetricsAgent agent(Platform platform, Environment environment) {
    return new MetricsAgent(environment.get(BUS_NAME), platform.log(), platform.deadlines());
  }
}
