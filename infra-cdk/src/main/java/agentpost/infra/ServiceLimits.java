package agentpost.infra;

import static java.nio.charset.StandardCharsets.UTF_8;

import agentpost.catalog.AccountQuota;
import agentpost.catalog.CloudAssembly;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Holds what was synthesized to what AWS takes, so that a catalog that cannot be deployed is told
 * of here and not by a deployment that rolls back. Limits are of AWS's pages: CloudFormation,
 * "Understand CloudFormation quotas"; EventBridge, "Amazon EventBridge quotas" and PutRule; IAM,
 * "IAM and AWS STS quotas"; Lambda, "Lambda quotas"; Secrets Manager, "AWS Secrets Manager quotas";
 * CloudWatch Logs, PutResourcePolicy; CloudWatch, "CloudWatch service quotas".
 */
final class ServiceLimits {
  private static final int MAX_TEMPLATE_BYTES = 1_000_000;
  private static final Map<String, Integer> MAX_PARTS =
      Map.of("Resources", 500, "Parameters", 200, "Outputs", 200);
  private static final int MAX_PATTERN_LENGTH = 4096;
  private static final int DEFAULT_PATTERN_LENGTH = 2048;
  private static final int MAX_TARGETS = 5;
  private static final int MAX_INLINE_POLICIES_LENGTH = 10_240;
  private static final int MAX_MANAGED_POLICY_LENGTH = 6144;
  private static final int MAX_MANAGED_POLICIES = 10;
  private static final int MAX_BUS_POLICY_LENGTH = 10_240;
  private static final int MAX_LOG_POLICY_LENGTH = 5120;
  private static final int MAX_ENVIRONMENT_BYTES = 4096;
  private static final int MAX_SECRET_BYTES = 65_536;
  private static final int MAX_WIDGETS = 500;
  private static final int MAX_DASHBOARD_METRICS = 2500;

  private final List<String> broken = new ArrayList<>();
  private final List<String> quotas = new ArrayList<>();

  private ServiceLimits() {}

  /**
   * @param assembly the folder that the app was synthesized into
   */
  static ServiceLimits of(Path assembly) throws IOException {
    ServiceLimits limits = new ServiceLimits();
    CloudAssembly synthesized = CloudAssembly.read(assembly);
    synthesized.templates().forEach(limits::check);
    long rules = AccountQuota.RULES.use(synthesized);
    if (rules > AccountQuota.RULES.usual()) {
      limits.quotas.add(
          rules
              + " rules stand on the bus, and EventBridge's quota \""
              + AccountQuota.RULES.title()
              + "\" is "
              + AccountQuota.RULES.usual()
              + " a bus (100 in af-south-1 and eu-south-1) until it is raised: ask for "
              + rules
              + " or more in Service Quotas before this is deployed");
    }
    return limits;
  }

  /** What AWS refuses in every account. */
  List<String> findViolations() {
    return broken;
  }

  /** What AWS refuses until an account's quota is raised. */
  List<String> quotas() {
    return quotas;
  }

  private void check(CloudAssembly.Template file) {
    String stack = file.name();
    long bytes = file.bytes();
    if (bytes > MAX_TEMPLATE_BYTES) {
      broken.add(
          tooMuch(stack, "the template", bytes, "bytes", "CloudFormation", MAX_TEMPLATE_BYTES));
    }
    JsonNode template = file.json();
    MAX_PARTS.forEach(
        (part, most) -> {
          int count = template.path(part).size();
          if (count > most) {
            broken.add(tooMuch(stack, "the template", count, part, "CloudFormation", most));
          }
        });
    TemplateText text = new TemplateText(template);
    template
        .path("Resources")
        .properties()
        .forEach(
            entry -> {
              String type = entry.getValue().path("Type").asText();
              String name = stack + ", " + entry.getKey();
              JsonNode properties = entry.getValue().path("Properties");
              switch (type) {
                case "AWS::Events::Rule" -> rule(name, properties, text);
                case "AWS::IAM::Role" -> policies(name, entry.getKey(), template, text);
                case "AWS::Lambda::Function" -> environment(name, properties, text);
                case "AWS::SecretsManager::Secret" -> secret(name, properties, text);
                case "AWS::CloudWatch::Dashboard" -> dashboard(name, properties, text);
                case "AWS::Events::EventBusPolicy" ->
                    atMost(
                        name,
                        "its statement",
                        text.of(properties.path("Statement")).length(),
                        "characters",
                        "EventBridge",
                        MAX_BUS_POLICY_LENGTH);
                case "AWS::Logs::ResourcePolicy" ->
                    atMost(
                        name,
                        "its policy",
                        text.of(properties.path("PolicyDocument")).length(),
                        "characters",
                        "CloudWatch Logs",
                        MAX_LOG_POLICY_LENGTH);
                default -> {
                  // Bounded by its template's limits alone.
                }
              }
            });
  }

  private void rule(String name, JsonNode properties, TemplateText text) {
    int length = text.of(properties.path("EventPattern")).length();
    atMost(name, "its event pattern", length, "characters", "EventBridge", MAX_PATTERN_LENGTH);
    if (length > DEFAULT_PATTERN_LENGTH && length <= MAX_PATTERN_LENGTH) {
      quotas.add(
          name
              + ": its event pattern has "
              + length
              + " characters, and EventBridge's quota \"Event pattern size\" is "
              + DEFAULT_PATTERN_LENGTH
              + " until it is raised: ask for "
              + length
              + " or more in Service Quotas before this is deployed");
    }
    atMost(name, "it", properties.path("Targets").size(), "targets", "EventBridge", MAX_TARGETS);
  }

  private void policies(String name, String role, JsonNode template, TemplateText text) {
    int inline = 0;
    int managed = 0;
    for (JsonNode policy : template.path("Resources")) {
      boolean isOfRole = policy.at("/Properties/Roles/0/Ref").asText().equals(role);
      int length = text.of(policy.at("/Properties/PolicyDocument")).length();
      if (isOfRole && policy.path("Type").asText().equals("AWS::IAM::Policy")) {
        inline += length;
      }
      if (isOfRole && policy.path("Type").asText().equals("AWS::IAM::ManagedPolicy")) {
        managed++;
        atMost(name, "a managed policy", length, "characters", "IAM", MAX_MANAGED_POLICY_LENGTH);
      }
    }
    atMost(
        name,
        "its inline policies together",
        inline,
        "characters",
        "IAM",
        MAX_INLINE_POLICIES_LENGTH);
    atMost(name, "it", managed, "managed policies", "IAM", MAX_MANAGED_POLICIES);
  }

  private void environment(String name, JsonNode properties, TemplateText text) {
    int bytes =
        properties.at("/Environment/Variables").properties().stream()
            .mapToInt(
                entry ->
                    entry.getKey().getBytes(UTF_8).length
                        + text.of(entry.getValue()).getBytes(UTF_8).length)
            .sum();
    atMost(name, "its environment", bytes, "bytes", "Lambda", MAX_ENVIRONMENT_BYTES);
  }

  private void secret(String name, JsonNode properties, TemplateText text) {
    atMost(
        name,
        "its value",
        text.of(properties.path("SecretString")).getBytes(UTF_8).length,
        "bytes",
        "Secrets Manager",
        MAX_SECRET_BYTES);
  }

  private void dashboard(String name, JsonNode properties, TemplateText text) {
    String body = text.of(properties.path("DashboardBody"));
    try {
      JsonNode widgets = new JsonMapper().readTree(body).path("widgets");
      atMost(name, "it", widgets.size(), "widgets", "CloudWatch", MAX_WIDGETS);
      int metrics =
          widgets.valueStream().mapToInt(one -> one.at("/properties/metrics").size()).sum();
      atMost(name, "it", metrics, "metrics", "CloudWatch", MAX_DASHBOARD_METRICS);
    } catch (JsonProcessingException e) {
      broken.add(name + ": its body is not JSON: " + e.getOriginalMessage());
    }
  }

  private void atMost(String name, String what, long count, String unit, String who, int most) {
    if (count > most) {
      broken.add(tooMuch(name, what, count, unit, who, most));
    }
  }

  private static String tooMuch(
      String name, String what, long count, String unit, String who, int most) {
    return name
        + ": "
        + what
        + " has "
        + count
        + " "
        + unit
        + ", and "
        + who
        + " takes "
        + most
        + ". A part of the catalog as a stage of its own is less";
  }
}
