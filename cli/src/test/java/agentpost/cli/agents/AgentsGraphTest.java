package agentpost.cli.agents;

import static org.assertj.core.api.Assertions.assertThat;

import agentpost.cli.Run;
import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.xpath.XPathConstants;
import javax.xml.xpath.XPathFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.api.parallel.Resources;
import org.w3c.dom.Document;
import org.w3c.dom.NodeList;
import org.xml.sax.InputSource;

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
    return graph();
  }

  private static Run graph(String... options) {
    List<String> words = new ArrayList<>(List.of("agents", "graph"));
    words.addAll(List.of(options));
    Run run = Run.of("", words.toArray(String[]::new));
    assertThat(run.exitCode()).as(run.everything()).isZero();
    return run;
  }

  private static List<String> all(Document svg, String expression) throws Exception {
    NodeList found =
        (NodeList)
            XPathFactory.newInstance().newXPath().evaluate(expression, svg, XPathConstants.NODESET);
    return IntStream.range(0, found.getLength())
        .mapToObj(at -> found.item(at).getNodeValue())
        .toList();
  }

  @Test
  void anSvgHasTheSameAndItsLoopsMarked() throws Exception {
    writeEvent("ping.sent", "x<b>\\u0001");
    draw(
        agent("ponger", "{\"detail-type\":[\"pong.sent\"]}"),
        agent("choosy", "{\"detail-type\":[\"ping.sent\"],\"detail\":{\"data\":{\"a\":[1]}}}"));
    Document svg =
        DocumentBuilderFactory.newInstance()
            .newDocumentBuilder()
            .parse(new InputSource(new StringReader(graph("--format", "svg").out())));
    assertThat(all(svg, "//text/text()"))
        .containsExactlyInAnyOrder(
            "ponger", "x<b>\uFFFD", "ping.sent", "pong.sent", "ponger", "choosy");
    assertThat(all(svg, "//path/@class"))
        .containsExactlyInAnyOrder("all", "all loop", "all loop", "when");
    assertThat(all(svg, "//rect/@y").stream().distinct()).hasSize(2);
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
