package agentpost.cli.local;

import static org.assertj.core.api.Assertions.assertThat;

import agentpost.cli.project.Project;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SourceSnapshotTest {
  @TempDir private Path home;
  @TempDir private Path elsewhere;

  /** What AGENTPOST_CATALOG names. */
  @Test
  void aCatalogElsewhereIsWatchedInPlaceOfTheProjectsOwn() throws IOException {
    Path own =
        Files.writeString(
            Files.createDirectories(home.resolve("infra-cdk")).resolve("agents.yaml"),
            "agents: {}");
    Path catalog = Files.writeString(elsewhere.resolve("mine.yml"), "agents: {}");
    Project project = Project.in(home);
    SourceSnapshot before = SourceSnapshot.of(project, catalog);
    Files.writeString(own, "agents: {one: {}}");
    assertThat(SourceSnapshot.of(project, catalog).changesSince(before)).isEmpty();
    Files.writeString(catalog, "agents: {one: {}}");
    assertThat(SourceSnapshot.of(project, catalog).changesSince(before))
        .containsExactly("infra-cdk/agents.yaml");
    Files.delete(catalog);
    assertThat(SourceSnapshot.of(project, catalog).changesSince(before))
        .containsExactly("infra-cdk/agents.yaml");
    assertThat(SourceSnapshot.of(project).changesSince(SourceSnapshot.of(project, own))).isEmpty();
  }
}
