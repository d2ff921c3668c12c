package agentpost.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import agentpost.local.LocalCloud;
import agentpost.local.LocalCloudOptions;
import agentpost.local.eventbridge.delivery.DeliveryListener.DeliveryEvent;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The commands of {@code docs/ingest.md}, as they stand there, on the shipped catalog in a local
 * cloud.
 */
class IngestDocumentIT {
  @TempDir private Path directory;

  @Test
  void theCrmsWebhookStartsTheLeadFlowOnceHoweverOftenItComes() throws Exception {
    for (String command : List.of("aws", "curl", "openssl")) {
      assumeTrue(isThere(command), "there is no " + command + " here");
    }
    List<DeliveryEvent.EventAccepted> events = new CopyOnWriteArrayList<>();
    try (LocalCloud cloud = LocalCloud.start(new LocalCloudOptions(0, 60, 1))) {
      cloud.listen(
          happening -> {
            if (happening instanceof DeliveryEvent.EventAccepted accepted) {
              events.add(accepted);
            }
          });
      cloud.deploy(Launcher.synthesized(directory));
      String first = run(cloud);
      assertThat(first).matches("(?s).*\\{\"event_ids\":\\[\"[0-9a-f-]{36}\"]}");
      String ids = first.substring(first.lastIndexOf("{\"event_ids\""));
      assertThat(run(cloud)).endsWith(ids);
      await()
          .atMost(Duration.ofSeconds(40))
          .until(
              () -> events.stream().anyMatch(event -> event.detailType().equals("demo.scheduled")));
      assertThat(
              events.stream()
                  .filter(event -> event.source().equals("crm"))
                  .map(DeliveryEvent.EventAccepted::detailType))
          .containsExactly("lead.captured");
      assertThat(events.stream().filter(event -> event.detailType().equals("lead.qualified")))
          .hasSize(1);
    }
  }

  private static boolean isThere(String command) {
    return Arrays.stream(System.getenv("PATH").split(File.pathSeparator))
        .anyMatch(folder -> Files.isExecutable(Path.of(folder, command)));
  }

  private String run(LocalCloud cloud) throws Exception {
    Matcher script =
        Pattern.compile("<!-- snippet: crm.sh -->\n```bash\n(.*?)```", Pattern.DOTALL)
            .matcher(Files.readString(Launcher.HOME.resolve("docs/ingest.md")));
    assertThat(script.find()).isTrue();
    Path file =
        Files.writeString(
            directory.resolve("crm.sh"),
            "set -eu\n"
                + script.group(1).replace("http://localhost:4566", cloud.endpoint().toString()));
    Process bash = new ProcessBuilder("bash", file.toString()).redirectErrorStream(true).start();
    String output = new String(bash.getInputStream().readAllBytes(), UTF_8);
    assertEquals(0, bash.waitFor(), output);
    return output;
  }
}
