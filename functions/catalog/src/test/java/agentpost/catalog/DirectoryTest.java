package agentpost.catalog;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class DirectoryTest {
  /** Secrets Manager's, in bytes. */
  private static final int MAX_SECRET = 65_536;

  private static AgentSettings settings(int rate) {
    return new AgentSettings(
        rate,
        OptionalInt.of(100),
        Optional.of(
            new BreakerPolicy(
                5, 10, Duration.ofMinutes(10), Duration.ofSeconds(30), Duration.ofMinutes(10))),
        Optional.of(new RecoveryPolicy(Duration.ofSeconds(60), Duration.ofHours(1))),
        Optional.empty(),
        "hmac",
        Duration.ofHours(24));
  }

  private static JsonNode written(String endpoint, int rate) throws JsonProcessingException {
    return new JsonMapper().readTree(settings(rate).toJson().put("endpoint", endpoint).toString());
  }

  @Test
  void anEntryIsItsEndpointAndItsSettings() throws Exception {
    Map<String, JsonNode> read =
        Directory.read(
            Directory.ofAgents(
                "https://api.example.com/prod",
                Map.of("crm", settings(5), "mail", settings(5), "slow", settings(1)),
                Map.of(
                    "crm", "/webhooks/crm",
                    "mail", "/webhooks/mail",
                    "slow", "https://slow.example.com/hooks")));
    assertEquals(3, read.size());
    assertEquals(written("https://api.example.com/prod/webhooks/crm", 5), read.get("crm"));
    assertEquals(written("https://api.example.com/prod/webhooks/mail", 5), read.get("mail"));
    assertEquals(written("https://slow.example.com/hooks", 1), read.get("slow"));
  }

  @Test
  void threeHundredAgentsWithLongNamesFitIntoASecret() {
    Map<String, AgentSettings> agents = new TreeMap<>();
    Map<String, String> endpoints = new TreeMap<>();
    for (int i = 100; i < 400; i++) {
      String name = "agent-with-a-name-of-forty-character-" + i;
      agents.put(name, settings(1 + i % 20));
      endpoints.put(name, "/webhooks/" + name);
    }
    String url = "https://abcdefghij.execute-api.ap-southeast-1.amazonaws.com/prod";
    int length = Directory.ofAgents(url, agents, endpoints).length();
    assertTrue(length < MAX_SECRET * 3 / 4, String.valueOf(length));
  }

  /** Without its settings, an external agent would pass for one of our own. */
  @Test
  void anEntryWhoseSettingsAreNotThereSaysSo() {
    JsonNode entry =
        Directory.read("{\"settings\":[{}],\"entries\":{\"crm\":{\"settings\":1}}}").get("crm");
    assertTrue(entry != null && entry.has("settings"));
  }

  @Test
  void oneEntryMoreIsReadBesideTheOthers() {
    String text =
        Directory.with(
            Directory.ofAgents("", Map.of("crm", settings(5)), Map.of("crm", "/webhooks/crm")),
            "new",
            new JsonMapper().createObjectNode().put("endpoint", "https://new.example.com/"));
    assertEquals(2, Directory.read(text).size());
    assertEquals(
        "{\"endpoint\":\"https://new.example.com/\"}",
        String.valueOf(Directory.read(text).get("new")));
  }

  @Test
  void whatIsNoDirectoryIsRefused() {
    for (String text :
        new String[] {"", "[]", "{}", "{\"entries\":[]}", "{\"entries\":{},\"entries\":{}}", "{"}) {
      assertThrows(IllegalArgumentException.class, () -> Directory.read(text), text);
    }
  }
}
