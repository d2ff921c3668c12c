package agentpost.cli.cloud;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

class CloudOptionsTest {
  @CommandLine.Command
  private static final class Looked {
    @CommandLine.Mixin private final CloudOptions place;

    Looked(Map<String, String> environment) {
      this.place = new CloudOptions(environment);
    }
  }

  private static String label(Map<String, String> environment, String... options) {
    Looked looked = new Looked(environment);
    new CommandLine(looked).parseArgs(options);
    return looked.place.label();
  }

  @ParameterizedTest
  @ValueSource(strings = {"http://localhost:4600", "http://127.0.0.1:4600/", "https://[::1]:4600"})
  void aLocalCloudIsWhereTheShellSaysForAwsAndTheCdk(String url) {
    assertEquals(url, label(Map.of("AWS_ENDPOINT_URL", url)));
  }

  /** A command that deletes looks nowhere that its words do not name, except on this machine. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "localhost:4600",
        "https://events.eu-central-1.amazonaws.com",
        "http://localhost.example.com:4600",
        "http://localhost:4600@example.com",
        "http://127.0.0.1.example.com"
      })
  void anotherMachineIsNamedByAnOptionOnly(String url) {
    assertEquals("http://localhost:4566", label(Map.of("AWS_ENDPOINT_URL", url)));
  }

  @Test
  void anOptionCountsMore() {
    Map<String, String> environment = Map.of("AWS_ENDPOINT_URL", "http://localhost:4600");
    assertEquals(
        "http://localhost:4700", label(environment, "--endpoint-url", "http://localhost:4700"));
    assertEquals("AWS", label(environment, "--region", "eu-central-1"));
    assertEquals("http://localhost:4566", label(Map.of()));
  }
}
