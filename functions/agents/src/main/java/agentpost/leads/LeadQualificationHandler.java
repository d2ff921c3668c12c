package agentpost.leads;

import static agentpost.catalog.EnvironmentVariables.AGENT;

import agentpost.catalog.AgentName;
import agentpost.coordination.DynamoAgentMemory;
import agentpost.platform.Environment;
import agentpost.platform.Platform;
import agentpost.webhook.WebhookHandler;

/** {@code POST /webhooks/lead-qualification}. */
public final class LeadQualificationHandler extends WebhookHandler {
  public LeadQualificationHandler() {
    this(Platform.lambda());
  }

  public LeadQualificationHandler(Platform platform) {
    super(platform, agent(platform, Environment.require(platform.environment(), AGENT)));
  }

  private static LeadQualificationAgent agent(Platform platform, Environment environment) {
    AgentName name = new AgentName(environment.get(AGENT));
    return new LeadQualificationAgent(
        name, DynamoAgentMemory.from(platform, name), platform.deadlines());
  }
}
