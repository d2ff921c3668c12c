package agentpost.cli.cost;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertEquals;

import agentpost.cli.Documents;
import agentpost.cli.Documents.Block;
import agentpost.cli.Launcher;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CostIT {
  @Test
  void saysOfTheExamplesWhatTheDocumentShows(@TempDir Path directory) throws Exception {
    String shown =
        Documents.fenced()
            .filter(block -> block.where().startsWith("docs/costs.md:"))
            .map(Block::text)
            .filter(text -> text.contains("A MONTH"))
            .findFirst()
            .orElseThrow();
    try (Launcher cost =
        Launcher.startOn(
            Launcher.EXAMPLES, directory, "cost", "--events", "100/s", "--subscribers", "8")) {
      assertEquals(0, cost.exitCode(), cost::output);
      assertThat(cost.output()).endsWith(shown);
    }
  }
}
