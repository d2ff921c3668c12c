package agentpost.infra;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An overview, and pages of agents. ThreeHundredAgentsIT has more of them. */
@SuppressWarnings("NullAway.Init") // set before all tests
class DashboardsTest {
  @TempDir private static Path directory;
  private static Synthesized mixed;

  @BeforeAll
  static void synthesize() {
    mixed = Synthesized.of(directory, Synthesized.MIXED, Map.of("stage", "try7"));
  }

  private static List<String> names(Synthesized stack) {
    return stack.stack("dashboards").template().all("AWS::CloudWatch::Dashboard").stream()
        .map(dashboard -> dashboard.text("/DashboardName"))
        .toList();
  }

  private static JsonNode dashboard(Synthesized stack, String part) {
    int index = names(stack).indexOf(stack.names().part(part) + "-${AWS::Region}");
    return WatchedMetric.dashboards(stack).toList().get(index);
  }

  private static Synthesized ofAgents(Path directory, int howMany) {
    return Synthesized.of(
        directory,
        IntStream.range(0, howMany)
            .mapToObj(
                i ->
                    "  agent-"
                        + i
                        + ": {subscribes: [user.signed_up], hosted: {handler:"
                        + " agentpost.onboarding.PersonalizationHandler}}\n")
            .collect(Collectors.joining("", "agents:\n", "")),
        Map.of());
  }

  /** A dashboard's name is taken in the whole account, by stacks of other regions too. */
  @Test
  void namesHaveTheStageAndTheRegion() {
    assertThat(names(mixed))
        .containsExactlyInAnyOrder(
            "agentpost-try7-overview-${AWS::Region}", "agentpost-try7-agents-1-${AWS::Region}");
  }

  /** The first three with 50 metrics each are free (https://aws.amazon.com/cloudwatch/pricing/). */
  @Test
  void eightAgentsNeedThreeDashboardsThatAreFree(@TempDir Path eight, @TempDir Path nine) {
    assertThat(WatchedMetric.dashboards(ofAgents(eight, 8)))
        .hasSize(3)
        .allSatisfy(
            body -> assertThat(WatchedMetric.ofDashboard(body)).hasSizeLessThanOrEqualTo(50));
    assertThat(WatchedMetric.dashboards(ofAgents(nine, 9))).hasSize(2);
  }

  @Test
  void theOverviewHasFiftyMetricsAtMostWhateverTheCatalogHas() {
    assertThat(WatchedMetric.ofDashboard(dashboard(mixed, "overview")))
        .hasSizeBetween(45, 50)
        .noneSatisfy(
            metric -> assertThat(metric.dimensions()).containsEntry("Agent", "hosted-plain"));
  }

  @Test
  void eachAgentHasARowOfItsOwn() {
    JsonNode page = dashboard(mixed, "agents-1");
    assertThat(page.path("widgets")).hasSize(4 * mixed.catalog().agents().size());
    assertThat(
            WatchedMetric.ofDashboard(page).filter(metric -> metric.name().equals("CircuitOpen")))
        .extracting(metric -> metric.dimensions().get("Agent"))
        .containsExactly(
            "hosted-plain", "hosted-everything", "external-plain", "external-particular");
    assertThat(WatchedMetric.ofDashboard(page).filter(metric -> metric.name().equals("InFlight")))
        .extracting(metric -> metric.dimensions().get("Agent"))
        .containsExactly("external-plain", "external-particular");
  }

  /** The Metrics Agent's, of the shipped catalog. */
  @Test
  void whatAnAgentCountsItselfHasADashboardOfItsOwn(@TempDir Path examples) {
    Synthesized shipped = Synthesized.of(examples, Synthesized.EXAMPLES, Map.of());
    JsonNode figures = dashboard(shipped, "figures");
    assertThat(figures.path("widgets").valueStream())
        .extracting(
            widget -> widget.path("properties").path("title").asText(),
            widget -> widget.path("properties").path("markdown").asText())
        .containsExactly(
            tuple("", "# metrics-agent"),
            tuple("Leads", ""),
            tuple("Qualified share (%)", ""),
            tuple("Demos", ""),
            tuple("Onboarding time (s)", ""));
    assertThat(figures.at("/widgets/2/properties/metrics"))
        .hasToString(
            "[[\"agentpost\",\"LeadsQualified\",\"Bus\",\"agentpost\","
                + "{\"stat\":\"Sum\",\"id\":\"m1\",\"visible\":false}],"
                + "[\".\",\"LeadsCaptured\",\".\",\".\","
                + "{\"stat\":\"Sum\",\"id\":\"m2\",\"visible\":false}],"
                + "[{\"expression\":\"100 * m1 / m2\",\"label\":\"%\",\"id\":\"m3\"}]]");
    assertThat(WatchedMetric.ofDashboard(figures))
        .extracting(WatchedMetric::dimensions)
        .containsOnly(Map.of("Bus", "agentpost"));
  }

  @Test
  void widgetsFillTheGridAndDoNotOverlap() {
    assertThat(WatchedMetric.dashboards(mixed))
        .allSatisfy(
            body -> {
              int[] nextX = {0};
              int[] y = {0};
              int[] height = {0};
              for (JsonNode widget : body.path("widgets")) {
                if (nextX[0] == 24) {
                  nextX[0] = 0;
                  y[0] += height[0];
                }
                assertThat(widget.path("x").asInt()).isEqualTo(nextX[0]);
                assertThat(widget.path("y").asInt()).isEqualTo(y[0]);
                nextX[0] += widget.path("width").asInt();
                height[0] = widget.path("height").asInt();
              }
              assertThat(nextX[0]).isEqualTo(24);
            });
  }

  @Test
  void theOverviewLeadsToThePages() {
    assertThat(dashboard(mixed, "overview").path("widgets").toString())
        .contains(
            "[hosted-plain to external-particular](#dashboards:name=agentpost-try7-agents-1-"
                + "${AWS::Region})");
  }
}
