package agentpost.cli.cost;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assertions.assertEquals;

import agentpost.cli.Run;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.api.parallel.Resources;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@ResourceLock(Resources.SYSTEM_PROPERTIES)
class CostTest {
  private static final String TEMPLATE = "agentpost.cdk.out";

  private static final String ROOT =
      """
      {"Resources": {
        "Key": {"Type": "AWS::KMS::Key", "Properties": {}},
        "Secret": {"Type": "AWS::SecretsManager::Secret", "Properties": {}},
        "Relay": {"Type": "AWS::Lambda::Function", "Properties": {"MemorySize": 1024}},
        "Alarm": {"Type": "AWS::CloudWatch::Alarm", "Properties": {"MetricName": "A"}},
        "Silence": {"Type": "AWS::CloudWatch::Alarm",
          "Properties": {"MetricName": "B", "TreatMissingData": "breaching"}},
        "Query": {"Type": "AWS::CloudWatch::Alarm", "Properties": {"Metrics": []}},
        "Overview": {"Type": "AWS::CloudWatch::Dashboard", "Properties": {}},
        "Minute": {"Type": "AWS::Scheduler::Schedule", "Properties": {}},
        "Api": {"Type": "AWS::ApiGateway::RestApi", "Properties": {"Body": {"paths": {
          "/a": {"post": {}}, "/b": {"get": {}, "post": {}}}}}},
        "Stage": {"Type": "AWS::ApiGateway::Stage",
          "Properties": {"MethodSettings": [{"LoggingLevel": "ERROR"}]}}
      }}
      """;

  @TempDir private Path assembly;

  @BeforeEach
  void hostedAndExternalAgent() throws IOException {
    write("agentpost", ROOT);
    write(
        "hosted",
        agent(
            300,
            "{\"detail-type\": [\"a\", \"b\"]}",
            ", \"Function\": {\"Type\": \"AWS::Lambda::Function\","
                + " \"Properties\": {\"MemorySize\": 1024}}"));
    write(
        "external",
        agent(20, "{\"$or\": [{\"detail-type\": [\"a\"]}, {\"detail-type\": [\"c\"]}]}", ""));
    System.setProperty(TEMPLATE, assembly.toString());
  }

  @AfterEach
  void noTemplate() {
    System.clearProperty(TEMPLATE);
  }

  private void write(String stack, String template) throws IOException {
    Files.writeString(assembly.resolve(stack + ".template.json"), template);
  }

  private static String agent(int rate, String pattern, String more) {
    return """
    {"Resources": {
      "Destination": {"Type": "AWS::Events::ApiDestination",
        "Properties": {"InvocationRateLimitPerSecond": %d}},
      "Rule": {"Type": "AWS::Events::Rule", "Properties": {"EventPattern": %s}}%s}}
    """
        .formatted(rate, pattern, more);
  }

  private static JsonNode cost(String... options) throws IOException {
    String[] words = new String[options.length + 2];
    words[0] = "cost";
    words[1] = "--json";
    System.arraycopy(options, 0, words, 2, options.length);
    Run run = Run.of("", words);
    assertEquals(0, run.exitCode(), run.everything());
    return new JsonMapper().readTree(run.out());
  }

  private static JsonNode line(JsonNode cost, String component) {
    return StreamSupport.stream(cost.path("month").spliterator(), false)
        .filter(line -> line.path("component").asText().equals(component))
        .findFirst()
        .orElseThrow(() -> new AssertionError(component + " is not in " + cost));
  }

  private static double usd(JsonNode cost, String component) {
    return line(cost, component).path("usd").asDouble();
  }

  @Test
  void countsWhatTheTemplateHasWithoutAnEvent() throws IOException {
    JsonNode cost = cost();
    assertThat(cost.path("agents").asInt()).isEqualTo(2);
    assertThat(cost.path("hosted").asInt()).isEqualTo(1);
    assertThat(cost.path("month"))
        .extracting(line -> line.path("component").asText() + ": " + line.path("formula").asText())
        .containsExactly(
            "secrets: 1 × 0.40",
            "keys: 1 × 1.00",
            "alarms: 2 × 0.10",
            "heartbeats: 1 × 0.30",
            "dashboards: 1 × 3.00",
            "runs each minute: 43,800 × 1.00/M + 43,800 × 0.20/M + 4,380 GB-s × 13.3334/M");
    assertThat(cost.path("month_usd").asDouble()).isEqualTo(5.01);
  }

  /** Three types are heard four times. */
  @Test
  void takesSubscribersFromTheCatalog() throws IOException {
    assertThat(cost().path("subscribers").asDouble()).isEqualTo(4 / 3.0);
    assertThat(cost("--subscribers", "8").path("subscribers").asDouble()).isEqualTo(8);
  }

  /** 262.8 million events, and as many deliveries to each of the two. */
  @Test
  void addsUpWhatEventsAndDeliveriesCost() throws IOException {
    JsonNode cost = cost("--events", "100/s", "--subscribers", "2");
    assertThat(usd(cost, "events")).isEqualTo(262.80);
    assertThat(usd(cost, "API destinations")).isEqualTo(105.12);
    assertThat(line(cost, "REST API").path("formula").asText())
        .isEqualTo("788.4 M × 3.50/M (less beyond 333 M)");
    assertThat(usd(cost, "REST API")).isEqualTo(333 * 3.5 + 455.4 * 2.8, within(0.01));
    assertThat(usd(cost, "tables")).isEqualTo((525.6 * 2 + 262.8 * 2) * 0.625, within(0.01));
    double all =
        StreamSupport.stream(cost.path("month").spliterator(), false)
            .mapToDouble(line -> line.path("usd").asDouble())
            .sum();
    assertThat(cost.path("month_usd").asDouble()).isEqualTo(all, within(0.1));
  }

  @Test
  void saysWhatAMillionCosts() throws IOException {
    JsonNode million = cost().path("million_usd");
    assertThat(million.path("deliveries_hosted").asDouble()).isBetween(12.0, 14.0);
    assertThat(million.path("deliveries_external").asDouble())
        .isLessThan(million.path("deliveries_hosted").asDouble() / 1.5);
  }

  @Test
  void aRelayWithAUrlOfItsOwnMakesNoRequestsOfTheApi() throws IOException {
    double api = cost().at("/million_usd/deliveries_hosted").asDouble();
    assertThat(cost().at("/million_usd/deliveries_hosted_at_other_door").asDouble())
        .isLessThan(6)
        .isGreaterThan(5);
    write(
        "agentpost",
        ROOT.replace(
            "\"Minute\"",
            "\"Url\": {\"Type\": \"AWS::Lambda::Url\", \"Properties\": {}},"
                + "\"Share\": {\"Type\": \"AWS::CloudWatch::Alarm\", \"Properties\":"
                + " {\"Metrics\": [{\"Id\": \"share\"}, {\"MetricStat\": {}},"
                + " {\"MetricStat\": {}}]}}, \"Minute\""));
    JsonNode cost = cost("--events", "100/s", "--subscribers", "2");
    assertThat(cost.path("month"))
        .extracting(line -> line.path("component").asText())
        .contains("functions, calls")
        .doesNotContain("REST API", "access log");
    assertEquals("4 × 0.10", line(cost, "alarms").path("formula").asText());
    assertThat(cost.at("/million_usd/deliveries_hosted").asDouble()).isLessThan(6);
    assertThat(cost.at("/million_usd/deliveries_hosted_at_other_door").asDouble()).isEqualTo(api);
  }

  @Test
  void countsDetailedMetricsWhereTheyAreOn() throws IOException {
    write("agentpost", ROOT.replace("\"LoggingLevel\"", "\"MetricsEnabled\": true, \"Logging\""));
    assertThat(line(cost(), "detailed metrics").path("formula").asText())
        .isEqualTo("3 methods × 5 × 0.30");
  }

  @Test
  void saysWhatTheRatesDoNotLetThrough() {
    assertThat(Run.of("", "cost", "--events", "160/s", "--subscribers", "2").out())
        .doesNotContain("note:");
    assertThat(Run.of("", "cost", "--events", "161/s", "--subscribers", "2").out())
        .contains("note: the agents' rates allow 320 deliveries a second");
  }

  @Test
  void printsATable() {
    assertThat(Run.of("", "cost", "--events", "60/m").out())
        .contains(
            "2 agents, 1 of them hosted; list prices of us-east-1, ",
            "1 events a second, each to 1.333 agents",
            "secrets                   0.40  1 × 0.40\n");
  }

  @ParameterizedTest
  @ValueSource(strings = {"100", "100/w", "-1/s", "1e9/s", "/s", ""})
  void refusesWhatIsNoRate(String rate) {
    Run run = Run.of("", "cost", "--events", rate);
    assertEquals(2, run.exitCode(), run.everything());
    assertThat(run.err()).contains("like 100/s");
  }

  @ParameterizedTest
  @ValueSource(strings = {"--subscribers", "--event-bytes", "--agent-millis"})
  void refusesNothingOfWhatThereMustBe(String option) {
    Run run = Run.of("", "cost", option, "0");
    assertEquals(2, run.exitCode(), run.everything());
    assertThat(run.err()).contains("'" + option + "': it must be above 0");
  }

  @Test
  void everyPriceHasItsSource() {
    PriceList prices = PriceList.load();
    assertThat(prices.prices().values())
        .allSatisfy(
            price -> {
              assertThat(price.source().getHost()).isEqualTo("aws.amazon.com");
              assertThat(price.tiers().getLast().upTo()).isNull();
            });
  }
}
