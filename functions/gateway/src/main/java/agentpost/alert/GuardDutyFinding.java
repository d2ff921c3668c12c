package agentpost.alert;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;

/**
 * {@code GuardDuty Finding} (GuardDuty user guide, "Processing findings with EventBridge").
 * GuardDuty publishes a finding again, under the same id, when it is seen again; what is archived
 * is over.
 */
final class GuardDutyFinding {
  static final String DETAIL_TYPE = "GuardDuty Finding";

  /** Of 1 to 10 ("Severity levels of GuardDuty findings"): below medium, and from high on. */
  private static final double MEDIUM = 4.0;

  private static final double HIGH = 7.0;

  /** Where the name of what is affected is, by its type. */
  private static final List<String> RESOURCES =
      List.of(
          "/instanceDetails/instanceId",
          "/s3BucketDetails/0/arn",
          "/s3BucketDetails/0/name",
          "/eksClusterDetails/arn",
          "/ecsClusterDetails/arn",
          "/lambdaDetails/functionArn",
          "/rdsDbInstanceDetails/dbInstanceArn",
          "/accessKeyDetails/userName");

  private GuardDutyFinding() {}

  static AlertData read(JsonNode event) {
    JsonNode detail = event.path("detail");
    JsonNode service = detail.path("service");
    String type = detail.path("type").asText("finding without a type");
    return new AlertData(
        "guardduty",
        "security",
        detail.path("id").asText(type),
        severity(detail.path("severity").asDouble(HIGH)),
        service.path("archived").asBoolean(false),
        detail.path("title").asText(type),
        RESOURCES.stream()
            .map(detail.path("resource")::at)
            .map(JsonNode::asText)
            .filter(name -> !name.isEmpty())
            .findFirst()
            .orElse(""),
        AlertData.time(service.path("eventFirstSeen")));
  }

  private static String severity(double value) {
    return value < MEDIUM ? "info" : value < HIGH ? "warning" : "critical";
  }
}
