package agentpost.calendar;

import static agentpost.catalog.EnvironmentVariables.AGENT_STATE_TABLE;
import static agentpost.catalog.EnvironmentVariables.PROCESSOR;

import agentpost.callback.WorkerHandler;
import agentpost.catalog.AgentName;
import agentpost.platform.Platform;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

/** The worker of the demo calendar. */
public final class CalendarHandler extends WorkerHandler {
  public CalendarHandler() {
    this(Platform.lambda());
  }

  public CalendarHandler(Platform platform) {
    super(
        platform,
        environment ->
            new DemoCalendar(
                new DynamoSlotStore(
                    platform.aws().create(DynamoDbClient.builder()),
                    environment.get(AGENT_STATE_TABLE),
                    new AgentName(environment.get(PROCESSOR)))));
  }
}
