package agentpost.onboarding;

import agentpost.catalog.AgentName;
import agentpost.coordination.Deadlines;
import agentpost.coordination.DynamoMemory;
import agentpost.coordination.Join;
import agentpost.coordination.ScheduledReminders;
import agentpost.platform.Environment;
import agentpost.platform.Platform;
import agentpost.webhook.WebhookHandler;

/** {@code POST /webhooks/onboarding-coordinator}. */
public final class OnboardingHandler extends WebhookHandler {
  public OnboardingHandler() {
    this(Platform.lambda());
  }

  public OnboardingHandler(Platform platform) {
    super(platform, agent(platform, Environment.requiring(platform.environment(), "AGENT")));
  }

  private static OnboardingCoordinator agent(Platform platform, Environment environment) {
    AgentName name = new AgentName(environment.get("AGENT"));
    Deadlines deadlines = new Deadlines(name, ScheduledReminders.on(platform), platform.deadlines());
    return new OnboardingCoordinator(name, new Join("onboarding", DynamoMemory.on(platform, name), deadlines), platform.deadlines());
  }
}
