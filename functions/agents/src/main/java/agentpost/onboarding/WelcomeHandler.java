package agentpost.onboarding;

import static agentpost.catalog.EnvironmentVariables.AGENT;

import agentpost.catalog.AgentName;
import agentpost.mail.SesMailer;
import agentpost.platform.Environment;
import agentpost.platform.Platform;
import agentpost.webhook.WebhookHandler;

/** {@code POST /webhooks/welcome-agent}. */
public final class WelcomeHandler extends WebhookHandler {
  public WelcomeHandler() {
    this(Platform.lambda());
  }

  public WelcomeHandler(Platform platform) {
    super(platform, agent(platform, Environment.require(platform.environment(), AGENT)));
  }

  private static WelcomeAgent agent(Platform platform, Environment environment) {
    AgentName name = new AgentName(environment.get(AGENT));
    return new WelcomeAgent(name, SesMailer.from(platform), platform.deadlines());
  }
}
