package agentpost.alerts;

import static agentpost.catalog.EnvironmentVariables.AGENT;

import agentpost.catalog.AgentName;
import agentpost.coordination.AgentDeadlines;
import agentpost.coordination.DynamoAgentMemory;
import agentpost.coordination.EventBridgeReminderScheduler;
import agentpost.platform.Environment;
import agentpost.platform.Platform;
import agentpost.webhook.WebhookHandler;

/** {@code POST /webhooks/alert-aggregator}. */
public final class AlertAggregatorHandler extends WebhookHandler {
  public AlertAggregatorHandler() {
    this(Platform.lambda());
  }

  public AlertAggregatorHandler(Platform platform) {
    super(platform, agent(platform, Environment.require(platform.environment(), AGENT)));
  }

  private static AlertAggregator agent(Platform platform, Environment environment) {
    AgentName name = new AgentName(environment.get(AGENT));
    AgentDeadlines deadlines =
        new AgentDeadlines(name, EventBridgeReminderScheduler.from(platform), platform.deadlines());
    return new AlertAggregator(
        name, DynamoAgentMemory.from(platform, name), deadlines, platform.deadlines());
  }
}
