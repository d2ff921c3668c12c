package agentpost.infra;

import static org.junit.jupiter.api.Assertions.assertEquals;

import agentpost.infra.catalog.Catalog;
import agentpost.infra.catalog.CatalogReader;
import agentpost.infra.catalog.EventsOf;
import agentpost.infra.catalog.ExtensionNames;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Who hears of agents' health. */
class RulePatternTest {
  @TempDir private Path directory;

  private Catalog.Agent agent(String subscribes) throws IOException {
    Path file =
        Files.writeString(
            directory.resolve("agents.yaml"),
            "agents: {watcher: {subscribes: ["
                + subscribes
                + "], external: {url: https://example.com/a}}}");
    return CatalogReader.read(
            file,
            EventsOf.types("agent.unhealthy", "agent.recovered", "email.sent"),
            ExtensionNames.of(ExtensionNames.class.getClassLoader()))
        .agents()
        .getFirst();
  }

  private static String json(Object pattern) throws JsonProcessingException {
    return new JsonMapper().writeValueAsString(pattern).replace('"', '\'');
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "agent.unhealthy |"
            + " {'detail-type':['agent.unhealthy'],'detail':{'data':{'agent':[{'anything-but':['watcher']}]}}}",
        "{event: agent.unhealthy, where: {data: {because: [circuit-open]}}} |"
            + " {'detail-type':['agent.unhealthy'],'detail':{'data':{'because':['circuit-open'],'agent':[{'anything-but':['watcher']}]}}}",
        "{event: agent.recovered, where: {metadata: {source_service: [health]}}} |"
            + " {'detail-type':['agent.recovered'],'detail':{'metadata':{'source_service':['health']},'data':{'agent':[{'anything-but':['watcher']}]}}}",
      })
  void noAgentHearsOfItself(String subscribes, String pattern) throws IOException {
    assertEquals(pattern, json(RulePattern.pattern(agent(subscribes))));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{event: agent.unhealthy, where: {data: {agent: [watcher]}}} |"
            + " {'detail-type':['agent.unhealthy'],'detail':{'data':{'agent':['watcher']}}}",
        "email.sent | {'detail-type':['email.sent']}",
      })
  void unlessItSaysSo(String subscribes, String pattern) throws IOException {
    assertEquals(pattern, json(RulePattern.pattern(agent(subscribes))));
  }
}
