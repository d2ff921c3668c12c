package agentpost.local.eventbridge.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import agentpost.local.eventbridge.RuleTestBed;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** {@code GET /_agentpost/attempts}. */
class AttemptStoreTest {
  private RuleTestBed line;

  @BeforeEach
  void start() throws IOException {
    line = new RuleTestBed();
  }

  @AfterEach
  void stop() throws IOException {
    line.close();
  }

  private JsonNode attempts(String query) throws IOException {
    return RuleTestBed.JSON.readTree(line.attempts(query)).path("attempts");
  }

  @Test
  void showsRequestAnswerWaitAndReasonOfEach() throws IOException {
    line.endpoint.answers(503, "Retry-After: 120").answers(200);
    String id = line.put("{'event_id':'e-1'}");
    line.pass(Duration.ofMinutes(3));
    JsonNode first = attempts("event_id=e-1").path(0);
    assertThat(first.path("kind").asText()).isEqualTo("attempt");
    assertThat(first.path("at").asText()).isEqualTo("2026-03-31T10:30:00Z");
    assertThat(first.path("id").asText()).isEqualTo(id);
    assertThat(first.path("attempt").asInt()).isEqualTo(1);
    assertThat(first.path("outcome").asText()).isEqualTo("retry");
    assertThat(first.path("status").asInt()).isEqualTo(503);
    assertThat(first.path("reason").asText()).isEqualTo("again after the answer's Retry-After");
    assertThat(first.path("next_wait_ms").asLong()).isEqualTo(120_000);
    assertThat(first.path("request").path("method").asText()).isEqualTo("POST");
    assertThat(first.path("request").path("url").asText()).isEqualTo(line.endpoint.url("/hook"));
    assertThat(first.path("request").path("headers").path("Content-Type").asText())
        .isEqualTo("application/json; charset=utf-8");
    assertThat(first.path("request").path("body").asText()).contains("\"event_id\":\"e-1\"");
    assertThat(first.path("response").path("headers").path("retry-after").asText())
        .isEqualTo("120");
    assertThat(first.path("response").path("body").asText()).isEqualTo("answer 503");
    JsonNode second = attempts("event_id=e-1").path(1);
    assertThat(second.path("outcome").asText()).isEqualTo("delivered");
    assertThat(second.path("at").asText()).isEqualTo("2026-03-31T10:32:00Z");
    assertThat(second.has("next_wait_ms")).isFalse();
  }

  @Test
  void theConnectionsKeyIsNotShown() {
    line.put("{}");
    assertThat(line.attempts("")).contains("\"x-key\":\"***\"");
  }

  @Test
  void showsHowADeliveryEnded() throws IOException {
    line.retry(1, 86_400).endpoint.answers(500);
    line.put("{}");
    line.pass(Duration.ofMinutes(1));
    assertThat(attempts("").findValuesAsText("kind"))
        .containsExactly("attempt", "attempt", "dead_letter");
    assertThat(attempts("outcome=gave_up").path(0).path("reason").asText())
        .isEqualTo("not again: MaximumRetryAttempts is reached");
    JsonNode letter = attempts("kind=dead_letter").path(0);
    assertThat(letter.path("queue").asText()).isEqualTo(RuleTestBed.DLQ);
    assertThat(letter.path("exhausted").asText()).isEqualTo("MaximumRetryAttempts");
    assertThat(letter.path("attempts").asInt()).isEqualTo(2);
  }

  @Test
  void saysWhyAnAnswerWasTheLast() throws IOException {
    line.endpoint.answers(404).answers(503, "Retry-After: -1");
    line.put("{}");
    line.put("{}");
    assertThat(attempts("kind=attempt").findValuesAsText("reason"))
        .containsExactly(
            "not again: ERROR_FROM_TARGET is final",
            "not again: the answer's Retry-After is negative");
  }

  @Test
  void isFilteredByEventRuleAndAgent() throws IOException {
    line.call(
        "PutRule",
        "{'Name':'b-welcome-agent','EventBusName':'b','EventPattern':'{\\\"source\\\":[\\\"s\\\"]}'}");
    line.call(
        "PutTargets",
        "{'Rule':'b-welcome-agent','EventBusName':'b','Targets':[{'Id':'1','Arn':'arn:aws:logs:us-east-1:000000000000:log-group:g'}]}");
    line.put("{'event_id':'one'}");
    line.put("{'event_id':'two'}");
    assertThat(attempts("")).hasSize(4);
    assertThat(attempts("event_id=one")).hasSize(2);
    assertThat(attempts("rule=r").findValuesAsText("event_id")).containsExactly("one", "two");
    assertThat(attempts("agent=welcome-agent&event_id=two").findValuesAsText("rule"))
        .containsExactly("b-welcome-agent");
    assertThat(attempts("agent=agent")).isEmpty();
  }

  @Test
  void isReadOnFromANumber() throws IOException {
    line.put("{}");
    line.put("{}");
    line.put("{}");
    assertThat(attempts("after=1").findValuesAsText("number")).containsExactly("2", "3");
    assertThat(attempts("limit=1").findValuesAsText("number")).containsExactly("3");
    assertThat(line.attempts("after=x"))
        .isEqualTo("{\"message\":\"after must be a number; got x\"}");
    assertThat(line.attempts("evnt_id=x"))
        .startsWith("{\"message\":\"There is no filter evnt_id; there are ");
  }

  @Test
  void forgetsTheOldest() throws IOException {
    line.target("{'InputPath':'$.detail.id'}");
    for (int i = 0; i < 8; i++) {
      line.put("{'id':'" + "x".repeat(900_000) + "'}");
    }
    assertThat(line.attempts("").length()).isLessThan(100_000);
    assertThat(attempts("").path(0).path("request").path("body_length").asInt()).isEqualTo(900_002);
    AttemptStore attempts = new AttemptStore(3, 1_000_000);
    for (int i = 0; i < 5; i++) {
      attempts.add(RuleTestBed.json("{'number':0}"));
    }
    assertThat(attempts.find(_ -> true, 10))
        .containsExactly("{\"number\":3}", "{\"number\":4}", "{\"number\":5}");
    assertThat(attempts.countForgotten()).isEqualTo(2);
    AttemptStore small = new AttemptStore(100, 30);
    for (int i = 0; i < 5; i++) {
      small.add(RuleTestBed.json("{'number':0}"));
    }
    assertThat(small.find(_ -> true, 10)).hasSize(2);
  }
}
