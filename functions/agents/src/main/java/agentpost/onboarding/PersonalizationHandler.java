package agentpost.onboarding;

import static agentpost.catalog.EnvironmentVariables.AGENT;

import agentpost.catalog.AgentName;
import agentpost.platform.Environment;
import agentpost.platform.Platform;
import agentpost.webhook.WebhookHandler;

/** {@code POST /webhooks/personalization-agent}. */
public final class PersonalizationHandler extends WebhookHandler {
  public PersonalizationHandler() {
    this(Platform.lambda());
  }

  public PersonalizationHandler(Platform platform) {
    super(platform, agent(platform, Environment.require(platform.environment(), AGENT)));
  }

  private static PersonalizationAgent agent(Platform platform, Environment environment) {
    AgentName name = new AgentName(environment.get(AGENT));
    return new PersonalizationAgent(name, platform.deadlines());
  }
}
