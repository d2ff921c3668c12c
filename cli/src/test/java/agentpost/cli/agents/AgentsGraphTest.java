package agentpost.cli.agents;

import static org.assertj.core.api.Assertions.assertThat;

import agentpost.cli.Run;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.api.parallel.Resources;

/** {@code agents graph} of two agents that answer each other. */
@ResourceLock(Resources.SYSTEM_PROPERTIES)
class AgentsGraphTest {
  @TempDir private Path directory;

  @BeforeEach
  void writeEvents() throws IOException {
    writeEvent("ping.sent", "pinger");
    writeEvent("pong.sent", "ponger");
    System.setProperty("agentpost.schemas", directory.resolve("schemas").toString());
  }

  @AfterEach
  void forget() {
    System.clearProperty("agentpost.cdk.out");
    System.clearProperty("agentpost.schemas");
  }

  private void writeEvent(String type, String publisher) throws IOException {
    Path event = Files.createDirectories(directory.resolve("schemas").resolve(type));
    Files.writeString(
        event.resolve("1.schema.json"),
        "{\"title\":\"Sent\",\"description\":\"By one.\",\"data\":{\"properties\":{}}}");
    Files.writeString(
        Files.createDirectories(event.resolve("examples")).resolve("one.json"),
        """
        {"event_id":"a","event_type":"%s","timestamp":"2026-03-31T10:30:00Z","data":{},
         "metadata":{"source_service":"%s","correlation_id":"c"}}\
        """
            .formatted(type, publisher));
  }

  private static String agent(String name, String pattern) {
    return """
    "%1$s":{"Type":"AWS::Events::Rule","Properties":{"Name":"agentpost-%1$s",
      "EventPattern":%2$s}},
    "%1$sQueue":{"Type":"AWS::SQS::Queue","Properties":{"QueueName":"agentpost-%1$s-dlq"}}\
    """
        .formatted(name, pattern);
  }

  private Run draw(String... agents) throws IOException {
    Path folder = Files.createDirectories(directory.resolve("cdk.out"));
    Files.writeString(
        folder.resolve("agentpost.template.json"),
        "{\"Resources\":{" + String.join(",", agents) + "}}");
    System.setProperty("agentpost.cdk.out", folder.toString());
    Run run = Run.of("", "agents", "graph");
    assertThat(run.exitCode()).as(run.everything()).isZero();
    return run;
  }

  @Test
  void drawsWhoPublishesAndWhoReceives() throws IOException {
    Run run =
        draw(
            agent("reader", "{\"detail-type\":[\"ping.sent\"]}"),
            agent(
                "choosy",
                "{\"detail-type\":[\"pong.sent\"],\"detail\":{\"data\":{\"a\":[\"b\"]}}}"));
    assertThat(run.out())
        .startsWith("flowchart LR\n  a0[\"choosy\"]\n  a1[\"reader\"]\n  a2[/\"pinger\"/]\n")
        .containsPattern("(?m)^ {2}a2 --> (e\\d+)\n(.*\n)* {2}\\1 --> a1$")
        .containsPattern("(?m)^ {2}a3 --> (e\\d+)\n(.*\n)* {2}\\1 -\\.-> a0$");
    assertThat(run.err()).isEmpty();
  }

  @Test
  void agentsThatAnswerEachOtherMayLoop() throws IOException {
    Run run =
        draw(
            agent("pinger", "{\"detail-type\":[\"pong.sent\"]}"),
            agent("ponger", "{\"detail-type\":[\"ping.sent\"]}"));
    assertThat(run.err()).isEqualTo("may loop: pinger → ping.sent → ponger → pong.sent → pinger\n");
  }

  @Test
  void whoHearsOthersOnlyDoesNotLoop() throws IOException {
    String byOthers =
        "{\"detail-type\":[\"ping.sent\"],\"detail\":{\"metadata\":{\"source_service\":%s}}}";
    assertThat(draw(agent("pinger", byOthers.formatted("[{\"anything-but\":\"pinger\"}]"))).err())
        .isEmpty();
    assertThat(draw(agent("pinger", byOthers.formatted("[\"pinger\"]"))).err())
        .isEqualTo("may loop: pinger → ping.sent → pinger\n");
  }

  @Test
  void aNameIsTextInTheDrawing() throws IOException {
    writeEvent("ping.sent", "x#<b>");
    assertThat(draw(agent("reader", "{\"detail-type\":[\"ping.sent\"]}")).out())
        .contains("[/\"x#35;#lt;b#gt;\"/]");
  }
}
