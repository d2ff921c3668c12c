package agentpost.cli.console;

import static java.nio.charset.StandardCharsets.UTF_8;

import agentpost.alert.AwsAlerts;
import agentpost.catalog.ResourceNames;
import agentpost.cli.cloud.Door;
import agentpost.cli.terminal.CommandFailure;
import agentpost.local.LocalCloud;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** What AWS said went wrong, the alerts that came of it, and what people were told. */
final class AlertPages {
  private static final int MAX_SHOWN = 50;
  private static final String RULES = ResourceNames.DEFAULT.part("alerts-");
  private static final String ALARM = "AWS::CloudWatch::Alarm";

  private final LocalCloud cloud;
  private final DeliveryHistory history;

  AlertPages(LocalCloud cloud, DeliveryHistory history) {
    this.cloud = cloud;
    this.history = history;
  }

  /**
   * @param alert the event that it became; nothing if that is not on the bus yet
   */
  record Heard(Times at, String name, String link, String what, Optional<Alert> alert) {}

  /**
   * @param what happened to it: raised, resolved, grouped or unresolved
   */
  record Alert(
      Times at, String id, String link, String type, String kind, String what, String title) {}

  View list(PageRequest page) {
    if (page.isPost()) {
      return send(page);
    }
    List<Heard> heard =
        history.page(Long.MAX_VALUE, MAX_SHOWN, AlertPages::isHeard).stream()
            .map(this::heard)
            .toList();
    List<Alert> alerts =
        history.page(Long.MAX_VALUE, MAX_SHOWN, event -> event.type().startsWith("alert.")).stream()
            .map(this::alert)
            .toList();
    List<String> alarms = cloud.inertResources().getOrDefault(ALARM, List.of());
    return new View.Html(
        "alerts",
        "Alerts",
        "alerts",
        Map.of(
            "heard",
            heard,
            "silent",
            heard.isEmpty(),
            "alerts",
            alerts,
            "empty",
            alerts.isEmpty(),
            "alarms",
            alarms,
            "alarmCount",
            alarms.isEmpty() ? "" : Integer.toString(alarms.size())));
  }

  private static boolean isHeard(DeliveryHistory.Event event) {
    return event.deliveries().stream().anyMatch(one -> one.agent().startsWith(RULES));
  }

  private Heard heard(DeliveryHistory.Event event) {
    JsonNode detail = WireMessage.json(history.envelope(event.id()).orElse(""));
    return new Heard(
        Times.of(event.at()),
        Stream.of("alarmName", "title", "type")
            .map(name -> detail.path(name).asText())
            .filter(text -> !text.isEmpty())
            .findFirst()
            .orElse(event.type()),
        Links.event(event.id()),
        Stream.of(event.type(), detail.path("state").path("value").asText())
            .filter(text -> !text.isEmpty())
            .reduce((type, state) -> type + ", " + state)
            .orElse(""),
        history.find(AwsAlerts.alertId(event.id()).value()).map(this::alert));
  }

  private Alert alert(DeliveryHistory.Event event) {
    JsonNode data = WireMessage.json(history.envelope(event.id()).orElse("")).path("data");
    String state = data.path("state").asText();
    String severity = data.path("severity").asText();
    return new Alert(
        Times.of(event.at()),
        event.id(),
        Links.event(event.id()),
        event.type(),
        state.equals("resolved") ? "ok" : severity.equals("critical") ? "bad" : "wait",
        Stream.of(severity, state)
            .filter(text -> !text.isEmpty())
            .reduce((one, other) -> one + ", " + other)
            .orElse(""),
        data.path("title").asText());
  }

  /** Over the cloud's own door for what AWS services say: on its default bus nobody else may. */
  private View send(PageRequest page) {
    String name = page.field("name").strip();
    if (name.isEmpty()) {
      throw new CommandFailure("an alarm needs a name");
    }
    ObjectNode event =
        JsonNodeFactory.instance
            .objectNode()
            .put("source", "aws.cloudwatch")
            .put("detail-type", "CloudWatch Alarm State Change");
    event.putArray("resources").add("arn:aws:cloudwatch:us-east-1:000000000000:alarm:" + name);
    ObjectNode detail = event.putObject("detail").put("alarmName", name);
    detail
        .putObject("state")
        .put("value", page.field("state").equals("OK") ? "OK" : "ALARM")
        .put("reason", "sent from the console")
        .put("timestamp", cloud.now().toString());
    detail
        .putObject("previousState")
        .put("value", page.field("state").equals("OK") ? "ALARM" : "OK");
    if (page.field("critical").equals("yes")) {
      detail.putObject("configuration").put("description", "critical: sent from the console");
    }
    int status =
        new Door(cloud.endpoint().resolve(PageRequest.PREFIX + "aws-events").toString())
            .post(Map.of("Content-Type", "application/json"), event.toString().getBytes(UTF_8))
            .map(Door.Answer::status)
            .orElse(0);
    if (status != 200) {
      throw new CommandFailure("the bus did not take the alarm: " + status);
    }
    return new View.Redirect(Links.to("alerts"));
  }
}
