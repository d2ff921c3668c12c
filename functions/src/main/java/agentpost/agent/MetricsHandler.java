package agentpost.agent;

import agentpost.event.AgentName;
import agentpost.platform.Environment;
import agentpost.platform.Platform;
import agentpost.webhook.WebhookHandler;

/** {@code POST /webhooks/metrics-agent}. */
public final class MetricsHandler extends WebhookHandler {
  public MetricsHandler() {
    this(Platform.lambda());
  }

  public MetricsHandler(Platform platform) {
    super(platform, agent(platform, Environment.requiring(platform.environment(), "AGENT")));
  }

  private static MetricsAgent agent(Platform platform, Environment environment) {
    AgentName name = new AgentName(environment.get("AGENT"));
    return new MetricsAgent(name, platform.log(), platform.deadlines());
  }
}
