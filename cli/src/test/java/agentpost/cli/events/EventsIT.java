package agentpost.cli.events;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertEquals;

import agentpost.cli.Launcher;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code events} as the launcher starts it: it brings the template and the sources' examples. */
class EventsIT {
  @TempDir private Path directory;

  private String run(String... words) throws Exception {
    try (Launcher events = Launcher.startOn(Launcher.EXAMPLES, directory, words)) {
      assertEquals(0, events.exitCode(), events::output);
      return events.output();
    }
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
