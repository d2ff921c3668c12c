package agentpost.alerts;

import agentpost.alerts.Alert.Severity;
import agentpost.catalog.AgentName;
import agentpost.event.Event;
import agentpost.event.Truncation;
import agentpost.webhook.Agent;
import agentpost.webhook.Outcome;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Clock;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Says of a security alert what it means and what to do first. Only security alerts come here: that
 * is its rule's pattern's business, in the catalog. GuardDuty's types begin with what someone is
 * after, {@code ThreatPurpose:Resource/Family…} (GuardDuty user guide, "Finding format").
 */
final class SecurityAnalyst implements Agent {
  private static final Pattern TYPE = Pattern.compile("([A-Z][A-Za-z]{1,40}):.+");
  private static final Pattern WORD = Pattern.compile("(?<=[a-z])(?=[A-Z])");
  private static final int MAX_TYPE_LENGTH = 256;

  private final AgentName name;
  private final Clock clock;

  SecurityAnalyst(AgentName name, Clock clock) {
    this.name = name;
    this.clock = clock;
  }

  @Override
  public Outcome handle(Event event) {
    if (!event.type().equals("alert.raised")) {
      return new Outcome.Refused("this agent does not know " + event.type());
    }
    Alert alert = Alert.of(event);
    if (alert.resolved()) {
      return new Outcome.Done(List.of(), "it is over: nothing to analyse");
    }
    JsonNode details = event.data().path("details");
    String type = details.path("type").isTextual() ? details.path("type").textValue() : "";
    String threat = threat(type);
    Threats.Meaning meaning = Threats.of(threat);
    ObjectNode data =
        JsonNodeFactory.instance
            .objectNode()
            .put("fingerprint", alert.fingerprint())
            .put("severity", severity(alert, details).label())
            .put("threat", threat)
            .put("assessment", meaning.assessment());
    meaning.actions().forEach(data.putArray("actions")::add);
    alert.resource().ifPresent(resource -> data.put("resource", resource));
    if (!type.isEmpty()) {
      data.put("finding", Truncation.truncate(type, MAX_TYPE_LENGTH));
    }
    return new Outcome.Done(
        List.of(event.answer(name, "security.analyzed", data, clock.instant())),
        "analysed: " + threat);
  }

  private static String threat(String type) {
    Matcher purpose = TYPE.matcher(type);
    return purpose.matches()
        ? WORD.matcher(purpose.group(1)).replaceAll("-").toLowerCase(Locale.ROOT)
        : Threats.UNKNOWN;
  }

  /** What acts itself, instead of being acted on, is in someone else's hands already. */
  private static Severity severity(Alert alert, JsonNode details) {
    boolean acts = details.path("service").path("resourceRole").asText().equals("ACTOR");
    return acts && alert.severity() == Severity.WARNING ? Severity.CRITICAL : alert.severity();
  }
}
