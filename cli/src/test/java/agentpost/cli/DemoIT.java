package agentpost.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertEquals;

import agentpost.local.LocalCloud;
import agentpost.local.LocalCloudOptions;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.services.eventbridge.EventBridgeClient;

class DemoIT {
  private static final List<String> AGENTS = List.of("welcome-agent", "trial-monitor", "personalization-agent", "support-notification", "onboarding-coordinator");

  @TempDir private Path directory;

  @Test
  void showsTheWholeStoryAndEndsWithZero() throws Exception {
    Path temporary = Files.createDirectory(directory.resolve("temporary"));
    Path workingDirectory = Files.createDirectory(directory.resolve("working"));
    try (Launcher demo = Launcher.start(directory, Launcher.HOME.resolve("agentpost"), workingDirectory, Launcher.temporaryFiles(temporary), "demo")) {
      assertEquals(0, demo.exitCode(), demo.output());
      assertThat(Launcher.files(temporary)).as("left among the temporary files").isEmpty();
      assertThat(Launcher.files(workingDirectory)).as("left in the working directory").isEmpty();
      assertThat(demo.output())
          .containsPattern("accepted +user.signed_up  uuid-1234-abcd  for 6 agents")
          .containsPattern("refused +crm-sync +attempt 1 +- +503 +\\d+ ms  again in [0-9.]+ s")
          .containsPattern("refused +crm-sync +attempt 4 +- +503 +\\d+ ms  no attempts left")
          .containsPattern("dead letter +in agentpost-crm-sync-dlq: ERROR_CODE ERROR_FROM_TARGET, .*RETRY_ATTEMPTS 3")
          .containsPattern("forged +.*403, refused")
          .containsPattern("e-mail +to ada@example.com: Welcome")
          .containsPattern("e-mail +to support@example.com: ")
          .containsPattern("trial +row trial#usr-5678")
          .containsPattern("reminder +schedule agentpost/[0-9a-f-]+: trial.ending at\\(")
          .containsPattern("joined +onboarding-coordinator .*: onboarding.completed")
          .containsPattern("suggested [a-z-]+, [a-z-]+.*; published features.suggested")
          .contains("6 agents = 5 delivered + 1 dead-lettered")
          // On a loaded machine an attempt may run out of its five seconds and come again.
          .containsPattern("\\d+ attempts = 5 delivered \\+ \\d+ refused")
          .contains("6 events on the bus = 1 put + 5 published by agents")
          .doesNotContain("missing", "Exception")
          .doesNotContainIgnoringCase("warning")
          .doesNotContain("\u001b");
      AGENTS.forEach(agent -> assertThat(demo.output()).containsPattern("delivered +" + agent + " +attempt \\d +standard +200 +\\d+ ms"));
    }
  }

  @Test
  void runsFromAnotherDirectoryThroughASymbolicLink() throws Exception {
    Path link = Files.createSymbolicLink(directory.resolve("post"), Launcher.HOME.resolve("agentpost"));
    try (Launcher version = Launcher.start(directory, link, directory, Map.of(), "--version")) {
      assertEquals(0, version.exitCode(), version.output());
      assertThat(version.output()).startsWith("agentpost ");
    }
  }

  @Test
  void saysWhichAgentDoesNotHearTheEvent() throws Exception {
    List<String> missing = missingAfter("agentpost-welcome-agent");
    assertThat(missing)
        .containsExactly(
            // It waits for the welcome e-mail.
            "the event onboarding.completed from onboarding-coordinator",
            "the rule agentpost-welcome-agent: welcome-agent does not hear the event",
            "two e-mails, the welcome and the alert; there are 1");
  }

  /** The demo's run on a cloud that one rule is taken from. */
  private List<String> missingAfter(String rule) throws Exception {
    StringWriter shown = new StringWriter();
    try (LocalCloud cloud = LocalCloud.start(new LocalCloudOptions(0, 10, 1))) {
      cloud.deploy(synthesized());
      try (EventBridgeClient events = cloud.clients("test").create(EventBridgeClient.builder())) {
        events.removeTargets(remove -> remove.eventBusName("agentpost").rule(rule).ids("webhook"));
        events.deleteRule(delete -> delete.eventBusName("agentpost").name(rule));
      }
      DemoEvent event = DemoEvent.read(Launcher.HOME.resolve("events-schemas/user.signed_up/examples/put-events.json"), Instant.now());
      return new DemoRun(cloud, new Screen(new PrintWriter(shown)), Duration.ofSeconds(30)).run(event);
    }
  }

  /** The launcher synthesizes when it must, whichever test comes first. */
  private Path synthesized() throws Exception {
    Path cdkOut = Launcher.HOME.resolve("infra-cdk/target/cdk.out");
    try (Launcher synthesis = Launcher.start(directory, "demo", "--no-such-option")) {
      assertEquals(2, synthesis.exitCode(), synthesis.output());
    }
    return cdkOut;
  }
}
