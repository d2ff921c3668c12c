package agentpost.cli.deadletter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import agentpost.cli.Launcher;
import agentpost.cli.events.FakeEvents;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Ctrl-C while the redrive's function is at work, which goes on without the command. */
class InterruptedIT {
  private static final String DIRECTORY =
      "{'SecretString':'{\\'entries\\':{\\'crm-sync\\':{\\'endpoint\\':\\'https://crm.example.com/\\'}}}'}"
          .replace("\\'", "\\\"");

  @TempDir private Path directory;

  @Test
  void ctrlCOfARedriveSaysWhatGoesOn() throws Exception {
    CountDownLatch ends = new CountDownLatch(1);
    try (FakeEvents aws = new FakeEvents()) {
      aws.answers("GetSecretValue", DIRECTORY);
      // Lambda's Invoke, as whatever else has no X-Amz-Target.
      aws.answersBy(
          "null",
          _ -> {
            try {
              ends.await();
            } catch (InterruptedException e) {
              Thread.currentThread().interrupt();
            }
            return "{}";
          });
      try (Launcher command =
          Launcher.start(directory, "dlq", "redrive", "crm-sync", "--endpoint-url", aws.url())) {
        await()
            .atMost(Duration.ofMinutes(1))
            .until(() -> aws.called().stream().anyMatch(call -> call.startsWith("null ")));
        command.signal("INT");
        assertThat(command.exitCode()).as(command.output()).isEqualTo(130);
        assertThat(command.output())
            .contains(
                "interrupted; reported so far: 0 delivered, 0 refused, 0 not attempted.",
                "./agentpost dlq show crm-sync --endpoint-url " + aws.url());
      } finally {
        ends.countDown();
      }
    }
  }
}
