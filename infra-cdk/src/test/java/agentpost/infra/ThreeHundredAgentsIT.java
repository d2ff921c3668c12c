package agentpost.infra;

import static org.assertj.core.api.Assertions.assertThat;

import agentpost.infra.catalog.CatalogReader;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A catalog of 300 agents, as many of them hosted as the catalog takes and each with all it can
 * use, with operations and 64 sources, within AWS's limits.
 */
@SuppressWarnings("NullAway.Init") // set before all tests
class ThreeHundredAgentsIT {
  private static Synthesized stack;

  @BeforeAll
  static void synthesize(@TempDir Path directory) {
    String agents =
        IntStream.range(0, 300)
            .mapToObj(
                i ->
                    "  agent-with-a-name-of-forty-character-"
                        + (100 + i)
                        + ": {subscribes: [user.signed_up, alert.raised], "
                        + (i < CatalogReader.MAX_HOSTED_AGENTS
                            ? "hosted: {handler: agentpost.onboarding.TrialMonitorHandler, uses:"
                                + " [email, support, state, updates, schedule, cancel,"
                                + " operations]}}\n"
                            : "external: {url: https://agents.example.com/" + i + "}}\n"))
            .collect(Collectors.joining());
    String sources =
        IntStream.range(0, 64)
            .mapToObj(
                i ->
                    "  source-with-a-name-of-thirty-ch"
                        + (char) ('a' + i / 26)
                        + (char) ('a' + i % 26)
                        + ": {scheme: github, type: /type, mappings: {lead: {event: lead.captured,"
                        + " data: {lead_id: /id, email: /email}}}}\n")
            .collect(Collectors.joining());
    String shared =
        "email: {from: a@example.com, support: b@example.com}\n"
            + "alerts: [cloudwatch, guardduty]\n"
            + "processors: {calendar: {hosted: {handler: agentpost.calendar.CalendarHandler}}}\n";
    stack =
        Synthesized.of(
            directory,
            shared + "agents:\n" + agents + "sources:\n" + sources,
            Map.of("stage", "longeststage"));
  }

  @Test
  void noTemplateHasMoreThan500ResourcesOr200ParametersOr200Outputs() {
    assertThat(stack.templates())
        .hasSize(307)
        .allSatisfy(
            template -> {
              assertThat(template.json().path("Resources").size()).isLessThanOrEqualTo(500);
              assertThat(template.json().path("Parameters").size()).isLessThanOrEqualTo(200);
              assertThat(template.json().path("Outputs").size()).isLessThanOrEqualTo(200);
            });
  }

  @Test
  void itIsDeployableWithAQuotaThatSynthesisNames() throws IOException {
    ServiceLimits limits = ServiceLimits.of(stack.directory());
    assertThat(limits.findViolations()).isEmpty();
    assertThat(limits.quotas())
        .singleElement()
        .asString()
        .startsWith(
            "302 rules stand on the bus, and EventBridge's quota \"Number of rules\" is 300");
  }

  @Test
  void noTemplateIsLargerThanAMillionBytes() {
    assertThat(stack.templateFiles())
        .hasSize(307)
        .allSatisfy(file -> assertThat(file.toFile().length()).isLessThan(1_000_000));
  }

  /**
   * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch_limits.html: "Up to
   * 500 widgets per dashboard. Up to 500 metrics per dashboard widget. Up to 2500 metrics per
   * dashboard, across all widgets."
   */
  @Test
  void dashboardsAreWithinCloudWatchsLimitsAndNoMoreThanNeeded() {
    assertThat(WatchedMetric.dashboards(stack))
        .hasSize(4)
        .allSatisfy(
            body -> {
              assertThat(body.path("widgets").size()).isLessThanOrEqualTo(500);
              assertThat(WatchedMetric.ofDashboard(body)).hasSizeLessThanOrEqualTo(2500);
              assertThat(body.path("widgets"))
                  .allSatisfy(
                      widget ->
                          assertThat(widget.at("/properties/metrics").size())
                              .isLessThanOrEqualTo(500));
            });
  }

  /** StartQuery takes no more. */
  @Test
  void savedQueriesLookAtFiftyLogsAtMost() {
    assertThat(stack.stack("dashboards").template().all("AWS::Logs::QueryDefinition"))
        .hasSize(7)
        .allSatisfy(query -> assertThat(query.at("/LogGroupNames").size()).isLessThanOrEqualTo(50));
  }

  /**
   * IAM user guide, "IAM and AWS STS quotas": characters of all inline policies of a role, of a
   * managed one, and how many of these a role has.
   */
  @Test
  void noRoleHasMorePoliciesOrLargerOnesThanIamTakes() {
    for (Template template : stack.templates().toList()) {
      DocumentedNames named = new DocumentedNames(template, Optional.of(stack.root()));
      for (Template.Resource role : template.all("AWS::IAM::Role")) {
        assertThat(policies(named, role, "AWS::IAM::Policy").mapToInt(Integer::intValue).sum())
            .as(role.id())
            .isLessThanOrEqualTo(10_240);
        assertThat(policies(named, role, "AWS::IAM::ManagedPolicy"))
            .as(role.id())
            .hasSizeLessThanOrEqualTo(10)
            .allMatch(size -> size <= 6_144);
      }
    }
    assertThat(stack.root().all("AWS::IAM::ManagedPolicy")).isNotEmpty();
  }

  /** Their sizes; references are written out. */
  private static Stream<Integer> policies(
      DocumentedNames named, Template.Resource role, String type) {
    return named.template().all(type).stream()
        .filter(policy -> policy.text("/Roles/0").equals(role.ref()))
        .map(policy -> written(named, policy.at("/PolicyDocument")).length());
  }

  private static String written(DocumentedNames named, JsonNode part) {
    if (part.isArray()) {
      return part.valueStream()
          .map(each -> written(named, each))
          .collect(Collectors.joining(",", "[", "]"));
    }
    boolean isReference =
        part.size() == 1 && part.properties().iterator().next().getKey().matches("Ref|Fn::.*");
    if (part.isObject() && !isReference) {
      return part.properties().stream()
          .map(each -> '"' + each.getKey() + "\":" + written(named, each.getValue()))
          .collect(Collectors.joining(",", "{", "}"));
    }
    return '"' + named.text(part) + '"';
  }

  /** Every path and every path above it is a resource, the root too. */
  @Test
  void theApiHasNoMoreThan300ResourcesAndRoomForRoutesToCome() {
    Set<String> resources = new TreeSet<>();
    stack
        .root()
        .only("AWS::ApiGateway::RestApi")
        .at("/Body/paths")
        .propertyStream()
        .map(Map.Entry::getKey)
        .forEach(
            path -> {
              for (int end = path.length(); end >= 0; end = path.lastIndexOf('/', end - 1)) {
                resources.add(path.substring(0, end));
              }
            });
    assertThat(resources)
        .hasSize(10 + CatalogReader.MAX_HOSTED_AGENTS)
        .hasSizeLessThanOrEqualTo(300 - 2);
  }

  @Test
  void noNameIsLongerThanAwsTakes() {
    assertThat(stack.templates())
        .allSatisfy(
            template -> {
              assertThat(template.all("AWS::Events::Rule"))
                  .allSatisfy(rule -> assertThat(rule.text("/Name")).hasSizeLessThanOrEqualTo(64));
              assertThat(template.all("AWS::Lambda::Function"))
                  .allSatisfy(
                      function ->
                          assertThat(function.text("/FunctionName")).hasSizeLessThanOrEqualTo(64));
              assertThat(template.all("AWS::SQS::Queue"))
                  .allSatisfy(
                      queue -> assertThat(queue.text("/QueueName")).hasSizeLessThanOrEqualTo(80));
            });
  }
}
