package agentpost.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertEquals;

import agentpost.cli.Launcher;
import agentpost.cli.terminal.LabelledLines;
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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import software.amazon.awssdk.services.eventbridge.EventBridgeClient;

class DemoIT {
  private static final List<String> AGENTS =
      List.of(
          "welcome-agent",
          "trial-monitor",
          "personalization-agent",
          "support-notification",
          "onboarding-coordinator");

  private static final String NEWSLETTER =
      """
        newsletter:
          subscribes: [user.signed_up]
          external: {url: https://newsletter.example.com/hooks/agentpost}
      """;

  @TempDir private Path directory;

  @Test
  void showsTheWholeStoryAndEndsWithZero() throws Exception {
    Path temporary = Files.createDirectory(directory.resolve("temporary"));
    Path workingDirectory = Files.createDirectory(directory.resolve("working"));
    try (Launcher demo =
        Launcher.start(
            directory,
            Launcher.HOME.resolve("agentpost"),
            workingDirectory,
            Launcher.temporaryFiles(temporary),
            "demo")) {
      assertEquals(0, demo.exitCode(), demo.output());
      assertThat(Launcher.files(temporary)).as("left among the temporary files").isEmpty();
      assertThat(Launcher.files(workingDirectory)).as("left in the working directory").isEmpty();
      assertThat(demo.output())
          .containsPattern("accepted +user.signed_up  uuid-1234-abcd  for 6 agents")
          .containsPattern("refused +crm-sync +attempt 1 +- +503 +\\d+ ms  again in [0-9.]+ s")
          .containsPattern("refused +crm-sync +attempt 4 +- +503 +\\d+ ms  no attempts left")
          .containsPattern(
              "dead letter +in agentpost-crm-sync-dlq: ERROR_CODE ERROR_FROM_TARGET,"
                  + " .*RETRY_ATTEMPTS 3")
          .containsPattern("forged +.*403, refused")
          .containsPattern("e-mail +to ada@example.com: Welcome")
          .containsPattern("e-mail +to support@example.com: ")
          .containsPattern("trial +row trial#usr-5678")
          .containsPattern(
              "reminder +schedule agentpost/trial-monitor\\.[0-9a-f-]+: trial.ending at\\(")
          .containsPattern("joined +onboarding-coordinator .*: onboarding.completed")
          .containsPattern("suggested [a-z-]+, [a-z-]+.*; published features.suggested")
          .contains("6 agents = 5 delivered + 1 dead-lettered")
          // On a loaded machine an attempt may run out of its five seconds and come again.
          .containsPattern("\\d+ attempts = 5 delivered \\+ \\d+ refused")
          .contains("6 events on the bus = 1 put + 5 published by agents")
          .doesNotContain("missing", "Exception")
          .doesNotContainIgnoringCase("warning")
          .doesNotContain("\u001b");
      AGENTS.forEach(
          agent ->
              assertThat(demo.output())
                  .containsPattern(
                      "delivered +" + agent + " +attempt \\d +standard +200 +\\d+ ms"));
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ':',
      value = {
        "demo : agents/onboarding-coordinator, agents/personalization-agent,"
            + " agents/support-notification, agents/trial-monitor, agents/welcome-agent",
        "demo leads : agents/lead-qualification, agents/scheduling-agent, agents/follow-up-agent,"
            + " agents/metrics-agent, processors/calendar",
        "demo alerts : agents/alert-aggregator, agents/security-analyst, sources/app-errors"
      })
  void saysWhatOfItsStoryTheCatalogLacks(String demo, String lacking) throws Exception {
    String least = Launcher.EXAMPLES.resolveSibling("one-external.yaml").toString();
    try (Launcher run =
        Launcher.start(
            directory,
            Launcher.HOME.resolve("agentpost"),
            Launcher.HOME,
            Map.of("AGENTPOST_CATALOG", least),
            demo.split(" "))) {
      assertEquals(1, run.exitCode(), run.output());
      assertThat(run.output().lines().reduce((_, last) -> last).orElseThrow())
          .startsWith(
              "agentpost: this demo is about example agents, and the catalog lacks "
                  + lacking
                  + "; ")
          .endsWith(
              "AGENTPOST_CATALOG=infra-cdk/src/test/resources/catalogs/examples.yaml ./agentpost"
                  + " demo");
    }
  }

  @Test
  void aCatalogThatIsNotThereIsToldOf() throws Exception {
    try (Launcher run =
        Launcher.start(
            directory,
            Launcher.HOME.resolve("agentpost"),
            Launcher.HOME,
            Map.of("AGENTPOST_CATALOG", "nowhere.yaml"),
            "synth")) {
      assertEquals(1, run.exitCode());
      assertEquals(
          "agentpost: AGENTPOST_CATALOG=nowhere.yaml: there is no such file, or it cannot be"
              + " read\n",
          run.output());
    }
  }

  @Test
  void showsWhatTheCatalogHasBesideItsStoryToo() throws Exception {
    Path mine =
        Files.writeString(
            directory.resolve("mine.yaml"),
            Files.readString(Launcher.EXAMPLES) + "\n" + NEWSLETTER);
    try (Launcher run =
        Launcher.start(
            directory,
            Launcher.HOME.resolve("agentpost"),
            Launcher.HOME,
            Map.of("AGENTPOST_CATALOG", mine.toString()),
            "demo")) {
      assertEquals(0, run.exitCode(), run.output());
      assertThat(run.output()).contains("7 agents = 6 delivered + 1 dead-lettered");
    }
  }

  @Test
  void runsFromAnotherDirectoryThroughASymbolicLink() throws Exception {
    Path link =
        Files.createSymbolicLink(directory.resolve("post"), Launcher.HOME.resolve("agentpost"));
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
      cloud.deploy(Launcher.synthesized(directory));
      try (EventBridgeClient events = cloud.clients("test").create(EventBridgeClient.builder())) {
        events.removeTargets(remove -> remove.eventBusName("agentpost").rule(rule).ids("webhook"));
        events.deleteRule(delete -> delete.eventBusName("agentpost").name(rule));
      }
      DemoEvent event =
          DemoEvent.read(
              Launcher.HOME.resolve("events-schemas/user.signed_up/examples/put-events.json"),
              Instant.now());
      return new DemoRun(cloud, new LabelledLines(new PrintWriter(shown)), Duration.ofSeconds(30))
          .run(event);
    }
  }
}
