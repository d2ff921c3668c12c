package agentpost.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
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
    Run run = Run.of("", "put", SCHEMAS.resolve("user.signed_up/counterexamples/plan-not-a-string.json").toString());
    assertEquals(1, run.exitCode());
    assertThat(run.err()).contains("plan-not-a-string.json: /data/plan: must be of type string (type), found ").doesNotContain("\tat ");
    assertThat(run.out()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "without-user-id,/data/user_id: a value is required (required)",
    "timestamp-not-a-date,/timestamp: must be a valid date-time (format)",
    "unknown-envelope-key,no such property is allowed here (additionalProperties)"
  })
  void namesPointerAndRule(String counterexample, String problem) {
    Run run = Run.of("", "put", SCHEMAS.resolve("user.signed_up/counterexamples/" + counterexample + ".json").toString());
    assertEquals(1, run.exitCode());
    assertThat(run.err()).contains(problem);
  }

  @Test
  void saysWhichEventsThereAre() throws IOException {
    Run run = put("{\"event_type\":\"user.left\"}");
    assertEquals(1, run.exitCode());
    assertThat(run.err()).contains("There is no schema for event_type 'user.left'; known are ").contains(" email.sent, ");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "null", "7", "\"text\"", "{}", "[1]", "[{}]"})
  void takesNothingThatIsNoEvent(String text) throws IOException {
    Run run = put(text);
    assertEquals(1, run.exitCode());
    assertThat(run.err()).startsWith("agentpost: ").contains("event.json").doesNotContain("Exception", "\tat ");
  }

  @ParameterizedTest
  @ValueSource(strings = {"{", "{\"event_type\":}", "{} {}"})
  void takesNoFileThatIsNotOneJsonText(String text) throws IOException {
    Run run = put(text);
    assertEquals(1, run.exitCode());
    assertThat(run.err()).contains("event.json is not JSON: ");
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

  @Test
  void takesNoEntryWhoseSourceIsNotItsEnvelopes() throws IOException {
    Run run = put(Files.readString(SCHEMAS.resolve("user.signed_up/examples/put-events.json")).replace("\"Source\": \"authentication_service\"", "\"Source\": \"someone\""));
    assertEquals(1, run.exitCode());
    assertThat(run.err()).contains("Source must be authentication_service, as the envelope in Detail has it; got \"someone\"");
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
    Run run = Run.of("", "put", SCHEMAS.resolve("user.signed_up/examples/premium-trial.json").toString(), "--endpoint-url", url);
    assertEquals(2, run.exitCode(), run.everything());
    assertThat(run.err()).contains("'--endpoint-url'");
  }

  @Test
  void saysWhatToDoWhenNothingListens() throws IOException {
    int port;
    try (ServerSocket closed = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = closed.getLocalPort();
    }
    Run run = Run.of("", "put", SCHEMAS.resolve("user.signed_up/examples/premium-trial.json").toString(), "--endpoint-url", "http://127.0.0.1:" + port);
    assertEquals(1, run.exitCode());
    assertThat(run.err()).startsWith("agentpost: nothing answers at http://127.0.0.1:" + port).contains("./agentpost local").doesNotContain("\tat ");
  }
}
