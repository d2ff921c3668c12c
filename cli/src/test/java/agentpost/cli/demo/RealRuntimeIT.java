package agentpost.cli.demo;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;

import agentpost.cli.Launcher;
import agentpost.local.LocalCloud;
import agentpost.local.LocalCloudOptions;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.DynamoDbException;
import software.amazon.awssdk.services.eventbridge.EventBridgeClient;

/**
 * Every function of the synthesized template, from the zip that it packs, under AWS's own Java
 * runtime interface client: each in a process of its own with the template's memory and time-out,
 * its AWS calls over HTTP, and what its event source sends.
 */
@EnabledOnOs(OS.LINUX)
class RealRuntimeIT {
  /** Of every function, a hundred, with {@code -Plong} only. */
  private static final int INVOCATIONS = Integer.getInteger("invocations", 10);

  private static final Duration TIMEOUT = Duration.ofMinutes(2);
  private static final JsonMapper JSON = new JsonMapper();

  @TempDir private static Path directory;
  private static final List<String> LOG = new CopyOnWriteArrayList<>();
  private static Path cdkOut;
  private static LocalCloud cloud;

  /**
   * With one rule: what agents publish is not delivered on, so that a function's invocations are
   * those that it is given here.
   */
  @BeforeAll
  static void start() throws Exception {
    cdkOut = Launcher.synthesized(directory);
    cloud = LocalCloud.start(new LocalCloudOptions(0, 1, 1).withIsolated(true));
    cloud.listenToLogs((function, line) -> LOG.add(function + " " + line));
    cloud.deploy(cdkOut);
    try (EventBridgeClient events = cloud.clients("test").create(EventBridgeClient.builder())) {
      events.listRules(list -> list.eventBusName("agentpost").limit(100)).rules().stream()
          .filter(rule -> !rule.name().equals("agentpost-welcome-agent"))
          .forEach(
              rule ->
                  events.disableRule(
                      disable -> disable.eventBusName("agentpost").name(rule.name())));
    }
  }

  @AfterAll
  static void stop() {
    cloud.close();
  }

  private static List<JsonNode> functions() throws Exception {
    List<JsonNode> functions = new ArrayList<>();
    try (Stream<Path> files = Files.list(cdkOut)) {
      for (Path file :
          files.filter(path -> path.toString().endsWith(".template.json")).sorted().toList()) {
        for (JsonNode resource : JSON.readTree(Files.readString(file)).path("Resources")) {
          if (resource.path("Type").asText().equals("AWS::Lambda::Function")) {
            functions.add(resource.path("Properties"));
          }
        }
      }
    }
    return functions;
  }

  private static List<String> lines(String function, String with) {
    return LOG.stream()
        .filter(line -> line.startsWith(function + " ") && line.contains(with))
        .toList();
  }

  @Test
  void aSignUpIsDeliveredSignedClaimedAndActedOn() throws Exception {
    DemoEvent event =
        DemoEvent.read(
            Launcher.HOME.resolve("events-schemas/user.signed_up/examples/put-events.json"),
            Instant.now());
    try (EventBridgeClient events = cloud.clients("test").create(EventBridgeClient.builder())) {
      assertThat(events.putEvents(put -> put.entries(event.entry())).failedEntryCount()).isZero();
    }
    await()
        .atMost(TIMEOUT)
        .untilAsserted(
            () ->
                assertThat(cloud.outbox())
                    .as(() -> String.join("\n", LOG))
                    .anyMatch(mail -> mail.subject().startsWith("Welcome")));
    Map<String, AttributeValue> key =
        Map.of(
            "agent",
            AttributeValue.fromS("welcome-agent"),
            "event_id",
            AttributeValue.fromS("uuid-1234-abcd"));
    try (DynamoDbClient tables = cloud.clients("test").create(DynamoDbClient.builder())) {
      await()
          .atMost(TIMEOUT)
          .untilAsserted(
              () ->
                  assertThat(
                          tables.getItem(get -> get.tableName("agentpost-claims").key(key)).item())
                      .containsEntry("status", AttributeValue.fromS("DONE")));
    }
    assertThat(lines("agentpost-relay", "INIT_START")).isNotEmpty();
    await()
        .untilAsserted(
            () ->
                assertThat(lines("agentpost-welcome-agent", "REPORT"))
                    .first()
                    .asString()
                    .contains("Init Duration: "));
  }

  /**
   * A process signs with its function's own key id, and has its role's rights and no others; what
   * it needs, the sign-up above has.
   */
  @Test
  void aProcessHasItsFunctionsRights() {
    Map<String, AttributeValue> item =
        Map.of(
            "agent",
            AttributeValue.fromS("welcome-agent"),
            "event_id",
            AttributeValue.fromS("never"));
    try (DynamoDbClient person = tables("test");
        DynamoDbClient function = tables("agentpostXwelcomeXagent")) {
      assertThat(person.getItem(get -> get.tableName("agentpost-claims").key(item)).hasItem())
          .isFalse();
      assertThatThrownBy(() -> function.getItem(get -> get.tableName("agentpost-claims").key(item)))
          .isInstanceOfSatisfying(
              DynamoDbException.class,
              refused ->
                  assertEquals("AccessDeniedException", refused.awsErrorDetails().errorCode()))
          .hasMessageContainingAll("agentpost-welcome-agent", "dynamodb:GetItem");
    }
  }

  /** Over the wire, as a process would. */
  private static DynamoDbClient tables(String accessKeyId) {
    return DynamoDbClient.builder()
        .endpointOverride(cloud.endpoint())
        .region(Region.US_EAST_1)
        .credentialsProvider(
            StaticCredentialsProvider.create(AwsBasicCredentials.create(accessKeyId, "secret")))
        .httpClient(UrlConnectionHttpClient.create())
        .build();
  }

  /**
   * A process for each function of the template takes minutes of two cores, so this is of the long
   * profile: {@code mvn -Plong verify}.
   */
  @Test
  @EnabledIfSystemProperty(
      named = "invocations",
      matches = "100",
      disabledReason = "every function in a process of its own: mvn -Plong verify")
  void everyFunctionAnswersWhatItsEventSourceSends() throws Exception {
    List<JsonNode> functions = functions();
    assertThat(functions).hasSizeGreaterThan(15);
    EventSourcesOfTemplate sources = new EventSourcesOfTemplate(cloud, cdkOut);
    Map<String, String> wrong = new TreeMap<>();
    for (JsonNode function : functions) {
      String name = function.path("FunctionName").asText();
      for (int i = 1; i <= INVOCATIONS; i++) {
        String answer = sources.send(function, i);
        if (!answer.equals("as expected")) {
          wrong.put(
              name, "invocation " + i + ": " + answer + "\n" + String.join("\n", lines(name, "")));
          break;
        }
      }
    }
    assertThat(wrong).isEmpty();
    for (JsonNode function : functions) {
      String name = function.path("FunctionName").asText();
      int expected = sources.isBatched(function) ? 1 : INVOCATIONS;
      await()
          .atMost(TIMEOUT)
          .untilAsserted(
              () ->
                  assertThat(lines(name, "REPORT RequestId").size())
                      .as(name)
                      .isGreaterThanOrEqualTo(expected));
      assertThat(lines(name, "Status: ")).as(name).isEmpty();
      assertThat(lines(name, "Memory Size: " + function.path("MemorySize").asInt() + " MB"))
          .as(name)
          .isNotEmpty();
      // Some also call each other here; that a process is used again is IsolatedSandboxesIT's to
      // show.
      assertThat(lines(name, "INIT_START").size()).as("processes of " + name).isBetween(1, 10);
    }
    await()
        .atMost(TIMEOUT)
        .untilAsserted(() -> assertThat(sources.leftInQueue("agentpost-alerts")).isZero());
    // Nobody waits for this work, so each callback is answered with 404, and comes again; what
    // counts is that it was made.
    await()
        .atMost(TIMEOUT)
        .untilAsserted(() -> assertThat(attempted("agentpost-calendar")).hasSize(2 * INVOCATIONS));
  }

  /** Operations of those sent here that the processor has worked on; agents have sent it others. */
  private static Set<String> attempted(String processor) {
    return lines(processor, "\"message\":\"work attempt\"").stream()
        .map(line -> line.replaceFirst(".*\"operation_id\":\"([^\"]*)\".*", "$1"))
        .filter(id -> id.startsWith("real-"))
        .collect(Collectors.toSet());
  }

  /**
   * 900,000 bytes and text that JSON has to escape, as base64 in the API's event, through the
   * runtime's serializer.
   */
  @Test
  void aLargeBodyArrivesWholeAndIsRefusedForItsSignature() throws Exception {
    byte[] body = ("\u00e9\u4e2d\u0000" + "x".repeat(900_000)).getBytes(UTF_8);
    EventSourcesOfTemplate sources = new EventSourcesOfTemplate(cloud, cdkOut);
    assertThat(
            sources.post(
                "/webhooks/welcome-agent",
                Map.of("X-Webhook-Signature", "sha256=" + "0".repeat(64)),
                body))
        .startsWith("403 ");
    assertThat(
            sources.signed(
                "/webhooks/welcome-agent", "agentpost/agents/welcome-agent", "large", body))
        .startsWith("400 ");
  }
}
