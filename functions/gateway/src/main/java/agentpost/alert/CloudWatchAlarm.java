package agentpost.alert;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Locale;

/**
 * {@code CloudWatch Alarm State Change} (CloudWatch user guide, "Alarm events and EventBridge"). An
 * alarm has no severity: {@code critical:} or {@code info:} at the beginning of its description
 * says so, and any other is a warning.
 */
final class CloudWatchAlarm {
  static final String DETAIL_TYPE = "CloudWatch Alarm State Change";

  private CloudWatchAlarm() {}

  static AlertData read(JsonNode event) {
    JsonNode detail = event.path("detail");
    String name = detail.path("alarmName").asText("unnamed alarm");
    String reason = detail.path("state").path("reason").asText();
    return new AlertData(
        "cloudwatch",
        "infrastructure",
        name,
        severity(detail.path("configuration").path("description").asText()),
        detail.path("state").path("value").asText().equals("OK"),
        reason.isEmpty() ? name : name + ": " + reason,
        event.path("resources").path(0).asText(),
        AlertData.time(event.path("time")));
  }

  private static String severity(String description) {
    String begins = description.strip().toLowerCase(Locale.ROOT);
    return List.of("critical", "info").stream()
        .filter(word -> begins.startsWith(word + ":"))
        .findFirst()
        .orElse("warning");
  }
}
