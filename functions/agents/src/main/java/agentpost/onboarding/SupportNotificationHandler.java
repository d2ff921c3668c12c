package agentpost.onboarding;

import static agentpost.catalog.EnvironmentVariables.AGENT;
import static agentpost.catalog.EnvironmentVariables.SUPPORT_EMAIL;

import agentpost.catalog.AgentName;
import agentpost.mail.SesMailer;
import agentpost.platform.Environment;
import agentpost.platform.Platform;
import agentpost.webhook.WebhookHandler;

/** {@code POST /webhooks/support-notification}. */
public final class SupportNotificationHandler extends WebhookHandler {
  public SupportNotificationHandler() {
    this(Platform.lambda());
  }

  public SupportNotificationHandler(Platform platform) {
    super(
        platform,
        agent(platform, Environment.require(platform.environment(), AGENT, SUPPORT_EMAIL)));
  }

  private static SupportNotificationAgent agent(Platform platform, Environment environment) {
    AgentName name = new AgentName(environment.get(AGENT));
    return new SupportNotificationAgent(
        name, SesMailer.from(platform), environment.get(SUPPORT_EMAIL), platform.deadlines());
  }
}
