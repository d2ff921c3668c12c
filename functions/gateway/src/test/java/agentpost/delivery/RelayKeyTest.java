package agentpost.delivery;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertEquals;

import agentpost.http.Response;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Who may have the relay deliver, while its key stays and while it changes. */
class RelayKeyTest extends RelayTestBed {
  private static final String NEXT = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD";

  private void store(String text) {
    secrets.with("agentpost/relay", text);
  }

  private int status(Relay relay, String... keys) {
    return relay.deliver(delivery("crm-sync", BODY, keys)).status();
  }

  private long counted() {
    return log.stream().filter(line -> line.contains("\"RelayKeyRefused\":1")).count();
  }

  @Test
  void duringARotationTheNewAndThePreviousKeyOpen() {
    Relay relay = relay();
    store("{\"current\":\"" + NEXT + "\",\"previous\":\"" + KEY + "\"}");
    clock.move(Duration.ofMinutes(1));
    assertEquals(200, status(relay, NEXT));
    assertEquals(200, status(relay, KEY));
  }

  @Test
  void thePreviousKeyOpensUntilTheOverlapEnds() {
    store(
        "{\"current\":\""
            + NEXT
            + "\",\"previous\":\""
            + KEY
            + "\",\"previous_until\":\""
            + clock.instant().plusSeconds(600)
            + "\"}");
    Relay relay = relay();
    clock.move(Duration.ofSeconds(599));
    assertEquals(200, status(relay, KEY));
    clock.move(Duration.ofSeconds(1));
    assertEquals(503, status(relay, KEY));
    assertEquals(200, status(relay, NEXT));
  }

  @Test
  void aKeyThatChangedTenSecondsAgoOpensAtOnce() {
    Relay relay = relay();
    store("{\"current\":\"" + NEXT + "\"}");
    clock.move(Duration.ofSeconds(10));
    assertEquals(200, status(relay, NEXT));
  }

  /** What EventBridge gives an event up for is a 403; a 503 it tries again. */
  @Test
  void aKeyThatFitsNoneIsToComeAgainAndIsLoggedAndCounted() throws Exception {
    Response response = relay().deliver(delivery("crm-sync", BODY, NEXT));
    assertEquals(503, response.status());
    assertEquals("10", response.headers().get("Retry-After"));
    assertThat(new String(response.body(), UTF_8)).doesNotContain("key", "secret");
    JsonNode metric = new JsonMapper().readTree(log.getFirst());
    assertEquals("[\"Bus\"]", metric.at("/_aws/CloudWatchMetrics/0/Dimensions/0").toString());
    assertEquals("agentpost", metric.path("Bus").asText());
    assertEquals(1, metric.path("RelayKeyRefused").asInt());
    assertThat(log.getLast())
        .contains("neither the current nor the previous one of secret agentpost/relay")
        .contains("\"source_ip\":\"127.0.0.1\"");
    assertThat(log).noneMatch(line -> line.contains(NEXT) || line.contains(KEY));
    assertThat(agent.received()).isEmpty();
  }

  @Test
  void strangersWhoMakeKeysUpCauseNoCalls() {
    Relay relay = relay();
    assertEquals(503, status(relay, "guess"));
    int calls = secrets.calls();
    for (int i = 0; i < 100; i++) {
      assertEquals(503, status(relay, "guess-" + i));
    }
    assertEquals(calls, secrets.calls());
  }

  @Test
  void whoShowsNoKeyIsNotEventBridgeAndIsRefusedForGoodAndNotCounted() {
    Relay relay = relay();
    clock.move(Duration.ofMinutes(2));
    int calls = secrets.calls();
    assertEquals(403, status(relay));
    assertEquals(403, status(relay, ""));
    assertEquals(403, status(relay, KEY, KEY), "two keys are not one");
    assertEquals(calls, secrets.calls());
    assertEquals(0, counted());
    assertThat(agent.received()).isEmpty();
  }

  @Test
  void aPartOfTheKeyIsNotTheKey() {
    Relay relay = relay();
    for (String wrong :
        Arrays.asList(KEY.substring(1), KEY + "k", "k", KEY.toUpperCase(java.util.Locale.ROOT))) {
      assertEquals(503, status(relay, wrong), wrong);
    }
    assertEquals(4, counted());
    assertThat(agent.received()).isEmpty();
  }

  /** Someone put it there by hand; nothing that is on its way is lost by it. */
  @ParameterizedTest
  @ValueSource(strings = {"", "{}", "{\"current\":\" \"}", "{", "{\"api_key\":\"k\"}"})
  void whileTheSecretCannotBeUsedNobodyGetsInAndEventsWait(String text) {
    Relay relay = relay();
    store(text);
    clock.move(Duration.ofMinutes(2));
    assertEquals(503, status(relay, KEY));
    assertEquals(503, status(relay, text.isEmpty() ? "x" : text));
    assertEquals(2, counted());
    store("{\"current\":\"" + KEY + "\"}");
    clock.move(Duration.ofSeconds(10));
    assertEquals(200, status(relay, KEY));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "{}", "{\"current\":\"\"}", "{\"current\":\" \"}", "{not json"})
  void aRelayWithoutItsKeyDoesNotStart(String text) {
    store(text);
    assertThatThrownBy(this::relay)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("agentpost/relay");
    assertEquals(List.of(), agent.received());
  }
}
