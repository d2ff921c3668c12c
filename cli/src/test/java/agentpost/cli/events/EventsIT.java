package agentpost.cli.events;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertEquals;

import agentpost.cli.Launcher;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code events} and {@code docs} as the launcher starts it: it brings the template and the
 * sources' examples.
 */
class EventsIT {
  @TempDir private Path directory;

  private String run(String... words) throws Exception {
    try (Launcher events = Launcher.startOn(Launcher.EXAMPLES, directory, words)) {
      assertEquals(0, events.exitCode(), events::output);
      return events.output();
    }
  }

  @Test
  void theSchemasAreComparedWithAFolder() throws Exception {
    String folder = Launcher.HOME.resolve("events-schemas").toString();
    assertThat(run("events", "check", "--against", folder))
        .contains(" events compared with " + folder);
  }

  @Test
  void aGraphIsDrawnOfThem() throws Exception {
    assertThat(run("agents", "graph"))
        .contains("flowchart LR", "[\"welcome-agent\"]")
        .contains("may loop: onboarding-coordinator → deadline.reached → onboarding-coordinator");
  }

  @Test
  void aSiteIsMadeOfThem() throws Exception {
    Path site = directory.resolve("site");
    assertThat(run("docs", "--out", site.toString())).contains(site + "/index.html");
    assertThat(Files.readString(site.resolve("events/email.sent.html")))
        .contains("<li>welcome-agent</li>", "onboarding-coordinator: those that match");
  }

  @Test
  void agentsAreOfTheCatalogAndExamplesOfTheSources() throws Exception {
    assertThat(run("events", "list"))
        .containsPattern("(?m)^user\\.converted +1 +trial-monitor$")
        .containsPattern("(?m)^email\\.sent +1 +onboarding-coordinator$");
    assertThat(run("events", "show", "trial.ending"))
        .contains("follow-up-agent receives every one\n")
        .containsPattern(
            "  \\./agentpost try .*events-schemas/trial\\.ending/examples/three-days-left\\.json");
  }
}
