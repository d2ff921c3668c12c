package agentpost.infra;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MethodSettingsTest {
  private static Map<String, String> settings(Synthesized stack) {
    Map<String, String> settings = new TreeMap<>();
    for (JsonNode one : stack.root().only("AWS::ApiGateway::Stage").at("/MethodSettings")) {
      assertThat(one.path("LoggingLevel").asText()).isEqualTo("ERROR");
      settings.put(
          one.path("HttpMethod").asText() + " " + one.path("ResourcePath").asText(),
          one.path("ThrottlingRateLimit").asInt()
              + ", "
              + one.path("ThrottlingBurstLimit").asInt());
    }
    return settings;
  }

  /** Its agents have 50, 7, 50 and 300, the first two of them here. */
  @Test
  void everyDoorIsThrottledByTheCatalogsRates(@TempDir Path directory) {
    Synthesized stack = Synthesized.of(directory, Synthesized.MIXED, Map.of());
    assertThat(settings(stack))
        .containsOnly(
            Map.entry("* /*", "100, 200"),
            Map.entry("POST /~1deliveries~1{agent}", "407, 814"),
            Map.entry("POST /~1ingest~1{source}", "100, 200"),
            Map.entry("POST /~1process-data", "100, 200"),
            Map.entry("POST /~1webhooks~1process-complete", "100, 200"),
            Map.entry("GET /~1.well-known~1agentpost-keys.json", "10, 20"));
  }

  @Test
  void aCatalogSaysHowManyRequestsStrangersMayMake(@TempDir Path directory) throws Exception {
    Synthesized stack =
        Synthesized.of(
            Files.createDirectory(directory.resolve("own")),
            Synthesized.MIXED + "throttle: {ingest: 9000, operations: 30, keys: 1}\n",
            Map.of());
    assertThat(settings(stack))
        .containsEntry("POST /~1ingest~1{source}", "9000, 5000")
        .containsEntry("POST /~1process-data", "30, 60")
        .containsEntry("POST /~1webhooks~1process-complete", "30, 60")
        .containsEntry("GET /~1.well-known~1agentpost-keys.json", "1, 2");
  }
}
