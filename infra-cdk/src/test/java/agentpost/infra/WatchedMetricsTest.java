package agentpost.infra;

import static org.assertj.core.api.Assertions.assertThat;

import agentpost.infra.catalog.Catalog;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What alarms and dashboards look at is there: AWS documents it, or a function writes it. */
@SuppressWarnings("NullAway.Init") // set before all tests
class WatchedMetricsTest {
  private static final String EVENTS =
      "https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-monitoring.html";
  private static final String LAMBDA =
      "https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-view.html";
  private static final String API =
      "https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-metrics-and-dimensions.html";
  private static final String SQS =
      "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-available-cloudwatch-metrics.html";
  private static final String DYNAMODB =
      "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/metrics-dimensions.html";
  private static final String LOGS =
      "https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CloudWatch-Logs-Monitoring-CloudWatch-Metrics.html";

  /**
   * What AWS documents, read on these pages in November 2026: namespace, metric, and dimensions of
   * which one may name exactly these. A rule of a bus of one's own has both names ("Metrics that
   * specify both the EventBusName and RuleName dimensions refer to a custom event bus"), one of the
   * default bus its own alone.
   */
  private static final Map<String, String> DOCUMENTED =
      Map.ofEntries(
          Map.entry("AWS/Events FailedInvocations [EventBusName, RuleName]", EVENTS),
          Map.entry("AWS/Events InvocationsFailedToBeSentToDlq [EventBusName, RuleName]", EVENTS),
          Map.entry("AWS/Events IngestionToInvocationSuccessLatency [EventBusName]", EVENTS),
          Map.entry(
              "AWS/Events IngestionToInvocationSuccessLatency [EventBusName, RuleName]", EVENTS),
          Map.entry("AWS/Events MatchedEvents [RuleName]", EVENTS),
          Map.entry("AWS/Events MatchedEvents [EventBusName, RuleName]", EVENTS),
          Map.entry("AWS/Events TriggeredRules [EventBusName]", EVENTS),
          Map.entry("AWS/Events PutEventsFailedEntriesCount []", EVENTS),
          Map.entry("AWS/Events InvocationAttempts [EventBusName]", EVENTS),
          Map.entry("AWS/Events SuccessfulInvocationAttempts [EventBusName]", EVENTS),
          Map.entry("AWS/Events SuccessfulInvocationAttempts [EventBusName, RuleName]", EVENTS),
          Map.entry("AWS/Events RetryInvocationAttempts [EventBusName]", EVENTS),
          Map.entry("AWS/Events RetryInvocationAttempts [EventBusName, RuleName]", EVENTS),
          Map.entry("AWS/ApiGateway 5XXError [ApiName, Stage]", API),
          Map.entry("AWS/ApiGateway Count [ApiName, Stage]", API),
          Map.entry("AWS/Lambda Errors [FunctionName]", LAMBDA),
          Map.entry("AWS/Lambda Throttles [FunctionName]", LAMBDA),
          Map.entry("AWS/Lambda Throttles []", LAMBDA),
          Map.entry("AWS/Lambda Duration [FunctionName]", LAMBDA),
          Map.entry("AWS/Lambda Invocations [FunctionName]", LAMBDA),
          Map.entry("AWS/Lambda ConcurrentExecutions [FunctionName]", LAMBDA),
          Map.entry("AWS/SQS ApproximateAgeOfOldestMessage [QueueName]", SQS),
          Map.entry("AWS/SQS ApproximateNumberOfMessagesVisible [QueueName]", SQS),
          Map.entry("AWS/DynamoDB ConsumedWriteCapacityUnits [TableName]", DYNAMODB),
          Map.entry("AWS/Logs IncomingBytes [LogGroupName]", LOGS));

  @TempDir private static Path directory;
  private static Synthesized mixed;

  @BeforeAll
  static void synthesize() {
    mixed = Synthesized.of(directory, Synthesized.MIXED, Map.of("stage", "try7"));
  }

  @Test
  void whatIsAwsIsAsAwsDocumentsIt() {
    Set<String> watched =
        WatchedMetric.all(mixed)
            .filter(metric -> !metric.namespace().equals(Metric.OURS))
            .map(WatchedMetric::kind)
            .collect(Collectors.toCollection(TreeSet::new));
    assertThat(watched).isEqualTo(new TreeSet<>(DOCUMENTED.keySet()));
  }

  /** A dimension whose value nothing has is an alarm that never sounds, and an empty graph. */
  @Test
  void everyDimensionIsSomethingThatIsThere() {
    Map<String, List<String>> there =
        Map.ofEntries(
            Map.entry("EventBusName", names("AWS::Events::EventBus", "/Name")),
            Map.entry("ApiName", names("AWS::ApiGateway::RestApi", "/Name")),
            Map.entry("Stage", names("AWS::ApiGateway::Stage", "/StageName")),
            Map.entry("FunctionName", names("AWS::Lambda::Function", "/FunctionName")),
            Map.entry("Function", names("AWS::Lambda::Function", "/FunctionName")),
            Map.entry("QueueName", names("AWS::SQS::Queue", "/QueueName")),
            Map.entry("RuleName", names("AWS::Events::Rule", "/Name")),
            Map.entry("TableName", names("AWS::DynamoDB::Table", "/TableName")),
            Map.entry("LogGroupName", names("AWS::Logs::LogGroup", "/LogGroupName")),
            Map.entry("Bus", names("AWS::Events::EventBus", "/Name")),
            Map.entry(
                "Agent", mixed.catalog().agents().stream().map(Catalog.Agent::name).toList()));
    assertThat(WatchedMetric.all(mixed).flatMap(metric -> metric.dimensions().entrySet().stream()))
        .hasSizeGreaterThan(100)
        .allSatisfy(
            one -> {
              if (!one.getValue().equals(WatchedMetric.EACH)) {
                assertThat(there.get(one.getKey())).contains(one.getValue());
              }
            });
  }

  private static List<String> names(String type, String property) {
    return mixed
        .templates()
        .flatMap(template -> template.all(type).stream())
        .map(resource -> resource.text(property))
        .toList();
  }

  private static final Pattern ROW =
      Pattern.compile("(?m)^- `([A-Z][A-Za-z]++)`(?: \\((\\w++)\\))?+:");

  /** docs/reference.md has each of ours, with the dimensions that are looked at. */
  @Test
  void whatIsOursIsInTheReferenceWithItsDimensions() {
    Map<String, String> documented =
        ROW.matcher(Synthesized.content(Path.of("../docs/reference.md")))
            .results()
            .collect(Collectors.toMap(row -> row.group(1), row -> String.valueOf(row.group(2))));
    assertThat(ours(mixed))
        .isNotEmpty()
        .allSatisfy(
            metric ->
                assertThat(metric.dimensions().keySet())
                    .as(metric.name())
                    .isIn(
                        switch (documented.getOrDefault(metric.name(), "nothing")) {
                          case "agent" -> List.of(Set.of("Bus", "Agent"));
                          case "function" ->
                              List.of(Set.of("Function"), Set.of("Function", "Version"));
                          case "source" -> List.of(Set.of("Bus"), Set.of("Bus", "Source"));
                          case "null" -> List.of(Set.of("Bus"));
                          default -> List.of();
                        }));
  }

  private static Stream<WatchedMetric> ours(Synthesized stack) {
    return WatchedMetric.all(stack).filter(metric -> metric.namespace().equals(Metric.OURS));
  }

  private static final Pattern DIMENSION =
      Pattern.compile("(?:dimensions\\.put\\(|TreeMap<>\\(Map\\.of\\()\"(\\w++)\"");

  /**
   * Each combination of values is paid for: these have as many as the catalog has agents, and
   * functions that fail.
   */
  @Test
  void whatFunctionsWriteHasTheseDimensionsAndNoOthers() throws IOException {
    Set<String> dimensions = new TreeSet<>();
    for (String module : List.of("agents", "gateway", "runtime")) {
      try (Stream<Path> sources = Files.walk(Path.of("../functions", module, "src/main/java"))) {
        sources
            .filter(source -> source.toString().endsWith(".java"))
            .map(Synthesized::content)
            .filter(text -> text.contains("MetricLine"))
            .flatMap(text -> DIMENSION.matcher(text).results())
            .map(found -> found.group(1))
            .forEach(dimensions::add);
      }
    }
    assertThat(dimensions).containsExactly("Agent", "Bus", "Function", "Source", "Version");
  }

  /** In what a handler has logged: {@code "CircuitOpen":1}, in a Java text or of a list. */
  private static final Pattern SEEN =
      Pattern.compile("(?<=[\"',])([A-Z][A-Za-z]++)(?=\\\\?+[\"'])");

  @Test
  void aTestSeesAFunctionWriteEachThatIsOurs(@TempDir Path examples) throws IOException {
    Set<String> seen = new TreeSet<>();
    for (String module :
        List.of("functions/agents", "functions/gateway", "functions/runtime", "localstack/cloud")) {
      try (Stream<Path> tests = Files.walk(Path.of("..", module, "src/test/java"))) {
        tests
            .filter(test -> test.toString().endsWith(".java"))
            .map(Synthesized::content)
            .flatMap(text -> SEEN.matcher(text).results())
            .map((MatchResult found) -> found.group(1))
            .forEach(seen::add);
      }
    }
    Synthesized shipped = Synthesized.of(examples, Synthesized.EXAMPLES, Map.of());
    assertThat(Stream.concat(ours(mixed), ours(shipped)).map(WatchedMetric::name)).isSubsetOf(seen);
  }
}
