package agentpost.cli;

import agentpost.local.LocalCloud;
import agentpost.local.eventbridge.DeliveryListener.Happening;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.eventbridge.EventBridgeClient;
import software.amazon.awssdk.services.eventbridge.model.PutEventsResultEntry;

/** Puts two leads, takes functions down and up, shows what happens as it happens, and says what should have been seen and was not. */
final class LeadsRun {
  private static final String SCHEDULING = "agentpost-scheduling-agent";
  private static final String CALENDAR = "agentpost-calendar";

  /** For one step; without trouble the longest, a booking's two hours, takes 15 s. */
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private static final JsonMapper JSON = new JsonMapper();

  private final LocalCloud cloud;
  private final Screen screen;
  private final Duration patience;
  private final LeadsStory story;
  private final BlockingQueue<Consumer<LeadsStory>> seen = new LinkedBlockingQueue<>();
  private final List<String> missing = new ArrayList<>();

  LeadsRun(LocalCloud cloud, Screen screen) {
    this(cloud, screen, PATIENCE);
  }

  LeadsRun(LocalCloud cloud, Screen screen, Duration patience) {
    this.cloud = cloud;
    this.screen = screen;
    this.patience = patience;
    this.story = new LeadsStory(screen);
    cloud.listen((Happening happening) -> seen.add(to -> to.happened(happening)));
    cloud.listenToLogs((function, line) -> parsed(line).ifPresent(json -> seen.add(to -> to.logged(function, json))));
  }

  /** A line that is no JSON is one of Lambda's own. */
  private static Optional<JsonNode> parsed(String line) {
    try {
      return Optional.of(JSON.readTree(line));
    } catch (JsonProcessingException e) {
      return Optional.empty();
    }
  }

  /** @return what was missing; nothing if all of it was seen. What was to come after a thing that is missing is not waited for. */
  List<String> run(DemoEvent asked, DemoEvent late) throws IOException, InterruptedException {
    Outage outage = new Outage(cloud.endpoint());
    screen.say("bold", "down", "scheduling-agent, for now");
    outage.begin(SCHEDULING);
    put(asked);
    expect("lead.qualified from lead-qualification", () -> story.published("lead.qualified") == 1);
    expect("follow-up-agent hearing of the lead while scheduling-agent is down", () -> story.isDelivered("follow-up-agent", "lead.qualified"));
    expect("metrics-agent hearing of the lead while scheduling-agent is down", () -> story.isDelivered("metrics-agent", "lead.qualified"));
    expect("a delivery to scheduling-agent that is answered 503", () -> story.refusals("scheduling-agent") > 0);
    screen.say("bold", "up again", "scheduling-agent");
    outage.end(SCHEDULING);
    expect("scheduling-agent catching up", () -> story.isDelivered("scheduling-agent", "lead.qualified"));
    expect("the question about the lead's time zone", () -> story.published("information.requested") == 1);
    expect("the answer to it", () -> story.published("information.provided") == 1);
    expect("the request at the processor", () -> story.accepted() >= 1);
    expect("the processor's callback", () -> story.calledBack() >= 1);
    expect("operation.completed", () -> story.published("operation.completed") >= 1);
    expect("demo.scheduled", () -> story.published("demo.scheduled") >= 1 && story.isDelivered("scheduling-agent", "operation.completed"));

    screen.say("bold", "down", "the calendar's worker; the calendar still accepts work, and its queue keeps it");
    outage.begin(CALENDAR);
    put(late);
    expect("the second lead's request at the processor", () -> story.accepted() >= 2);
    screen.say("bold", "waiting", "for the booking's deadline, two hours that take " + 7200 / DemoLeadsCommand.TIME_SCALE + " seconds");
    expect("operation.timed_out", () -> story.published("operation.timed_out") >= 1);
    expect("the second attempt at the booking", () -> story.accepted() >= 3);
    expect("operation.timed_out of the second attempt", () -> story.published("operation.timed_out") >= 2);
    expect("support.alerted once nothing more is tried", () -> story.published("support.alerted") == 1);
    screen.say("bold", "up again", "the calendar's worker, which finds its work in the queue");
    outage.end(CALENDAR);
    expect("both late callbacks refused with 410", () -> story.tooLate() >= 2);
    if (missing.isEmpty()) {
      lookBack();
    }
    return missing;
  }

  private void put(DemoEvent event) {
    if (!missing.isEmpty()) {
      return;
    }
    try (EventBridgeClient events = cloud.clients("demo").create(EventBridgeClient.builder())) {
      PutEventsResultEntry result = events.putEvents(put -> put.entries(event.entry())).entries().getFirst();
      if (result.errorCode() != null) {
        throw new CommandFailure("the event was not accepted: " + result.errorCode() + ": " + result.errorMessage());
      }
    }
  }

  private void expect(String what, BooleanSupplier isSeen) throws InterruptedException {
    if (!missing.isEmpty()) {
      return;
    }
    long deadline = System.nanoTime() + patience.toNanos();
    while (!isSeen.getAsBoolean() && System.nanoTime() < deadline) {
      Consumer<LeadsStory> one = seen.poll(200, TimeUnit.MILLISECONDS);
      if (one != null) {
        one.accept(story);
      }
    }
    if (!isSeen.getAsBoolean()) {
      missing.add(what);
    }
  }

  private void lookBack() {
    List<OperationSeen> operations;
    try (DynamoDbClient tables = cloud.clients("demo").create(DynamoDbClient.builder())) {
      operations = tables.scan(scan -> scan.tableName("agentpost-operations")).items().stream().map(OperationSeen::of).toList();
    }
    OperationsListCommand.table(operations, cloud.now()).forEach(line -> screen.say("", "", line));
    long timedOut = operations.stream().filter(operation -> operation.state().equals("TIMED_OUT")).count();
    long completed = operations.stream().filter(operation -> operation.state().equals("COMPLETED")).count();
    if (timedOut != story.published("operation.timed_out") || completed != story.published("operation.completed")) {
      missing.add("an event for each operation that ended; " + completed + " are completed and " + timedOut + " timed out");
    }
    long introductions = cloud.outbox().stream().filter(mail -> mail.to().endsWith(".example.com")).count();
    if (introductions != 2) {
      missing.add("two introductory e-mails; there are " + introductions);
    }
    String colour = missing.isEmpty() ? "green" : "red";
    screen.say(colour, "summary", story.sum() + "; " + introductions + " introductory e-mails");
    screen.say("", "", operations.size() + " operations = " + completed + " completed + " + timedOut + " timed out");
    if (missing.isEmpty()) {
      screen.say(colour, "seen", "everything that this demo is to show");
    }
  }
}
