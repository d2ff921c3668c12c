package agentpost.cli.verification;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import agentpost.cli.cloud.CloudOptions;
import agentpost.verification.Outcome;
import agentpost.verification.Patience;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

/** CloudWatch by the answers of its API reference; a local cloud has none. */
class MonitoringChecksTest {
  private static final Patience NONE =
      new Patience(Duration.ofMillis(50), Duration.ZERO, Duration.ZERO, Duration.ofMillis(10));

  private final Map<String, String> answers = new ConcurrentHashMap<>();
  private final Map<String, String> asked = new ConcurrentHashMap<>();
  private HttpServer server;

  @BeforeEach
  void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", this::answer);
    server.start();
    answers.put("ListEventBuses", "{'EventBuses':[{'Name':'agentpost'},{'Name':'agentpost-try'}]}");
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      String target = String.valueOf(exchange.getRequestHeaders().getFirst("X-Amz-Target"));
      String operation = target.substring(target.lastIndexOf('.') + 1);
      asked.put(
          operation,
          exchange.getRequestHeaders().getFirst("Content-Type")
              + " "
              + new String(exchange.getRequestBody().readAllBytes(), UTF_8));
      String known = answers.get(operation);
      byte[] bytes = (known == null ? "{}" : known.replace('\'', '"')).getBytes(UTF_8);
      exchange.sendResponseHeaders(known == null ? 404 : 200, bytes.length);
      exchange.getResponseBody().write(bytes);
    }
  }

  @CommandLine.Command
  private static final class Place {
    @CommandLine.Mixin private final CloudOptions options = new CloudOptions();
  }

  private Outcome run(String group) {
    Place place = new Place();
    new CommandLine(place)
        .parseArgs("--endpoint-url", "http://localhost:" + server.getAddress().getPort());
    VerifiedStage stage =
        new VerifiedStage(place.options, "", "", "", "", "", "", MissingNode.getInstance());
    return MonitoringChecks.all().stream()
        .filter(check -> check.group().equals(group))
        .findFirst()
        .orElseThrow()
        .body()
        .apply(new Probe(stage, "verify-deployment-abc123", NONE));
  }

  private void alarms(Map<String, String> states) {
    answers.put(
        "DescribeAlarms",
        states.entrySet().stream()
            .map(
                alarm ->
                    "{'AlarmName':'"
                        + alarm.getKey()
                        + "','StateValue':'"
                        + alarm.getValue()
                        + "'}")
            .toList()
            .toString()
            .transform(all -> "{'MetricAlarms':" + all + "}"));
  }

  @Test
  void alarmsThatAreNotRaisedPassAndSoDoesTheOneThatTheRunRaises() {
    alarms(
        Map.of(
            "agentpost-failed-invocations", "ALARM",
            "agentpost-crm-circuit-open", "INSUFFICIENT_DATA",
            "agentpost-relay-key-refused", "OK",
            "agentpost-try-relay-key-refused", "ALARM"));
    assertThat(run("alarms")).isEqualTo(new Outcome.Passed("3 alarms"));
    assertThat(asked.get("DescribeAlarms"))
        .startsWith("application/x-amz-json-1.0 ")
        .contains("\"AlarmNamePrefix\":\"agentpost-\"");
  }

  @Test
  void aRaisedAlarmIsNamedAndNoAlarmsAreAFailure() {
    alarms(Map.of("agentpost-relay-key-refused", "ALARM"));
    assertThat(run("alarms")).isEqualTo(new Outcome.Failed("raised: agentpost-relay-key-refused"));
    alarms(Map.of());
    assertThat(run("alarms")).isEqualTo(new Outcome.Failed("there are none"));
  }

  @Test
  void bothMetricsHaveToHaveAValue() {
    answers.put(
        "GetMetricData",
        "{'MetricDataResults':[{'Id':'relay','Values':[3,4]},{'Id':'letters','Values':[2]}]}");
    assertThat(run("metrics")).isInstanceOf(Outcome.Passed.class);
    assertThat(asked.get("GetMetricData"))
        .contains("agentpost-relay", "agentpost-verify-deployment-abc123");
    answers.put(
        "GetMetricData",
        "{'MetricDataResults':[{'Id':'relay','Values':[3,4]},{'Id':'letters','Values':[]}]}");
    assertThat(run("metrics")).isInstanceOf(Outcome.Failed.class);
  }

  @Test
  void whatCannotBeAskedIsAFailure() {
    assertThat(List.of(run("alarms"), run("metrics")))
        .allSatisfy(
            outcome ->
                assertThat(outcome)
                    .isInstanceOf(Outcome.Failed.class)
                    .extracting(Outcome::text)
                    .asString()
                    .startsWith("CloudWatch did not answer: "));
  }
}
