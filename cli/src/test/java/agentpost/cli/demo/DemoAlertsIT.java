package agentpost.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertEquals;

import agentpost.cli.Launcher;
import agentpost.cli.terminal.LabelledLines;
import agentpost.local.LocalCloud;
import agentpost.local.LocalCloudOptions;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.services.eventbridge.EventBridgeClient;

class DemoAlertsIT {
  @TempDir private Path directory;

  @Test
  void showsTheWholeStoryAndEndsWithZero() throws Exception {
    try (Launcher demo = Launcher.start(directory, "demo", "alerts")) {
      assertEquals(0, demo.exitCode(), demo.output());
      assertThat(demo.output())
          .containsSubsequence(
              "alert.raised from alerts, for alert-aggregator",
              "alert.raised from alerts, for alert-aggregator, security-analyst",
              "security.analyzed from security-analyst",
              "alert.raised from app-errors, for alert-aggregator",
              "40 more errors of the same application",
              "alert-aggregator, for now",
              "up again",
              "alert.unresolved from alert-aggregator",
              "46 alerts in 5 groups",
              "everything that this demo should show")
          .contains(
              "alert.grouped from alert-aggregator",
              "done already: not acted on again",
              " 41  warning   resolved ",
              "  2  critical  ")
          .containsPattern("refused +alert-aggregator +alert.raised: 503")
          .doesNotContain("missing", "Exception", "gave up")
          .doesNotContain("\u001b");
    }
  }

  @Test
  void saysWhatWasNotSeenAndGoesNoFurther() throws Exception {
    StringWriter shown = new StringWriter();
    List<String> missing;
    try (LocalCloud cloud =
        LocalCloud.start(new LocalCloudOptions(0, DemoAlertsCommand.TIME_SCALE, 1))) {
      cloud.deploy(Launcher.synthesized(directory));
      try (EventBridgeClient events = cloud.clients("test").create(EventBridgeClient.builder())) {
        events.disableRule(disable -> disable.name("agentpost-alerts-guardduty"));
      }
      missing =
          new AlertsRun(
                  cloud,
                  new LabelledLines(new PrintWriter(shown)),
                  Launcher.HOME.resolve("docs/examples"),
                  Duration.ofSeconds(8))
              .run();
    }
    assertThat(missing).containsExactly("alert.raised of a GuardDuty finding");
    assertThat(shown.toString()).contains("alert.raised from alerts").doesNotContain("summary");
  }
}
