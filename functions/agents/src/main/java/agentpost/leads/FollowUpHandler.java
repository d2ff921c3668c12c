package agentpost.leads;

import static agentpost.catalog.EnvironmentVariables.AGENT;

import agentpost.catalog.AgentName;
import agentpost.mail.SesMailer;
import agentpost.platform.Environment;
import agentpost.platform.Platform;
import agentpost.webhook.WebhookHandler;

/** {@code POST /webhooks/follow-up-agent}. */
public final class FollowUpHandler extends WebhookHandler {
  public FollowUpHandler() {
    this(Platform.lambda());
  }

  public FollowUpHandler(Platform platform) {
    super(platform, agent(platform, Environment.require(platform.environment(), AGENT)));
  }

  private static FollowUpAgent agent(Platform platform, Environment environment) {
    AgentName name = new AgentName(environment.get(AGENT));
    return new FollowUpAgent(name, SesMailer.from(platform), platform.deadlines());
  }
}
