package agentpost.leads;

import agentpost.catalog.AgentName;
import agentpost.coordination.Deadlines;
import agentpost.coordination.DynamoMemory;
import agentpost.coordination.Questions;
import agentpost.coordination.ScheduledReminders;
import agentpost.platform.Environment;
import agentpost.platform.Platform;
import agentpost.webhook.WebhookHandler;

/** {@code POST /webhooks/scheduling-agent}. */
public final class SchedulingHandler extends WebhookHandler {
  public SchedulingHandler() {
    this(Platform.lambda());
  }

  public SchedulingHandler(Platform platform) {
    super(platform, agent(platform, Environment.requiring(platform.environment(), "AGENT")));
  }

  private static SchedulingAgent agent(Platform platform, Environment environment) {
    AgentName name = new AgentName(environment.get("AGENT"));
    Deadlines deadlines = new Deadlines(name, ScheduledReminders.on(platform), platform.deadlines());
    Questions questions = new Questions(name, DynamoMemory.on(platform, name), deadlines, platform.deadlines());
    return new SchedulingAgent(name, OperationBookings.on(platform, name), questions, platform.deadlines());
  }
}
