package agentpost.infra;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import agentpost.infra.Template.Resource;
import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import software.amazon.event.ruler.Ruler;

/** Alarms on what all agents share, and who hears of them. */
@SuppressWarnings("NullAway.Init") // set before all tests
class AlarmsTest {
  private static final String ALARM = "AWS::CloudWatch::Alarm";

  @TempDir private static Path directory;
  @TempDir private static Path small;
  private static Synthesized mixed;
  private static Synthesized minimal;

  @BeforeAll
  static void synthesize() {
    mixed = Synthesized.of(directory, Synthesized.MIXED, Map.of("stage", "try7"));
    minimal = Synthesized.of(small, Synthesized.MINIMAL_CATALOG, Map.of());
  }

  private static Stream<Resource> all(Synthesized stack) {
    return stack.templates().flatMap(template -> template.all(ALARM).stream());
  }

  private static Resource alarm(String suffix) {
    return all(mixed)
        .filter(alarm -> alarm.text("/AlarmName").equals("agentpost-try7-" + suffix))
        .findFirst()
        .orElseThrow(() -> new AssertionError("no alarm " + suffix));
  }

  /** One query over all rules of the bus costs what its rules have lost. */
  @Test
  void sumsOverRulesAreOfTheStagesOwnBus() {
    assertThat(all(mixed).filter(alarm -> alarm.properties().has("Metrics")))
        .hasSize(2)
        .allSatisfy(
            alarm ->
                assertEquals(
                    Map.of("EventBusName", "agentpost-try7", "RuleName", WatchedMetric.EACH),
                    WatchedMetric.ofQuery(alarm.text("/Metrics/0/Expression")).dimensions()));
  }

  private static List<String> names(Synthesized stack, String type, String property) {
    return stack
        .templates()
        .flatMap(template -> template.all(type).stream())
        .map(resource -> resource.text(property))
        .toList();
  }

  @ParameterizedTest
  @CsvSource({"recovery-heartbeat", "timeout-handler-heartbeat"})
  void silenceIsAnAlarm(String name) {
    Resource alarm = alarm(name);
    assertEquals("breaching", alarm.text("/TreatMissingData"));
    assertEquals("LessThanThreshold", alarm.text("/ComparisonOperator"));
    assertEquals("1", alarm.text("/Threshold"));
    assertEquals("Sum", alarm.text("/Statistic"));
    assertEquals("agentpost", alarm.text("/Namespace"));
  }

  @Test
  void allElseIsSilentAsLongAsAllIsWell() {
    assertThat(all(mixed).filter(alarm -> !alarm.text("/AlarmName").endsWith("-heartbeat")))
        .allSatisfy(
            alarm -> {
              assertEquals("notBreaching", alarm.text("/TreatMissingData"));
              assertEquals("GreaterThanOrEqualToThreshold", alarm.text("/ComparisonOperator"));
            });
  }

  @ParameterizedTest
  @CsvSource({"relay", "recovery", "timeout-handler", "rotation", "calendar"})
  void functionsThatNobodyWaitsForAreWatched(String function) {
    assertThat(
            Stream.of("errors Errors", "throttled Throttles", "near-timeout Duration")
                .map(both -> both.split(" "))
                .map(both -> List.of(both[1], alarm(function + "-" + both[0]).text("/MetricName"))))
        .allSatisfy(both -> assertEquals(both.getFirst(), both.getLast()));
    int timeout =
        mixed
            .templates()
            .flatMap(template -> template.all("AWS::Lambda::Function").stream())
            .filter(one -> one.text("/FunctionName").equals("agentpost-try7-" + function))
            .mapToInt(one -> one.at("/Timeout").asInt())
            .findFirst()
            .orElseThrow();
    assertEquals(timeout * 900, alarm(function + "-near-timeout").at("/Threshold").asInt());
  }

  /** Their answers are few among the API's, so that its share of 5xx would not show it. */
  @ParameterizedTest
  @CsvSource({"ingest", "callback-handler"})
  void whatStrangersCallIsWatchedForAnswersOf500(String function) {
    Resource alarm = alarm(function + "-handler-failed");
    assertEquals("HandlerFailed Sum", alarm.text("/MetricName") + " " + alarm.text("/Statistic"));
    assertEquals(
        "[{\"Name\":\"Function\",\"Value\":\"agentpost-try7-" + function + "\"}]",
        alarm.at("/Dimensions").toString());
  }

  @ParameterizedTest
  @CsvSource({
    "Connection Deauthorized, agentpost-try7, true",
    "Connection Deauthorized, agentpost, false",
    "Connection Deauthorized, agentpost-try77, false",
    "Connection Authorized, agentpost-try7, false",
    "Connection Update Started, agentpost-try7, false",
  })
  void aConnectionThatLosesItsAuthorizationIsCounted(String type, String name, boolean counts)
      throws Exception {
    Resource rule =
        mixed
            .templates()
            .flatMap(template -> template.all("AWS::Events::Rule").stream())
            .filter(one -> one.text("/Name").equals("agentpost-try7-connection"))
            .findFirst()
            .orElseThrow();
    assertTrue(rule.at("/EventBusName").isMissingNode());
    // User guide, "Amazon EventBridge events detail reference", Connection state events.
    String event =
        """
        {"version":"0","id":"1d7a4ac6-a50a-745f-a331-a0d802f7badb","detail-type":"%s","source":"aws.events",
         "account":"123456789012","time":"2024-10-28T09:08:20Z","region":"us-east-1",
         "resources":["arn:aws:events:us-east-1:123456789012:connection/%s/ee7e4d52-8df0-4bed-a0d5-fa7dea43fcf8"],
         "detail":{"ConnectionName":"%s","Timestamp":"2024-10-24 09:26:35 +0000 UTC"}}
        """
            .formatted(type, name, name);
    assertEquals(counts, Ruler.matchesRule(event, rule.at("/EventPattern").toString()));
    assertThat(alarm("connection-deauthorized").at("/OKActions")).isEmpty();
    assertThat(names(mixed, "AWS::Events::Connection", "/Name")).contains("agentpost-try7");
  }

  @Test
  void everyAlarmGoesToTheTopicAndAgentsHaveThreeAtMost() {
    String topic = mixed.root().only("AWS::SNS::Topic").ref();
    assertThat(all(mixed)).allSatisfy(alarm -> assertEquals(topic, alarm.text("/AlarmActions/0")));
    assertThat(all(minimal).count() - 3).isLessThanOrEqualTo(20);
    assertThat(mixed.stack("alarms").template().all(ALARM))
        .hasSizeLessThanOrEqualTo(30)
        .noneSatisfy(alarm -> assertThat(alarm.text("/AlarmName")).contains("hosted-plain"));
  }

  @Test
  void aCatalogWithoutProcessorsHasNoAlarmsOfThem() {
    assertThat(all(minimal).map(alarm -> alarm.text("/AlarmName")))
        .contains("agentpost-recovery-heartbeat")
        .noneMatch(name -> name.contains("timeout-handler"));
  }

  private static final Pattern SECTION =
      Pattern.compile("(?ms)^#{2,3} ([^\n]++)\n.*?(?=^#{2,3} |\\z)");

  /** Meaning, first command, what it shows, whom to ask: in the section that its row leads to. */
  @Test
  void everyAlarmHasARunbook() {
    String document = Synthesized.content(Path.of("../docs/operations.md"));
    Set<String> missing = new TreeSet<>();
    for (Resource alarm : all(mixed).toList()) {
      String name = Reference.of(mixed).general(alarm.text("/AlarmName").replace("-try7", ""));
      String section = sectionOf(document, name);
      List<String> parts = new ArrayList<>(List.of("```bash", "```text", "scalate"));
      parts.removeIf(section::contains);
      if (!parts.isEmpty()) {
        missing.add(name + ": " + parts);
      }
    }
    assertThat(missing).isEmpty();
  }

  /** The one that lists it, or that its row of the table leads to. */
  private static String sectionOf(String document, String alarm) {
    Matcher row =
        Pattern.compile("(?m)^\\| `" + Pattern.quote(alarm) + "` .*\\(#([a-z0-9-]++)\\) \\|$")
            .matcher(document);
    String anchor = row.find() ? row.group(1) : "";
    return SECTION
        .matcher(document)
        .results()
        .filter(
            section ->
                section.group().contains("\n- `" + alarm + "`: ")
                    || anchor(section.group(1)).equals(anchor))
        .map(MatchResult::group)
        .findFirst()
        .orElse("");
  }

  private static String anchor(String heading) {
    return heading.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9 -]", "").replace(' ', '-');
  }

  @Test
  void theCatalogSubscribesSomeone(@TempDir Path out) {
    assertThat(mixed.root().all("AWS::SNS::Subscription")).isEmpty();
    Template root =
        Synthesized.of(
                out,
                Synthesized.content(Synthesized.MINIMAL_CATALOG)
                    + "alarms: {email: oncall@example.com}\n",
                Map.of())
            .root();
    JsonNode subscription = root.only("AWS::SNS::Subscription").properties();
    assertEquals("email", subscription.path("Protocol").asText());
    assertEquals("oncall@example.com", subscription.path("Endpoint").asText());
    assertEquals(root.only("AWS::SNS::Topic").ref(), root.text(subscription.path("TopicArn")));
  }
}
