package agentpost.cli.events;

import static org.assertj.core.api.Assertions.assertThat;

import agentpost.cli.Run;
import agentpost.cli.project.BuildProcess;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.api.parallel.Resources;

/** {@code events check} in a repository whose last commit has one event. */
@ResourceLock(Resources.SYSTEM_PROPERTIES)
class EventsCheckTest {
  private static final String SCHEMA =
      """
      {"title":"An order was placed","description":"By the shop.",
       "data":{"required":["plan"],"properties":{
         "plan":{"type":"string","maxLength":9,"description":"Which."}}}}\
      """;

  @TempDir private Path directory;
  private Path events = Path.of("unset");
  private Path event = Path.of("unset");

  @BeforeEach
  void commit() throws IOException, InterruptedException {
    Path folder = Files.createDirectory(directory.resolve("cdk.out"));
    Files.writeString(
        folder.resolve("agentpost.template.json"),
        """
        {"Resources":{
          "crm":{"Type":"AWS::Events::Rule","Properties":{"Name":"agentpost-crm","EventPattern":
            {"detail-type":["order.placed"],"detail":{"data":{"plan":["premium"]}}}}},
          "crmQueue":{"Type":"AWS::SQS::Queue","Properties":{"QueueName":"agentpost-crm-dlq"}},
          "log":{"Type":"AWS::Events::Rule","Properties":{"Name":"agentpost-all","EventPattern":
            {"source":[{"prefix":""}]}}},
          "logQueue":{"Type":"AWS::SQS::Queue","Properties":{"QueueName":"agentpost-all-dlq"}}}}\
        """);
    // Below the repository's own folder, as a project's schemas are.
    events = directory.resolve("shop/events-schemas");
    event = Files.createDirectories(events.resolve("order.placed"));
    Files.writeString(event.resolve("1.schema.json"), SCHEMA);
    Files.writeString(
        Files.createDirectory(event.resolve("examples")).resolve("premium.json"),
        """
        {"event_id":"a","event_type":"order.placed","timestamp":"2026-03-31T10:30:00Z",
         "data":{"plan":"premium"},"metadata":{"source_service":"till","correlation_id":"c"}}\
        """);
    git("init", "-q");
    git("add", "shop");
    git("-c", "user.name=a", "-c", "user.email=a@example.com", "commit", "-qm", "one");
    System.setProperty("agentpost.cdk.out", folder.toString());
    System.setProperty("agentpost.schemas", events.toString());
  }

  @AfterEach
  void forget() {
    System.clearProperty("agentpost.cdk.out");
    System.clearProperty("agentpost.schemas");
  }

  private void git(String... words) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of("git"));
    command.addAll(List.of(words));
    BuildProcess git = BuildProcess.run(new ProcessBuilder(command).directory(directory.toFile()));
    assertThat(git.exitCode()).as(git.said()).isZero();
  }

  private void change(String from, String to) throws IOException {
    assertThat(SCHEMA).contains(from);
    Files.writeString(event.resolve("1.schema.json"), SCHEMA.replace(from, to));
  }

  private static Run check(String... options) {
    List<String> words = new ArrayList<>(List.of("events", "check"));
    words.addAll(List.of(options));
    return Run.of("", words.toArray(String[]::new));
  }

  private static String broken(String... options) {
    Run run = check(options);
    assertThat(run.exitCode()).as(run.everything()).isEqualTo(1);
    return run.out();
  }

  @Test
  void whatIsAsItWasOrOnlyAddedBreaksNothing() throws IOException {
    assertThat(check().out()).isEqualTo("nothing breaks: 1 events compared with HEAD\n");
    Files.writeString(
        event.resolve("1.1.schema.json"),
        SCHEMA.replace(
            "\"plan\":{", "\"size\":{\"type\":\"string\",\"description\":\"s\"},\"plan\":{"));
    change("Which.", "Which of them.");
    assertThat(check().exitCode()).isZero();
  }

  /** The list at a zip's end is more than a pipe holds, and nobody needs it. */
  @Test
  void gitMaySayAllThatItHas() throws IOException, InterruptedException {
    Path examples = event.resolve("examples");
    for (int i = 0; i < 700; i++) {
      Files.copy(examples.resolve("premium.json"), examples.resolve("a".repeat(100) + i + ".json"));
    }
    git("add", "shop");
    git("-c", "user.name=a", "-c", "user.email=a@example.com", "commit", "-qm", "two");
    assertThat(check().everything()).isEqualTo("nothing breaks: 1 events compared with HEAD\n");
  }

  @Test
  void whatBreaksIsNamedWithTheExampleAndWhoReceivesIt() throws IOException {
    change("\"maxLength\":9", "\"maxLength\":4");
    assertThat(broken())
        .isEqualTo(
            """
            order.placed 1
              /properties/data/properties/plan/maxLength changed
              example of HEAD is refused: premium.json: /data/plan: must have at most 4 characters (maxLength), found a string of 7 characters
              all receives it
              crm receives it, and its pattern reads /data/plan
            what was valid must stay so: leave these versions as HEAD has them, and write what changed as a new major version, such as order.placed/2.schema.json
            """);
  }

  @Test
  void jsonHasTheSame() throws IOException {
    assertThat(check("--json").out()).isEqualTo("[ ]\n");
    change("\"maxLength\":9", "\"maxLength\":4");
    JsonNode breaks = new JsonMapper().readTree(broken("--json"));
    assertThat(breaks).hasSize(1);
    assertThat(breaks.at("/0/event_type").asText()).isEqualTo("order.placed");
    assertThat(breaks.at("/0/problems/0").asText()).endsWith("maxLength changed");
    assertThat(breaks.at("/0/refused_examples")).hasSize(1);
    assertThat(breaks.at("/0/agents").toString())
        .isEqualTo("{\"all\":[],\"crm\":[\"/data/plan\"]}");
  }

  @Test
  void aFieldThatIsGoneIsMissedByThePatternThatReadsIt() throws IOException {
    change("\"plan\":{", "\"tier\":{");
    Files.writeString(
        event.resolve("1.schema.json"),
        Files.readString(event.resolve("1.schema.json")).replace("[\"plan\"]", "[\"tier\"]"));
    assertThat(broken())
        .contains(
            "/properties/data/properties/plan was removed",
            "premium.json: /data/tier: a value is required",
            "crm receives it, and its pattern reads /data/plan\n");
  }

  @Test
  void anEventThatIsGoneIsMissedByAllThatReceiveIt() throws IOException {
    try (var files = Files.walk(event)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
    assertThat(broken()).contains("order.placed 1 was removed", "crm receives it\n");
  }

  @Test
  void aFolderIsComparedLikeARevision() throws IOException {
    Path older = directory.resolve("older");
    Files.writeString(
        Files.createDirectories(older.resolve("order.placed")).resolve("1.schema.json"),
        SCHEMA.replace("9", "8"));
    assertThat(broken("--against", older.toString())).contains("maxLength changed");
  }

  @Test
  void aRevisionThatThereIsNotIsRefused() {
    for (String revision : List.of("nope", "--output=x")) {
      Run run = check("--against=" + revision);
      assertThat(run.exitCode()).isEqualTo(1);
      assertThat(run.err()).contains(revision);
    }
  }
}
