package agentpost.local.scenarios;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import agentpost.local.LocalCloud;
import agentpost.local.LocalCloudOptions;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * docs/fidelity.md says what was seen, and what was seen is seen again: here, and on LocalStack
 * where {@code AGENTPOST_LOCALSTACK_ENDPOINT} says that one runs.
 */
class FidelityIT {
  private static final Path SCRIPT = Path.of("..", "fidelity");
  private static final Path RECORDED = Path.of("src/test/resources/fidelity");

  @BeforeAll
  static void python() throws InterruptedException {
    assumeTrue(isPythonHere(), "python3 is not installed, in which localstack/fidelity is written");
  }

  private static boolean isPythonHere() throws InterruptedException {
    try {
      return new ProcessBuilder("python3", "--version")
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .redirectErrorStream(true)
              .start()
              .waitFor()
          == 0;
    } catch (IOException e) {
      return false;
    }
  }

  /** What it prints; what it complains of is seen in the build's output. */
  private static String fidelity(String... args) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of("python3", SCRIPT.toString()));
    command.addAll(List.of(args));
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    String out = new String(process.getInputStream().readAllBytes(), UTF_8);
    assertThat(process.waitFor()).as(out).isZero();
    return out;
  }

  private static Map<String, String> seen(String json) throws IOException {
    Map<String, String> seen = new LinkedHashMap<>();
    for (JsonNode row : new JsonMapper().readTree(json)) {
      seen.put(row.path("behaviour").asText(), row.path("seen").asText());
    }
    return seen;
  }

  private static Map<String, String> recorded(String name) throws IOException {
    return seen(Files.readString(RECORDED.resolve(name), UTF_8));
  }

  @Test
  void theTableIsWhatWasRecorded() throws Exception {
    String table =
        fidelity(
            "table",
            "agentpost=" + RECORDED.resolve("agentpost.json"),
            "LocalStack 4.14.0=" + RECORDED.resolve("localstack-4.14.0.json"),
            "MiniStack 1.5.33=" + RECORDED.resolve("ministack-1.5.33.json"));
    assertThat(recorded("agentpost.json").keySet())
        .hasSizeGreaterThan(50)
        .allSatisfy(
            behaviour -> assertThat(table).contains(behaviour.replaceFirst("^Pattern: ", "")));
    assertThat(Files.readString(Path.of("../../docs/fidelity.md"), UTF_8)).contains(table);
  }

  @Test
  void whatWasRecordedHereIsSeenHere() throws Exception {
    try (LocalCloud cloud = LocalCloud.start(new LocalCloudOptions(0, 1, 1))) {
      assertThat(seen(fidelity(cloud.endpoint().toString())))
          .containsExactlyEntriesOf(recorded("agentpost.json"));
    }
  }

  @Test
  void whatWasRecordedOfLocalStackIsSeenThere() throws Exception {
    String endpoint = System.getenv("AGENTPOST_LOCALSTACK_ENDPOINT");
    assumeTrue(
        endpoint != null,
        "AGENTPOST_LOCALSTACK_ENDPOINT names no LocalStack; localstack/host-mode starts one");
    assertThat(seen(fidelity(endpoint)))
        .containsExactlyEntriesOf(recorded("localstack-4.14.0.json"));
  }
}
