package agentpost.local.scheduler;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import agentpost.local.testing.ManualTimeline;
import agentpost.local.wire.AwsRequest;
import agentpost.local.wire.AwsResponse;
import agentpost.local.wire.JsonService;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SchedulerTest {
  private final ManualTimeline timeline = new ManualTimeline(Instant.parse("2026-03-31T10:30:00Z"));
  private final List<JsonNode> put = new ArrayList<>();
  private final Scheduler scheduler =
      new Scheduler(
          timeline,
          new JsonService(
              "EventBridge",
              "1.1",
              Map.of(
                  "PutEvents",
                  input -> {
                    put.add(input.path("Entries").path(0));
                    return JsonNodeFactory.instance.objectNode();
                  })));

  private AwsResponse ask(String method, String name, String body, String... group) {
    Map<String, List<String>> query = group.length == 0 ? Map.of() : Map.of("groupName", List.of(group));
    return scheduler.handle(new AwsRequest(method, "/schedules/" + name, query, Map.of(), body.replace('\'', '"').getBytes(UTF_8)));
  }

  private static String schedule(String expression, String more) {
    return "{'ScheduleExpression':'" + expression + "','Target':{'Arn':'arn:aws:events:us-east-1:000000000000:event-bus/b','RoleArn':'r',"
        + "'EventBridgeParameters':{'Source':'s','DetailType':'t'},'Input':'{\\\"a\\\":1}'}" + more + "}";
  }

  @Test
  void putsItsEventWhenItsTimeComesAndNotBefore() {
    assertThat(ask("POST", "one", schedule("at(2026-03-31T11:30:00)", "")).status()).isEqualTo(200);
    timeline.pass(Duration.ofMinutes(59));
    assertThat(put).isEmpty();
    timeline.pass(Duration.ofMinutes(1));
    assertThat(put).hasSize(1);
    assertThat(put.getFirst().toString())
        .isEqualTo("{\"EventBusName\":\"arn:aws:events:us-east-1:000000000000:event-bus/b\",\"Source\":\"s\",\"DetailType\":\"t\",\"Detail\":\"{\\\"a\\\":1}\"}");
    timeline.pass(Duration.ofDays(2));
    assertThat(put).hasSize(1);
  }

  @Test
  void itsTimeIsOfItsZone() {
    ask("POST", "one", schedule("at(2026-03-31T13:30:00)", ",'ScheduleExpressionTimezone':'Europe/Berlin'"));
    timeline.pass(Duration.ofMinutes(59));
    assertThat(put).isEmpty();
    timeline.pass(Duration.ofMinutes(1));
    assertThat(put).hasSize(1);
  }

  @Test
  void isDeletedAfterCompletionOnlyIfItSaysSo() {
    ask("POST", "gone", schedule("at(2026-03-31T10:31:00)", ",'ActionAfterCompletion':'DELETE'"));
    ask("POST", "kept", schedule("at(2026-03-31T10:31:00)", ""));
    timeline.pass(Duration.ofMinutes(1));
    assertThat(ask("GET", "gone", "").status()).isEqualTo(404);
    assertThat(ask("GET", "kept", "").status()).isEqualTo(200);
  }

  @Test
  void aNameIsTakenOnceInAGroupAndTheSecondNeverFires() {
    ask("POST", "one", schedule("at(2026-03-31T11:30:00)", ""));
    AwsResponse again = ask("POST", "one", schedule("at(2026-03-31T10:00:00)", ""));
    assertThat(again.status()).isEqualTo(409);
    assertThat(again.headers()).containsEntry("x-amzn-ErrorType", "ConflictException");
    timeline.settle();
    assertThat(put).isEmpty();
    assertThat(ask("POST", "one", schedule("at(2026-03-31T11:30:00)", ",'GroupName':'g'")).status()).isEqualTo(200);
    assertThat(ask("DELETE", "one", "", "g").status()).isEqualTo(200);
    assertThat(ask("DELETE", "one", "", "g").status()).isEqualTo(404);
    timeline.pass(Duration.ofHours(1));
    assertThat(put).hasSize(1);
  }

  @Test
  void anUpdateMovesIt() {
    ask("POST", "one", schedule("at(2026-03-31T10:31:00)", ""));
    assertThat(ask("PUT", "one", schedule("at(2026-03-31T10:35:00)", "")).status()).isEqualTo(200);
    assertThat(ask("PUT", "two", schedule("at(2026-03-31T10:35:00)", "")).status()).isEqualTo(404);
    timeline.pass(Duration.ofMinutes(4));
    assertThat(put).isEmpty();
    timeline.pass(Duration.ofMinutes(1));
    assertThat(put).hasSize(1);
  }

  @Test
  void aPastTimeFiresAtOnceAndADisabledOneNever() {
    ask("POST", "past", schedule("at(2026-03-30T10:30:00)", ",'ActionAfterCompletion':'DELETE'"));
    ask("POST", "off", schedule("at(2026-03-31T10:31:00)", ",'State':'DISABLED'"));
    timeline.pass(Duration.ofDays(1));
    assertThat(put).hasSize(1);
    assertThat(ask("GET", "past", "").status()).isEqualTo(404);
  }

  @ParameterizedTest
  @ValueSource(strings = {"rate(5 minutes)", "cron(0 10 * * ? *)", "at(tomorrow)", ""})
  void anExpressionItCannotHonourIsNamed(String expression) {
    AwsResponse answer = ask("POST", "one", schedule(expression, ""));
    assertThat(answer.status()).isEqualTo(400);
    assertThat(new String(answer.body(), UTF_8)).contains(expression);
  }

  @Test
  void aTargetOrAnOperationItCannotHonourIsNamed() {
    String lambda = schedule("at(2026-03-31T11:30:00)", "").replace("arn:aws:events:us-east-1:000000000000:event-bus/b", "arn:aws:lambda:x");
    assertThat(new String(ask("POST", "one", lambda).body(), UTF_8)).contains("arn:aws:lambda:x");
    assertThat(new String(ask("PATCH", "one", "{}").body(), UTF_8)).contains("PATCH /schedules/one");
  }
}
