package agentpost.cli.demo;

import agentpost.catalog.ResourceNames;
import agentpost.cli.operations.OperationView;
import agentpost.cli.operations.OperationsListCommand;
import agentpost.cli.terminal.CommandFailure;
import agentpost.cli.terminal.LabelledLines;
import agentpost.local.LocalCloud;
import agentpost.local.eventbridge.delivery.DeliveryListener.DeliveryEvent;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.eventbridge.EventBridgeClient;
import software.amazon.awssdk.services.eventbridge.model.PutEventsResultEntry;

/**
 * Puts two leads, takes functions down and up, shows what happens as it happens, and says what
 * should have been seen and was not.
 */
final class LeadsRun {
  private static final String SCHEDULING = ResourceNames.DEFAULT.agent("scheduling-agent");
  private static final String CALENDAR = ResourceNames.DEFAULT.part("calendar");

  /** For one step; without trouble the longest, a booking's two hours, takes 15 s. */
  private static final Duration STEP_TIMEOUT = Duration.ofSeconds(60);

  private static final JsonMapper JSON = new JsonMapper();

  private final LocalCloud cloud;
  private final LabelledLines screen;
  private final LeadsStory story;
  private final EventStory events;
  private final DemoSteps steps;

  LeadsRun(LocalCloud cloud, LabelledLines screen) {
    this(cloud, screen, STEP_TIMEOUT);
  }

  LeadsRun(LocalCloud cloud, LabelledLines screen, Duration patience) {
    this.cloud = cloud;
    this.screen = screen;
    this.steps = new DemoSteps(patience);
    this.story = new LeadsStory(screen);
    this.events = story.events();
    cloud.listen((DeliveryEvent happening) -> steps.tell(() -> events.onEvent(happening)));
    cloud.listenToLogs(
        (function, line) ->
            parse(line).ifPresent(json -> steps.tell(() -> story.onLogLine(function, json))));
  }

  /** A line that is not JSON is one of Lambda's own. */
  private static Optional<JsonNode> parse(String line) {
    try {
      return Optional.of(JSON.readTree(line));
    } catch (JsonProcessingException e) {
      return Optional.empty();
    }
  }

  /**
   * @return what was missing; nothing if all of it was seen. What was to come after a thing that is
   *     missing is not waited for.
   */
  List<String> run(DemoEvent asked, DemoEvent late) throws IOException, InterruptedException {
    FunctionOutage outage = new FunctionOutage(cloud.endpoint());
    screen.say("bold", "down", "scheduling-agent, for now");
    outage.begin(SCHEDULING);
    put(asked);
    steps.expect(
        "lead.qualified from lead-qualification",
        () -> events.countPublished("lead.qualified") == 1);
    steps.expect(
        "follow-up-agent hearing of the lead while scheduling-agent is down",
        () -> events.isDelivered("follow-up-agent", "lead.qualified"));
    steps.expect(
        "metrics-agent hearing of the lead while scheduling-agent is down",
        () -> events.isDelivered("metrics-agent", "lead.qualified"));
    steps.expect(
        "a delivery to scheduling-agent that is answered 503",
        () -> events.refusals("scheduling-agent") > 0);
    screen.say("bold", "up again", "scheduling-agent");
    outage.end(SCHEDULING);
    steps.expect(
        "scheduling-agent catching up",
        () -> events.isDelivered("scheduling-agent", "lead.qualified"));
    steps.expect(
        "the question about the lead's time zone",
        () -> events.countPublished("information.requested") == 1);
    steps.expect("the answer to it", () -> events.countPublished("information.provided") == 1);
    steps.expect("the request at the processor", () -> story.countAccepted() >= 1);
    steps.expect("the processor's callback", () -> story.countCallbacks() >= 1);
    steps.expect("operation.completed", () -> events.countPublished("operation.completed") >= 1);
    steps.expect(
        "demo.scheduled",
        () ->
            events.countPublished("demo.scheduled") >= 1
                && events.isDelivered("scheduling-agent", "operation.completed"));

    screen.say(
        "bold",
        "down",
        "the calendar's worker; the calendar still accepts work, and its queue keeps it");
    outage.begin(CALENDAR);
    put(late);
    steps.expect("the second lead's request at the processor", () -> story.countAccepted() >= 2);
    screen.say(
        "bold",
        "waiting",
        "for the booking's deadline, two hours that take "
            + 7200 / DemoLeadsCommand.TIME_SCALE
            + " seconds");
    steps.expect("operation.timed_out", () -> events.countPublished("operation.timed_out") >= 1);
    steps.expect("the second attempt at the booking", () -> story.countAccepted() >= 3);
    steps.expect(
        "operation.timed_out of the second attempt",
        () -> events.countPublished("operation.timed_out") >= 2);
    steps.expect(
        "support.alerted once nothing more is tried",
        () -> events.countPublished("support.alerted") == 1);
    screen.say("bold", "up again", "the calendar's worker, which finds its work in the queue");
    outage.end(CALENDAR);
    steps.expect("both late callbacks refused with 410", () -> story.countLate() >= 2);
    if (steps.isWhole()) {
      lookBack();
    }
    return steps.findMissing();
  }

  private void put(DemoEvent event) {
    if (!steps.isWhole()) {
      return;
    }
    try (EventBridgeClient bus = cloud.clients("demo").create(EventBridgeClient.builder())) {
      PutEventsResultEntry result =
          bus.putEvents(put -> put.entries(event.entry())).entries().getFirst();
      if (result.errorCode() != null) {
        throw new CommandFailure(
            "the event was not accepted: " + result.errorCode() + ": " + result.errorMessage());
      }
    }
  }

  private void lookBack() {
    List<OperationView> operations;
    try (DynamoDbClient tables = cloud.clients("demo").create(DynamoDbClient.builder())) {
      operations =
          tables.scan(scan -> scan.tableName(ResourceNames.DEFAULT.operations())).items().stream()
              .map(OperationView::of)
              .toList();
    }
    OperationsListCommand.table(operations, cloud.now(), screen.contentDisplay()).stream()
        .flatMap(String::lines)
        .forEach(line -> screen.say("", "", line));
    long timedOut =
        operations.stream().filter(operation -> operation.state().equals("TIMED_OUT")).count();
    long completed =
        operations.stream().filter(operation -> operation.state().equals("COMPLETED")).count();
    if (timedOut != events.countPublished("operation.timed_out")
        || completed != events.countPublished("operation.completed")) {
      steps.isMissing(
          "an event for each operation that ended; "
              + completed
              + " are completed and "
              + timedOut
              + " timed out");
    }
    long introductions =
        cloud.outbox().stream().filter(mail -> mail.to().endsWith(".example.com")).count();
    if (introductions != 2) {
      steps.isMissing("two introductory e-mails; there are " + introductions);
    }
    String colour = steps.isWhole() ? "green" : "red";
    screen.say(colour, "summary", events.sum() + "; " + introductions + " introductory e-mails");
    screen.say(
        "",
        "",
        operations.size()
            + " operations = "
            + completed
            + " completed + "
            + timedOut
            + " timed out");
    if (steps.isWhole()) {
      screen.say(colour, "seen", "everything that this demo should show");
    }
  }
}
