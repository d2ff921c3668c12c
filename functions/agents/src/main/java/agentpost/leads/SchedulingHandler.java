package agentpost.leads;

import static agentpost.catalog.EnvironmentVariables.AGENT;

import agentpost.catalog.AgentName;
import agentpost.coordination.AgentDeadlines;
import agentpost.coordination.DynamoAgentMemory;
import agentpost.coordination.EventBridgeReminderScheduler;
import agentpost.coordination.QuestionTracker;
import agentpost.platform.Environment;
import agentpost.platform.Platform;
import agentpost.webhook.WebhookHandler;

/** {@code POST /webhooks/scheduling-agent}. */
public final class SchedulingHandler extends WebhookHandler {
  public SchedulingHandler() {
    this(Platform.lambda());
  }

  public SchedulingHandler(Platform platform) {
    super(platform, agent(platform, Environment.require(platform.environment(), AGENT)));
  }

  private static SchedulingAgent agent(Platform platform, Environment environment) {
    AgentName name = new AgentName(environment.get(AGENT));
    AgentDeadlines deadlines =
        new AgentDeadlines(name, EventBridgeReminderScheduler.from(platform), platform.deadlines());
    QuestionTracker questions =
        new QuestionTracker(
            name, DynamoAgentMemory.from(platform, name), deadlines, platform.deadlines());
    return new SchedulingAgent(
        name, OperationDemoBooker.from(platform, name), questions, platform.deadlines());
  }
}
