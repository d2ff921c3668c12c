package agentpost.cli.events;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertEquals;

import agentpost.cli.Run;
import agentpost.schemas.Json;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What put finds wrong before it calls anyone: there is no bus here. */
class PutFileTest {
  static final Path SCHEMAS = Path.of("../events-schemas");

  @TempDir private Path directory;

  private Run put(String text) throws IOException {
    return put(text.getBytes(StandardCharsets.UTF_8));
  }

  private Run put(byte[] bytes) throws IOException {
    Path file = Files.write(directory.resolve("event.json"), bytes);
    return Run.of("", "put", file.toString(), "--endpoint-url", "http://127.0.0.1:1");
  }

  @Test
  void saysTheWholeOfWhatIsWrongWithAnEvent() throws IOException {
    Run run =
        Run.of(
            "",
            "put",
            SCHEMAS.resolve("user.signed_up/counterexamples/plan-not-a-string.json").toString());
    assertEquals(1, run.exitCode());
    assertThat(run.err())
        .contains("plan-not-a-string.json: /data/plan: must be of type string (type), found ")
        .doesNotContain("\tat ");
    assertThat(run.out()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "without-user-id,/data/user_id: a value is required (required)",
    "timestamp-not-a-date,/timestamp: must be a valid date-time (format)",
    "unknown-envelope-key,no such property is allowed here (additionalProperties)"
  })
  void namesPointerAndRule(String counterexample, String problem) {
    Run run =
        Run.of(
            "",
            "put",
            SCHEMAS
                .resolve("user.signed_up/counterexamples/" + counterexample + ".json")
                .toString());
    assertEquals(1, run.exitCode());
    assertThat(run.err()).contains(problem);
  }

  @Test
  void saysWhichEventsThereAre() throws IOException {
    Run run = put("{\"event_type\":\"user.left\"}");
    assertEquals(1, run.exitCode());
    assertThat(run.err())
        .contains("There is no schema for event_type 'user.left'; known are ")
        .contains(" email.sent, ");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "null", "7", "\"text\"", "{}", "[1]", "[{}]"})
  void takesNothingThatIsNoEvent(String text) throws IOException {
    Run run = put(text);
    assertEquals(1, run.exitCode());
    assertThat(run.err())
        .startsWith("agentpost: ")
        .contains("event.json")
        .doesNotContain("Exception", "\tat ");
  }

  @ParameterizedTest
  @ValueSource(strings = {"{", "{\"event_type\":}", "{} {}"})
  void takesNoFileThatIsNotOneJsonText(String text) throws IOException {
    Run run = put(text);
    assertEquals(1, run.exitCode());
    assertThat(run.err())
        .contains("event.json is not JSON")
        .contains("line 1")
        .doesNotContain("\tat ");
  }

  @Test
  void takesNoFileThatIsNotUtf8() throws IOException {
    Run run = put(new byte[] {'{', '"', (byte) 0xe4, '"', '}'});
    assertEquals(1, run.exitCode());
    assertThat(run.err()).contains("event.json is not UTF-8");
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 11})
  void takesAsManyEntriesAsPutEventsDoes(int entries) throws IOException {
    Run run = put("[" + "{},".repeat(Math.max(0, entries - 1)) + (entries == 0 ? "" : "{}") + "]");
    assertEquals(1, run.exitCode());
    assertThat(run.err()).contains("has " + entries + " entries; PutEvents takes 1 to 10");
  }

  private static final String VALID =
      "{\"event_id\":\"e-1\",\"event_type\":\"lead.captured\",\"timestamp\":\"2026-03-31T10:30:00Z\",\"data\":{\"lead_id\":\"l\",\"email\":\"a@example.com\"},\"metadata\":{\"source_service\":\"s\",\"correlation_id\":\"c\"}}";

  /**
   * What every inbox refuses is refused before it is put, whether it is an envelope or in an entry.
   */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "\"event_id\":\"e-1\"|\"event_id\":\"e 1\"|/event_id: must match",
        "\"event_id\":\"e-1\"|\"event_id\":null|/event_id: must be of type string",
        "\"event_id\":\"e-1\"|\"event_id\":\"e-1\",\"event_id\":\"e-2\"|is not JSON",
        "\"lead_id\":\"l\"|\"lead_id\":\"l\",\"lead_id\":\"m\"|is not JSON",
        "\"lead_id\":\"l\"|\"lead_id\":\" \"|/data/lead_id: must not be blank",
        "\"lead_id\":\"l\"|\"lead_id\":\"\\u200b\"|/data/lead_id: must not be blank nor have"
            + " control characters",
        "\"lead_id\":\"l\"|\"lead_id\":\"l\\u0000\"|/data/lead_id: must not be blank nor have"
            + " control characters",
        "{\"event_id\"|\ufeff{\"event_id\"|begins with a byte order mark, which it must not have",
        "\"lead_id\":\"l\"|\"lead_id\":7|/data/lead_id: must be of type string",
        "\"lead_id\":\"l\"|\"lead_id\":\"\\ud83d\"|half of a surrogate pair",
        "\"correlation_id\":\"c\"|\"correlation_id\":\"\\u00a0\"|/metadata/correlation_id: must not"
            + " be blank",
        "\"correlation_id\":\"c\"|\"correlation_id\":\"c\",\"causation_id\":\"a"
            + " b\"|/metadata/causation_id: must match",
        "\"correlation_id\":\"c\"|\"correlation_id\":\"c\",\"schema_version\":1.0|schema_version is"
            + " not one of",
        "10:30:00Z|10:30:60Z|/timestamp: must be a valid date-time",
        "10:30:00Z|10:30:00+19:00|/timestamp: must be a valid date-time",
      })
  void takesNothingThatAnInboxRefuses(String right, String wrong, String why) throws IOException {
    assertThat(VALID).contains(right);
    String envelope = VALID.replace(right, wrong);
    Run run = put(envelope);
    assertEquals(1, run.exitCode());
    assertThat(run.err())
        .startsWith("agentpost: ")
        .contains("event.json", why)
        .doesNotContain("\tat ", "nothing answers");
    Run entry =
        put(
            "["
                + JsonNodeFactory.instance
                    .objectNode()
                    .put("Source", "s")
                    .put("DetailType", "lead.captured")
                    .put("Detail", envelope)
                + "]");
    assertEquals(1, entry.exitCode());
    assertThat(entry.err())
        .startsWith("agentpost: ")
        .contains("event.json", why)
        .doesNotContain("\tat ", "nothing answers");
  }

  @Test
  void aTextThatKillsAPatternIsNamedAndKillsNothing() throws IOException {
    Run run =
        put(
            VALID.replace(
                "\"lead_id\":\"l\"",
                "\"lead_id\":\"l\",\"time_zone\":\"A" + "/b".repeat(50_000) + "\""));
    assertEquals(1, run.exitCode());
    assertThat(run.err())
        .contains("/data/time_zone: must have at most 64 characters")
        .doesNotContain("\tat ", "StackOverflow");
  }

  @ParameterizedTest
  @CsvSource({"Detail,null", "Detail,7", "EventBusName,null", "EventBusName,7"})
  void takesNoEntryWithSomethingElseForAText(String name, String value) throws IOException {
    ObjectNode entry =
        JsonNodeFactory.instance
            .objectNode()
            .put("Source", "s")
            .put("DetailType", "lead.captured")
            .put("Detail", VALID);
    entry.set(
        name,
        value.equals("null")
            ? JsonNodeFactory.instance.nullNode()
            : JsonNodeFactory.instance.numberNode(7));
    Run run = put("[" + entry + "]");
    assertEquals(1, run.exitCode());
    assertThat(run.err()).contains(name + " must be a text");
  }

  /** As entries and as an envelope: to the digit, and a leap second is a time. */
  @Test
  void whatIsPutIsWhatIsWritten() throws IOException {
    String envelope =
        VALID
            .replace(
                "\"lead_id\":\"l\"",
                "\"lead_id\":\"l\",\"a\":12345678901234567890.25,\"b\":100.0,\"c\":1e2,\"d\":0.0000001")
            .replace("2026-03-31T10:30:00Z", "2016-12-31T23:59:60Z");
    List<String> taken = new CopyOnWriteArrayList<>();
    HttpServer bus =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    bus.createContext(
        "/",
        exchange -> {
          String body =
              new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
          if ("AWSEvents.PutEvents".equals(exchange.getRequestHeaders().getFirst("X-Amz-Target"))) {
            taken.add(body);
          }
          byte[] answer =
              ("{\"SecretString\":\"{\\\"entries\\\":{}}\","
                      + "\"FailedEntryCount\":0,\"Entries\":[{\"EventId\":\"bus-1\"}]}")
                  .getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(200, answer.length);
          exchange.getResponseBody().write(answer);
          exchange.close();
        });
    bus.start();
    try {
      String entry =
          "["
              + JsonNodeFactory.instance
                  .objectNode()
                  .put("Source", "s")
                  .put("DetailType", "lead.captured")
                  .put("Detail", envelope)
              + "]";
      for (String text : List.of(envelope, entry)) {
        Path file = Files.writeString(directory.resolve("event.json"), text);
        Run run =
            Run.of(
                "",
                "put",
                file.toString(),
                "--endpoint-url",
                "http://127.0.0.1:" + bus.getAddress().getPort());
        assertEquals(0, run.exitCode(), run.everything());
      }
    } finally {
      bus.stop(0);
    }
    assertThat(taken).hasSize(2);
    for (String call : taken) {
      JsonNode put =
          Json.parse(call) instanceof Json.Parsed.Read(var json)
              ? json.path("Entries").path(0)
              : MissingNode.getInstance();
      assertEquals(envelope, put.path("Detail").asText());
      assertEquals(
          Instant.parse("2016-12-31T23:59:59Z").getEpochSecond(), put.path("Time").asLong());
    }
  }

  @Test
  void takesNoEntryWhoseSourceIsNotItsEnvelopes() throws IOException {
    Run run =
        put(
            Files.readString(SCHEMAS.resolve("user.signed_up/examples/put-events.json"))
                .replace("\"Source\": \"authentication_service\"", "\"Source\": \"someone\""));
    assertEquals(1, run.exitCode());
    assertThat(run.err())
        .contains(
            "Source must be authentication_service, as the envelope in Detail has it; got"
                + " \"someone\"");
  }

  @Test
  void saysThatThereIsNoSuchFile() {
    Run run = Run.of("", "put", directory.resolve("none.json").toString());
    assertEquals(1, run.exitCode());
    assertThat(run.err()).startsWith("agentpost: there is no file ").contains("none.json");
  }

  @ParameterizedTest
  @ValueSource(strings = {"localhost:4566", "4566", "ftp://localhost", "http:///x", "not a url"})
  void takesNoEndpointThatIsNoHttpUrl(String url) {
    Run run =
        Run.of(
            "",
            "put",
            SCHEMAS.resolve("user.signed_up/examples/premium-trial.json").toString(),
            "--endpoint-url",
            url);
    assertEquals(2, run.exitCode(), run.everything());
    assertThat(run.err()).contains("'--endpoint-url'");
  }

  @Test
  void saysWhatToDoWhenNothingListens() throws IOException {
    int port;
    try (ServerSocket closed = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = closed.getLocalPort();
    }
    Run run =
        Run.of(
            "",
            "put",
            SCHEMAS.resolve("user.signed_up/examples/premium-trial.json").toString(),
            "--endpoint-url",
            "http://127.0.0.1:" + port);
    assertEquals(1, run.exitCode());
    assertThat(run.err())
        .startsWith("agentpost: nothing answers at http://127.0.0.1:" + port)
        .contains("./agentpost local")
        .doesNotContain("\tat ");
  }

  /** What was meant for a variable stands in the place of the file. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "sk_live_4eC39HqLyjWDarjtT1zdp7dc",
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        "xoxb-1234-abcd-efgh",
        "AKIAIOSFODNN7EXAMPLE",
        "/no/such/folder/sk_test_4eC39HqLyjWDarjtT1zdp7dc"
      })
  void aTokenInThePlaceOfAFileIsNotRepeated(String token) {
    for (List<String> command : List.of(List.of("put"), List.of("redeliver", "crm"))) {
      List<String> words = new ArrayList<>(command);
      words.add(token);
      Run run = Run.of("", words.toArray(String[]::new));
      assertEquals(1, run.exitCode(), run.everything());
      assertThat(run.everything())
          .contains("there is no file ")
          .doesNotContain(token.replaceFirst("^.*/", ""));
    }
  }

  @Test
  void thePasswordOfAnAddressIsNotRepeated() {
    Run run =
        Run.of("", "dlq", "list", "--endpoint-url", "http://somebody:swordfish-1@127.0.0.1:1");
    assertEquals(1, run.exitCode(), run.everything());
    assertThat(run.everything()).contains("127.0.0.1:1").doesNotContain("swordfish");
  }

  @Test
  void whatIsTooLargeForACallIsSaidWithTheLimit() throws IOException {
    String event = Files.readString(SCHEMAS.resolve("user.signed_up/examples/premium-trial.json"));
    Run run = put(event.replace("marketing_campaign_xyz", "x".repeat(1_100_000)));
    assertEquals(1, run.exitCode());
    assertThat(run.err())
        .containsPattern(
            "event.json has 1100\\d{3} bytes of event; PutEvents takes less than 1048576 in one"
                + " call");
    ObjectNode entry =
        JsonNodeFactory.instance
            .objectNode()
            .put("Detail", event.replace("marketing_campaign_xyz", "x".repeat(600_000)));
    assertThat(put("[" + entry + "," + entry + "]").err())
        .containsPattern(
            "has 1200\\d{3} bytes of events; PutEvents takes less than 1048576 in one call, so put"
                + " fewer at once");
  }
}
