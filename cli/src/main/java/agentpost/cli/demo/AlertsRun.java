package agentpost.cli.demo;

import agentpost.catalog.ResourceNames;
import agentpost.cli.terminal.LabelledLines;
import agentpost.local.LocalCloud;
import agentpost.local.eventbridge.delivery.DeliveryListener.DeliveryEvent;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/**
 * Raises alerts, takes the aggregator down and up, shows what happens as it happens, and says what
 * should have been seen and was not.
 */
final class AlertsRun {
  private static final String AGGREGATOR = ResourceNames.DEFAULT.agent("alert-aggregator");
  private static final int STORM = 40;

  /** For one step; without trouble the longest, a reminder's hour, takes half of it. */
  private static final Duration STEP_TIMEOUT = Duration.ofSeconds(60);

  private static final JsonMapper JSON = new JsonMapper();

  private final LocalCloud cloud;
  private final LabelledLines screen;
  private final Path examples;
  private final AlertsStory story;
  private final EventStory events;
  private final DemoSteps steps;

  AlertsRun(LocalCloud cloud, LabelledLines screen, Path examples) {
    this(cloud, screen, examples, STEP_TIMEOUT);
  }

  AlertsRun(LocalCloud cloud, LabelledLines screen, Path examples, Duration patience) {
    this.cloud = cloud;
    this.screen = screen;
    this.examples = examples;
    this.story = new AlertsStory(screen);
    this.events = story.events();
    this.steps = new DemoSteps(patience);
    cloud.listen((DeliveryEvent happening) -> steps.tell(() -> events.onEvent(happening)));
    cloud.listenToLogs(
        (_, line) -> parse(line).ifPresent(json -> steps.tell(() -> story.onLogLine(json))));
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
   * @return what was missing; nothing if all of it was seen
   */
  List<String> run() throws IOException, InterruptedException {
    try (AlertProducers producers = new AlertProducers(cloud, examples)) {
      raiseAlerts(producers);
      groupAlerts(producers);
      down(producers);
      resolveAlerts(producers);
    }
    if (steps.isWhole()) {
      lookBack();
    }
    return steps.findMissing();
  }

  private void raiseAlerts(AlertProducers producers) throws IOException, InterruptedException {
    producers.alarm("demo-alarm-1", "disk-full-web-1", "ALARM");
    steps.expect(
        "alert.raised of a CloudWatch alarm", () -> events.countPublished("alert.raised") == 1);
    producers.finding();
    steps.expect(
        "alert.raised of a GuardDuty finding", () -> events.countPublished("alert.raised") == 2);
    steps.expect(
        "security.analyzed of the finding, and of nothing else",
        () -> events.countPublished("security.analyzed") == 1);
    producers.error("demo-error-0", "error.raised");
    steps.expect(
        "alert.raised of an application's signed webhook",
        () -> events.countPublished("alert.raised") == 3);
    steps.expect("three groups", () -> countOpenedGroups() == 3);
    screen.say(
        "bold", "again", "the same event of CloudWatch, as EventBridge delivers at least once");
    producers.alarm("demo-alarm-1", "disk-full-web-1", "ALARM");
    steps.expect("the repeated alarm, told from a new one", () -> story.countRepeated() >= 1);
  }

  private long countOpenedGroups() {
    return groups().size();
  }

  private void groupAlerts(AlertProducers producers) throws IOException, InterruptedException {
    screen.say("bold", "storm", STORM + " more errors of the same application");
    for (int i = 1; i <= STORM; i++) {
      producers.error("demo-error-" + i, "error.raised");
    }
    steps.expect(
        "all " + (STORM + 1) + " errors counted in one group",
        () -> story.countNoted(STORM + 1 + " in its group") == 1);
    steps.expect(
        "alert.grouped of each of the three", () -> events.countPublished("alert.grouped") == 3);
    producers.error("demo-error-over", "error.resolved");
    steps.expect("the application's errors resolved", () -> story.countNoted("resolved") == 1);
  }

  private void down(AlertProducers producers) throws IOException, InterruptedException {
    FunctionOutage outage = new FunctionOutage(cloud.endpoint());
    screen.say("bold", "down", "alert-aggregator, for now");
    outage.begin(AGGREGATOR);
    producers.alarm("demo-alarm-2", "queue-grows", "ALARM");
    producers.alarm("demo-alarm-3", "queue-grows", "ALARM");
    producers.alarm("demo-alarm-4", "no-sign-ups", "ALARM");
    steps.expect(
        "three deliveries to alert-aggregator that are answered 503",
        () -> events.refusals("alert-aggregator") >= 3);
    screen.say("bold", "up again", "alert-aggregator");
    outage.end(AGGREGATOR);
    steps.expect(
        "the alerts of the outage, whole and in their groups",
        () -> count("queue-grows") == 2 && count("no-sign-ups") == 1);
    steps.expect("alert.grouped of these two", () -> events.countPublished("alert.grouped") == 5);
  }

  private void resolveAlerts(AlertProducers producers) throws IOException, InterruptedException {
    screen.say(
        "bold",
        "waiting",
        "for the first reminder, an hour that takes "
            + 3600 / DemoAlertsCommand.TIME_SCALE
            + " seconds");
    steps.expect(
        "alert.unresolved of the alarm", () -> events.countPublished("alert.unresolved") >= 1);
    producers.alarm("demo-alarm-5", "disk-full-web-1", "OK");
    steps.expect("the alarm resolved", () -> story.countNoted("resolved") == 2);
  }

  private int count(String alarm) {
    return groups().entrySet().stream()
        .filter(group -> group.getKey().endsWith("/" + alarm))
        .mapToInt(group -> group.getValue().path("group").path("count").asInt())
        .sum();
  }

  /** What the aggregator remembers, by fingerprint. */
  private Map<String, JsonNode> groups() {
    Map<String, JsonNode> groups = new TreeMap<>();
    try (DynamoDbClient tables = cloud.clients("demo").create(DynamoDbClient.builder())) {
      for (Map<String, AttributeValue> row :
          tables
              .scan(scan -> scan.tableName(ResourceNames.DEFAULT.agentState()).consistentRead(true))
              .items()) {
        Optional.ofNullable(row.get("key"))
            .filter(key -> key.s().startsWith("alerts#"))
            .flatMap(_ -> Optional.ofNullable(row.get("state")))
            .flatMap(state -> parse(state.s()))
            .ifPresent(state -> groups.put(state.at("/group/fingerprint").asText(), state));
      }
    }
    return groups;
  }

  private void lookBack() {
    groups()
        .forEach(
            (fingerprint, state) -> {
              JsonNode group = state.path("group");
              String end =
                  state.has("resolved_at")
                      ? "resolved"
                      : group.path("reminders").isEmpty() ? "open" : "open, reminded of";
              screen.say(
                  "",
                  "",
                  String.format(
                      Locale.ROOT,
                      "%3d  %-8s  %-16s  %s",
                      group.path("count").asInt(),
                      group.path("severity").asText(),
                      end,
                      fingerprint));
            });
    if (events.letters() > 0) {
      steps.isMissing("a delivery of everything; " + events.letters() + " were given up");
    }
    // The alarm came twice as one event; the storm's errors, its first and its end are events of
    // their own.
    int alerts = 1 + 1 + 1 + STORM + 3;
    int counted =
        groups().values().stream()
            .mapToInt(state -> state.path("group").path("count").asInt())
            .sum();
    if (counted != alerts) {
      steps.isMissing("every alert in its group; " + counted + " of " + alerts + " are");
    }
    String colour = steps.isWhole() ? "green" : "red";
    screen.say(
        colour,
        "summary",
        events.sum() + "; " + counted + " alerts in " + groups().size() + " groups");
    if (steps.isWhole()) {
      screen.say(colour, "seen", "everything that this demo should show");
    }
  }
}
