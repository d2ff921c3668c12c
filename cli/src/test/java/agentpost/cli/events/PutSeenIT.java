package agentpost.cli.events;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertEquals;

import agentpost.cli.Run;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code put} of events that agents may have acted on, and to buses that may not be there. */
class PutSeenIT {
  private static final Path EXAMPLES = Path.of("../events-schemas/user.signed_up/examples");
  private static final String HEARS = "{\"detail-type\":[\"user.signed_up\"]}";

  @TempDir private Path directory;
  private final Map<String, String> patterns =
      new TreeMap<>(
          Map.of(
              "welcome",
              HEARS,
              "trial",
              HEARS,
              "other",
              "{\"detail-type\":[\"email.sent\"]}",
              "log",
              HEARS));
  private final List<String> external = new ArrayList<>();
  private final Map<String, String> claims = new TreeMap<>();
  private FakeEvents aws;

  @BeforeEach
  void start() throws IOException {
    aws = new FakeEvents();
    aws.answers("PutEvents", "{'FailedEntryCount':0,'Entries':[{'EventId':'bus-1'}]}");
    aws.answersBy(
        "ListRules",
        _ ->
            list(
                "Rules",
                patterns.entrySet().stream()
                    .map(
                        rule ->
                            "{'Name':'agentpost-"
                                + rule.getKey()
                                + "','State':'ENABLED','EventPattern':"
                                + text(rule.getValue())
                                + "}")
                    .toList()));
    aws.answersBy(
        "GetSecretValue",
        _ ->
            patterns.keySet().stream()
                .filter(agent -> !agent.equals("log"))
                .map(
                    agent ->
                        '"'
                            + agent
                            + "\":"
                            + (external.contains(agent) ? "{\"external\":{}}" : "{}"))
                .collect(
                    Collectors.collectingAndThen(
                        Collectors.joining(",", "{\"entries\":{", "}}"),
                        directory -> "{'SecretString':" + text(directory) + "}")));
    aws.answersBy(
        "GetItem",
        input ->
            claims.entrySet().stream()
                .filter(claim -> input.contains("\"" + claim.getKey() + "\""))
                .findFirst()
                .map(claim -> "{'Item':" + claim.getValue() + "}")
                .orElse("{}"));
  }

  @AfterEach
  void stop() {
    aws.close();
  }

  private static String text(String value) {
    return "'" + value.replace("\"", "\\\"") + "'";
  }

  private static String list(String name, List<String> items) {
    return "{'" + name + "':[" + items.stream().collect(Collectors.joining(",")) + "]}";
  }

  private static String claim(String status, long leaseSeconds, long expirySeconds) {
    Instant now = Instant.now();
    return "{'status':{'S':'"
        + status
        + "'},'lease_until':{'N':'"
        + now.plusSeconds(leaseSeconds).toEpochMilli()
        + "'},'expires_at':{'N':'"
        + now.plusSeconds(expirySeconds).getEpochSecond()
        + "'}}";
  }

  private Run put(String... options) {
    List<String> words =
        new ArrayList<>(
            List.of(
                "put",
                EXAMPLES.resolve("premium-trial.json").toString(),
                "--endpoint-url",
                aws.url()));
    words.addAll(List.of(options));
    return Run.of("", words.toArray(String[]::new));
  }

  @Test
  void ofOneThatNobodyHasSeenNothingIsSaid() {
    Run run = put();
    assertEquals(0, run.exitCode(), run.everything());
    assertEquals("accepted user.signed_up, event_id uuid-1234-abcd, on agentpost\n", run.out());
  }

  @Test
  void ofOneThatAllHaveActedOnIsSaidThatNobodyWillAct() {
    claims.put("welcome", claim("DONE", 0, 1000));
    claims.put("trial", claim("DONE", 0, 1000));
    Run run = put();
    assertEquals(0, run.exitCode(), run.everything());
    assertThat(run.out())
        .contains(
            "nobody will act on it again: trial, welcome have acted on the event_id uuid-1234-abcd"
                + " before; ./agentpost put ",
            "premium-trial.json --new-id --endpoint-url " + aws.url());
    assertThat(aws.called()).anyMatch(call -> call.startsWith("PutEvents "));
  }

  @Test
  void whoHasNotActedYetAndWhoIsExternalGetsIt() {
    claims.put("welcome", claim("DONE", 0, 1000));
    assertThat(put().out())
        .contains(
            "welcome has acted on the event_id uuid-1234-abcd before and will not act again, only"
                + " trial gets it; ");
    claims.put("trial", claim("DONE", 0, 1000));
    external.add("trial");
    assertThat(put().out())
        .as("an external agent has no claim of ours")
        .contains("only trial gets it");
  }

  /** As an agent's own inbox decides. */
  @ParameterizedTest
  @CsvSource({
    "DONE,0,1000,true",
    "DONE,0,-10,false",
    "IN_PROGRESS,60,1000,true",
    "IN_PROGRESS,-1,1000,false",
    "IN_PROGRESS,60,-10,false"
  })
  void aClaimCountsWhileItHolds(String status, long lease, long expiry, boolean isTaken) {
    claims.put("welcome", claim(status, lease, expiry));
    assertThat(put().out().contains("welcome has acted")).isEqualTo(isTaken);
  }

  @Test
  void underANewIdItIsAnotherEvent() {
    claims.put("welcome", claim("DONE", 0, 1000));
    claims.put("trial", claim("DONE", 0, 1000));
    aws.answersBy(
        "GetItem",
        input -> input.contains("uuid-1234-abcd") ? "{'Item':" + claims.get("trial") + "}" : "{}");
    Run run = put("--new-id");
    assertEquals(0, run.exitCode(), run.everything());
    assertThat(run.out())
        .containsPattern("^accepted user.signed_up, event_id [0-9a-f-]{36}, on agentpost\n$");
    String id = run.out().replaceFirst("(?s).*event_id ([^,]+),.*", "$1");
    assertThat(aws.called())
        .anyMatch(
            call ->
                call.startsWith("PutEvents ")
                    && call.contains(id)
                    && !call.contains("uuid-1234-abcd"));
  }

  @Test
  void nothingIsPutOnABusThatDoesNotExist() {
    aws.answersBy(
        "DescribeEventBus",
        input ->
            input.contains("agentpost-nosuch")
                ? "{'__type':'ResourceNotFoundException','message':'Event bus agentpost-nosuch does"
                    + " not exist.'}"
                : "{}");
    Run run = put("--stage", "nosuch");
    assertEquals(1, run.exitCode());
    assertThat(run.err())
        .contains("no stack of that name: there is no agentpost-nosuch at " + aws.url());
    assertThat(aws.called()).noneMatch(call -> call.startsWith("PutEvents "));
  }

  @Test
  void ofSeveralEntriesNoneIsPutIfOneOfTheirBusesDoesNotExist() throws IOException {
    aws.answersBy(
        "DescribeEventBus",
        input ->
            input.contains("nosuch")
                ? "{'__type':'ResourceNotFoundException','message':'x'}"
                : "{}");
    String one =
        Files.readString(EXAMPLES.resolve("put-events.json"))
            .strip()
            .replaceFirst("^\\[", "")
            .replaceFirst("]$", "");
    Path file =
        Files.writeString(
            directory.resolve("two.json"),
            "["
                + one
                + ","
                + one.replace("\"EventBusName\": \"agentpost\"", "\"EventBusName\": \"nosuch\"")
                + "]");
    Run run = Run.of("", "put", file.toString(), "--endpoint-url", aws.url());
    assertEquals(1, run.exitCode());
    assertThat(run.err()).contains("there is no bus nosuch");
    assertThat(aws.called()).noneMatch(call -> call.startsWith("PutEvents "));
  }

  @Test
  void anEntryForAnotherBusThanTheStagesIsRefused() {
    Run run =
        Run.of(
            "",
            "put",
            EXAMPLES.resolve("put-events.json").toString(),
            "--stage",
            "try",
            "--endpoint-url",
            aws.url());
    assertEquals(1, run.exitCode());
    assertThat(run.err())
        .contains(
            "EventBusName is agentpost, and the bus of --stage is agentpost-try; omit one of the"
                + " two");
  }
}
