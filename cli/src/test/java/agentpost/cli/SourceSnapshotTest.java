package agentpost.cli;

import static org.assertj.core.api.Assertions.assertThat;

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
    SourceSnapshot before = SourceSnapshot.of(home, catalog);
    Files.writeString(own, "agents: {one: {}}");
    assertThat(SourceSnapshot.of(home, catalog).changesSince(before)).isEmpty();
    Files.writeString(catalog, "agents: {one: {}}");
    assertThat(SourceSnapshot.of(home, catalog).changesSince(before))
        .containsExactly(SourceSnapshot.CATALOG);
    Files.delete(catalog);
    assertThat(SourceSnapshot.of(home, catalog).changesSince(before))
        .containsExactly(SourceSnapshot.CATALOG);
    assertThat(SourceSnapshot.of(home).changesSince(SourceSnapshot.of(home, own))).isEmpty();
  }

  @Test
  void eventsAreCompiledAndTheEnvelopeIsTheClouds() {
    assertThat(SourceSnapshot.kind("events-schemas/user.signed_up/1.schema.json"))
        .isEqualTo(SourceSnapshot.Kind.SCHEMAS);
    assertThat(SourceSnapshot.kind("events-schemas/src/main/events/agent.stopped/1.schema.json"))
        .isEqualTo(SourceSnapshot.Kind.SCHEMAS);
    assertThat(SourceSnapshot.kind("events-schemas/src/main/java/agentpost/schemas/Json.java"))
        .isEqualTo(SourceSnapshot.Kind.FUNCTIONS);
    assertThat(
            SourceSnapshot.kind(
                "events-schemas/src/main/resources/agentpost/schemas/envelope.json"))
        .isEqualTo(SourceSnapshot.Kind.CLOUD);
  }
}
