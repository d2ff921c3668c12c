package agentpost.local;

import static org.assertj.core.api.Assertions.assertThat;

import agentpost.local.cloudformation.control.CloudFormationService;
import agentpost.local.eventbridge.EventBridge;
import agentpost.local.eventbridge.targets.TargetServices;
import agentpost.local.logs.LogsService;
import agentpost.local.secrets.SecretsManager;
import agentpost.local.ssm.ParameterStore;
import agentpost.local.testing.ManualTimeline;
import agentpost.local.wire.JsonService;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** docs/local-cloud.md lists what the services answer, and nothing else. */
class LocalCloudDocumentTest {
  private static final Path DOCUMENT = Path.of("..", "..", "docs", "local-cloud.md");

  /** An operation with something to know about it. */
  private static final Pattern NOTE = Pattern.compile("(?m)^\\| `([A-Z][A-Za-z]+)` \\|");

  private static List<String> listed(String service) throws IOException {
    Matcher row =
        Pattern.compile("(?m)^\\| " + service + " \\| `([A-Za-z`, ]+)` \\|$")
            .matcher(Files.readString(DOCUMENT));
    assertThat(row.find()).as("a row of " + service).isTrue();
    return Stream.of(row.group(1).split("`, `")).sorted().toList();
  }

  private static List<String> of(JsonService service) {
    return service.operations().stream().sorted().toList();
  }

  @Test
  void eventBridgesOperationsAreThoseOfTheTable() throws IOException {
    List<String> operations =
        of(new EventBridge(new ManualTimeline(Instant.EPOCH), new Nowhere(), 1).service());
    assertThat(listed("EventBridge")).isEqualTo(operations);
    assertThat(operations)
        .containsAll(
            NOTE.matcher(Files.readString(DOCUMENT)).results().map(note -> note.group(1)).toList());
  }

  @Test
  void theOtherServicesOperationsAreThoseOfTheirTable() throws IOException {
    assertThat(listed("Secrets Manager"))
        .isEqualTo(
            of(new SecretsManager(new ManualTimeline(Instant.EPOCH), (_, _) -> false).service()));
    assertThat(listed("Systems Manager")).isEqualTo(of(new ParameterStore().service()));
    assertThat(listed("CloudWatch Logs")).isEqualTo(of(new LogsService().service()));
    assertThat(listed("CloudFormation"))
        .isEqualTo(CloudFormationService.operations().stream().sorted().toList());
  }

  private static final class Nowhere implements TargetServices {
    @Override
    public Optional<Failure> sendToQueue(
        String queueArn, String body, Map<String, String> attributes) {
      throw new IllegalStateException("nothing is sent");
    }

    @Override
    public Optional<Failure> invoke(String functionArn, String event) {
      throw new IllegalStateException("nothing is invoked");
    }

    @Override
    public Optional<Failure> putLogEvent(String logGroupArn, Instant at, String message) {
      throw new IllegalStateException("nothing is logged");
    }

    @Override
    public URI locate(URI endpoint) {
      return endpoint;
    }
  }
}
