package agentpost.alerts;

import static agentpost.catalog.EnvironmentVariables.AGENT;

import agentpost.catalog.AgentName;
import agentpost.platform.Environment;
import agentpost.platform.Platform;
import agentpost.webhook.WebhookHandler;

/** {@code POST /webhooks/security-analyst}. */
public final class SecurityAnalystHandler extends WebhookHandler {
  public SecurityAnalystHandler() {
    this(Platform.lambda());
  }

  public SecurityAnalystHandler(Platform platform) {
    super(
        platform,
        new SecurityAnalyst(
            new AgentName(Environment.require(platform.environment(), AGENT).get(AGENT)),
            platform.deadlines()));
  }
}
