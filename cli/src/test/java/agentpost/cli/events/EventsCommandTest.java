package agentpost.cli.events;

import static org.assertj.core.api.Assertions.assertThat;

import agentpost.cli.Run;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.api.parallel.Resources;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code events list} and {@code events show}. */
@ResourceLock(Resources.SYSTEM_PROPERTIES)
class EventsCommandTest {
  private static final String TEMPLATE = "agentpost.cdk.out";
  private static final String SCHEMAS = "agentpost.schemas";

  @TempDir private Path directory;

  @BeforeEach
  void synthesize() throws IOException {
    Path folder = Files.createDirectory(directory.resolve("cdk.out"));
    Files.writeString(
        folder.resolve("agentpost.template.json"),
        """
        {"Resources":{
          "Log":{"Type":"AWS::Events::Rule","Properties":{"Name":"agentpost-log",
            "EventPattern":{"source":[{"prefix":""}]}}},
          %s}}\
        """
            .formatted(
                String.join(
                    ",",
                    agent("all-of-it", "{\"source\":[{\"prefix\":\"\"}]}"),
                    agent("by-prefix", "{\"detail-type\":[{\"prefix\":\"user.\"}]}"),
                    agent("crm", "{\"detail-type\":[\"lead.qualified\"]}"),
                    agent(
                        "premium",
                        "{\"detail-type\":[\"user.signed_up\"],"
                            + "\"detail\":{\"data\":{\"plan\":[\"premium\"]}}}"),
                    agent(
                        "several",
                        "{\"$or\":[{\"detail-type\":[\"lead.captured\"]},"
                            + "{\"detail-type\":[\"user.signed_up\"],"
                            + "\"detail\":{\"data\":{\"location\":[\"DE\"]}}}]}"))));
    System.setProperty(TEMPLATE, folder.toString());
    System.setProperty(SCHEMAS, Path.of("..", "events-schemas").toString());
  }

  @AfterEach
  void forget() {
    System.clearProperty(TEMPLATE);
    System.clearProperty(SCHEMAS);
  }

  private static String agent(String name, String pattern) {
    return """
    "%1$s":{"Type":"AWS::Events::Rule","Properties":{"Name":"agentpost-%1$s",
      "EventPattern":%2$s}},
    "%1$sQueue":{"Type":"AWS::SQS::Queue","Properties":{"QueueName":"agentpost-%1$s-dlq"}}\
    """
        .formatted(name, pattern);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          user.signed_up | all-of-it, by-prefix, premium, several
          user.converted | all-of-it, by-prefix
          lead.qualified | all-of-it, crm
          lead.captured  | all-of-it, several
          email.sent     | all-of-it
          """)
  void eachEventHasTheAgentsThatMayReceiveIt(String event, String agents) {
    Run run = Run.of("", "events", "list");
    assertThat(run.exitCode()).as(run.everything()).isZero();
    assertThat(run.out())
        .containsPattern("(?m)^" + event.replace(".", "\\.") + " +1 +" + agents + "$");
  }

  @Test
  void listsAndEventsFitTheTerminal() {
    for (int columns : new int[] {60, 80, 120, 200}) {
      for (Run run :
          List.of(
              Run.of(columns, "events", "list"),
              Run.of(columns, "events", "show", "user.signed_up"))) {
        assertThat(run.out().lines().takeWhile(line -> !line.equals("Example:")))
            .hasSizeGreaterThan(5)
            // A condition is JSON, and a word.
            .filteredOn(line -> !line.contains("{"))
            .allSatisfy(line -> assertThat(line.length()).as(line).isLessThanOrEqualTo(columns));
      }
    }
  }

  @Test
  void aListOfJsonHasTheSame() throws IOException {
    JsonNode list = new JsonMapper().readTree(Run.of("", "events", "list", "--json").out());
    assertThat(list.valueStream().map(event -> event.path("event_type").asText()))
        .isSorted()
        .contains("agent.unhealthy", "user.signed_up");
    JsonNode captured =
        list.valueStream()
            .filter(event -> event.path("event_type").asText().equals("lead.captured"))
            .findFirst()
            .orElseThrow();
    assertThat(captured.path("agents").valueStream().map(JsonNode::asText))
        .containsExactly("all-of-it", "several");
    assertThat(captured.at("/versions/0").asText()).isEqualTo("1");
    assertThat(captured.path("title").asText()).isNotEmpty();
  }

  @Test
  void anEventShowsItsFieldsItsAgentsAndAnExample() {
    Run run = Run.of("", "events", "show", "user.signed_up");
    assertThat(run.exitCode()).as(run.everything()).isZero();
    assertThat(run.out())
        .startsWith("user.signed_up (1)\nA user signed up. Published by")
        .containsPattern("(?m)^email +email +yes +Where the user can be reached\\.$")
        .containsPattern("(?m)^signup_source +string +no +")
        .contains(
            "all-of-it receives those that match {\"source\":[{\"prefix\":\"\"}]}",
            "by-prefix receives every one",
            "premium receives those that match {\"detail\":{\"data\":{\"plan\":[\"premium\"]}}}",
            "several receives those that match {\"detail\":{\"data\":{\"location\":[\"DE\"]}}}")
        .doesNotContain("crm")
        .containsPattern("  \\./agentpost try .*user\\.signed_up/examples/free-.*\\.json\n$");
  }

  @Test
  void whatIsInListsAndObjectsIsAFieldToo() {
    assertThat(Run.of("", "events", "show", "features.suggested").out())
        .containsPattern("(?m)^features +object\\[] +yes")
        .containsPattern("(?m)^features\\[]\\.feature +string +yes");
    assertThat(Run.of("", "events", "show", "support.alerted").out())
        .containsPattern("(?m)^severity +info\\|warning\\|critical +yes");
  }

  @Test
  void jsonHasTheSchemaAndTheConditions() throws IOException {
    JsonNode event =
        new JsonMapper().readTree(Run.of("", "events", "show", "user.signed_up", "--json").out());
    assertThat(event.at("/schema/properties/data/required").valueStream().map(JsonNode::asText))
        .containsExactly("user_id", "email", "plan");
    assertThat(event.at("/agents/by-prefix").toString()).isEqualTo("[{}]");
    assertThat(event.at("/agents/premium/0/detail/data/plan/0").asText()).isEqualTo("premium");
    assertThat(event.path("agents").has("crm")).isFalse();
  }

  @Test
  void anEventThatThereIsNotIsRefusedWithThoseThereAre() {
    Run run = Run.of("", "events", "show", "user.signedup");
    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.err())
        .startsWith("agentpost: there is no event user.signedup; there are agent.recovered, ")
        .endsWith("user.signed_up; ./agentpost new event user.signedup makes it\n");
  }
}
