package agentpost.onboarding;

import static agentpost.catalog.EnvironmentVariables.AGENT;

import agentpost.catalog.AgentName;
import agentpost.coordination.EventBridgeReminderScheduler;
import agentpost.platform.Environment;
import agentpost.platform.Platform;
import agentpost.webhook.WebhookHandler;

/** {@code POST /webhooks/trial-monitor}. */
public final class TrialMonitorHandler extends WebhookHandler {
  public TrialMonitorHandler() {
    this(Platform.lambda());
  }

  public TrialMonitorHandler(Platform platform) {
    super(platform, agent(platform, Environment.require(platform.environment(), AGENT)));
  }

  private static TrialMonitorAgent agent(Platform platform, Environment environment) {
    AgentName name = new AgentName(environment.get(AGENT));
    return new TrialMonitorAgent(
        name,
        DynamoTrialStore.from(platform, name),
        EventBridgeReminderScheduler.from(platform),
        platform.deadlines());
  }
}
