package agentpost.alerts;

import agentpost.catalog.AgentName;
import agentpost.coordination.Deadlines;
import agentpost.coordination.DynamoMemory;
import agentpost.coordination.ScheduledReminders;
import agentpost.platform.Environment;
import agentpost.platform.Platform;
import agentpost.webhook.WebhookHandler;

/** {@code POST /webhooks/alert-aggregator}. */
public final class AlertAggregatorHandler extends WebhookHandler {
  public AlertAggregatorHandler() {
    this(Platform.lambda());
  }

  public AlertAggregatorHandler(Platform platform) {
    super(platform, agent(platform, Environment.requiring(platform.environment(), "AGENT")));
  }

  private static AlertAggregator agent(Platform platform, Environment environment) {
    AgentName name = new AgentName(environment.get("AGENT"));
    Deadlines deadlines = new Deadlines(name, ScheduledReminders.on(platform), platform.deadlines());
    return new AlertAggregator(name, DynamoMemory.on(platform, name), deadlines, platform.deadlines());
  }
}
