package agentpost.onboarding;

import static agentpost.catalog.EnvironmentVariables.AGENT;

import agentpost.catalog.AgentName;
import agentpost.coordination.AgentDeadlines;
import agentpost.coordination.DynamoAgentMemory;
import agentpost.coordination.EventBridgeReminderScheduler;
import agentpost.coordination.Join;
import agentpost.platform.Environment;
import agentpost.platform.Platform;
import agentpost.webhook.WebhookHandler;

/** {@code POST /webhooks/onboarding-coordinator}. */
public final class OnboardingHandler extends WebhookHandler {
  public OnboardingHandler() {
    this(Platform.lambda());
  }

  public OnboardingHandler(Platform platform) {
    super(platform, agent(platform, Environment.require(platform.environment(), AGENT)));
  }

  private static OnboardingCoordinator agent(Platform platform, Environment environment) {
    AgentName name = new AgentName(environment.get(AGENT));
    AgentDeadlines deadlines =
        new AgentDeadlines(name, EventBridgeReminderScheduler.from(platform), platform.deadlines());
    return new OnboardingCoordinator(
        name,
        new Join("onboarding", DynamoAgentMemory.from(platform, name), deadlines),
        platform.deadlines());
  }
}
