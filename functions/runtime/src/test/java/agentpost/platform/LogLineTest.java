package agentpost.platform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertEquals;

import agentpost.hostile.FuzzInputs;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.net.http.HttpClient;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class LogLineTest {
  private final List<String> log = new ArrayList<>();

  private Platform platform() {
    return new Platform(
        Map.of("AWS_SECRET_ACCESS_KEY", "wJalrXUtnFEMI"),
        Clock.systemUTC(),
        new LambdaAwsClients(software.amazon.awssdk.regions.Region.US_EAST_1),
        HttpClient.newHttpClient(),
        log::add);
  }

  @Property
  void whoeversTextIsInItALineIsOneLineAndTheSameJson(
      @ForAll(supplier = FuzzInputs.Texts.class) String text) throws Exception {
    String json = JsonNodeFactory.instance.objectNode().put("reason", text).toString();
    String line = LogLine.toPlain(json);
    assertThat(line)
        .doesNotContainPattern(
            "[\\x00-\\x1f\\x7f-\\x9f\\u2028\\u2029\\u202a-\\u202e\\u2066-\\u2069]");
    assertThat(line.lines()).hasSize(1);
    assertEquals(new JsonMapper().readTree(json), new JsonMapper().readTree(line));
  }

  @Test
  void everyLineOfAPlatformsLogIsPlain() {
    platform().log().accept("{\"reason\":\"a\u2028\u009b2J\"}");
    assertEquals(List.of("{\"reason\":\"a\\u2028\\u009b2J\"}"), log);
  }

  @Test
  void aLineThatIsTooLongIsStillJson() throws Exception {
    platform().log().accept("{\"reason\":\"" + "x".repeat(LogLine.MAX_LENGTH) + "\"}");
    assertThat(log.getFirst().length()).isLessThan(3000);
    assertEquals(
        LogLine.MAX_LENGTH + 13,
        new JsonMapper().readTree(log.getFirst()).path("characters").asInt());
  }

  @Test
  void aPlatformDoesNotShowItsEnvironment() {
    assertThat(platform().toString()).doesNotContain("wJalrXUtnFEMI");
  }
}
