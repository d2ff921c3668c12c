package agentpost.infra;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertEquals;

import agentpost.greeting.GreetingHandler;
import agentpost.infra.Template.Resource;
import agentpost.infra.catalog.Catalog;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * "Add an agent in five minutes" of CONTRIBUTING.md, done to the letter: its snippets are what is
 * added here, to the catalog as it is shipped.
 */
@SuppressWarnings("NullAway.Init") // set before all tests
class FiveMinutesTest {
  private static final String SECTION =
      Synthesized.content(Path.of("../CONTRIBUTING.md"))
          .replaceFirst("(?s).*\n## Add an agent in five minutes\n", "")
          .replaceFirst("(?s)\n## .*", "");

  private static Synthesized stack;

  private static List<String> snippets(String language) {
    return Pattern.compile("```" + language + "\n(.*?)```", Pattern.DOTALL)
        .matcher(SECTION)
        .results()
        .map(found -> found.group(1))
        .toList();
  }

  @BeforeAll
  static void addBothAgents(@TempDir Path directory) {
    assertThat(snippets("yaml")).hasSize(2);
    String catalog =
        Synthesized.content(Synthesized.EXAMPLES) + "\n" + String.join("\n", snippets("yaml"));
    stack = Synthesized.of(directory, catalog, Map.of());
  }

  @Test
  void theExternalAgentIsDeliveredTo() {
    assertDelivered("newsletter");
    assertThat(stack.agent("newsletter").template().all("AWS::Lambda::Function")).isEmpty();
    assertThat(stack.directoryEntry("newsletter").path("endpoint").asText())
        .isEqualTo("https://newsletter.example.com/hooks/agentpost");
  }

  @Test
  void theHostedAgentIsDeliveredToAndRuns() {
    assertDelivered("greeting-agent");
    Resource function = stack.agent("greeting-agent").template().only("AWS::Lambda::Function");
    assertEquals(GreetingHandler.class.getName(), function.text("/Handler"));
    assertThat(
            stack
                .root()
                .only("AWS::ApiGateway::RestApi")
                .at("/Body/paths")
                .has("/webhooks/greeting-agent"))
        .isTrue();
  }

  private static void assertDelivered(String agent) {
    Template template = stack.agent(agent).template();
    assertEquals("agentpost-" + agent, template.only("AWS::Events::Rule").text("/Name"));
    assertEquals(
        "[\"user.signed_up\"]",
        template.only("AWS::Events::Rule").text("/EventPattern/detail-type"));
    assertEquals("agentpost-" + agent, template.only("AWS::Events::ApiDestination").text("/Name"));
    assertEquals(
        "agentpost-" + agent + "-dlq", template.only("AWS::SQS::Queue").text("/QueueName"));
    assertEquals(
        "agentpost/agents/" + agent, template.only("AWS::SecretsManager::Secret").text("/Name"));
  }

  /** What else the build asks of a catalog. */
  @Test
  void theTestsOfEveryCatalogHold() {
    assertThat(
            RoleAudit.findings(
                stack.root(),
                stack.nested().values().stream().map(Synthesized.Nested::template).toList()))
        .isEmpty();
    assertThat(Reference.of(stack).unknown()).isEmpty();
  }

  /** An agent and a source of one name would publish as one. */
  @Test
  void theNamesAreNobodyElses() {
    List<String> others =
        Stream.concat(
                stack.catalog().sources().stream().map(Catalog.Source::name),
                stack.catalog().processors().stream().map(Catalog.Processor::name))
            .toList();
    assertThat(others).doesNotContain("newsletter", "greeting-agent");
  }

  @Test
  void theAgentsBeforeItAreStillThere() {
    assertThat(stack.nested())
        .hasSize(stack.catalog().agents().size() + 6)
        .containsKeys(
            "agentpost-welcome-agent",
            "agentpost-metrics-agent",
            "alarms",
            "alerts",
            "dashboards",
            "ingest",
            "operations",
            "secrets");
  }

  @Test
  void theClassesAreThoseThatAreCompiledAndTestedHere() {
    assertThat(SECTION)
        .contains(
            "(infra-cdk/src/test/java/agentpost/greeting/GreetingHandler.java)",
            "(infra-cdk/src/test/java/agentpost/greeting/GreetingHandlerTest.java)");
  }
}
