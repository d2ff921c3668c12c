package agentpost.local.scheduler;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import agentpost.local.iam.Rights;
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
  private final List<String> invoked = new ArrayList<>();
  private Duration takes = Duration.ZERO;
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
                  })),
          this::invoked,
          new Rights((_, _) -> {}));

  /** A target that takes as long as it is told. */
  private void invoked(String function, String input) {
    invoked.add(function + " " + input + " " + timeline.now());
    if (!takes.isZero()) {
      timeline.pass(takes);
    }
  }

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
  @ValueSource(strings = {"rate(1 minutes)", "rate(5 minute)", "rate(0 minutes)", "rate(5 seconds)", "cron(0 10 * * ? *)", "at(tomorrow)", ""})
  void anExpressionItCannotHonourIsNamed(String expression) {
    AwsResponse answer = ask("POST", "one", schedule(expression, ""));
    assertThat(answer.status()).isEqualTo(400);
    assertThat(new String(answer.body(), UTF_8)).contains(expression);
  }

  private static final String FUNCTION = "arn:aws:lambda:us-east-1:000000000000:function:sweep:live";

  private static String everyTime(String expression, String more) {
    return "{'ScheduleExpression':'" + expression + "','Target':{'Arn':'" + FUNCTION + "','RoleArn':'r','Input':'{}'}" + more + "}";
  }

  @Test
  void aRateInvokesItsFunctionAgainAndAgain() {
    ask("POST", "every", everyTime("rate(1 minute)", ""));
    ask("POST", "slower", everyTime("rate(2 hours)", "").replace(":sweep", ":slow"));
    timeline.pass(Duration.ofSeconds(59));
    assertThat(invoked).isEmpty();
    timeline.pass(Duration.ofSeconds(121));
    assertThat(invoked).containsExactly("sweep {} 2026-03-31T10:31:00Z", "sweep {} 2026-03-31T10:32:00Z", "sweep {} 2026-03-31T10:33:00Z");
    timeline.pass(Duration.ofHours(2));
    assertThat(invoked).contains("slow {} 2026-03-31T12:30:00Z");
  }

  @Test
  void aTargetThatTakesLongerThanItsRateIsNotRunTwiceAtOnce() {
    takes = Duration.ofSeconds(90);
    ask("POST", "every", everyTime("rate(1 minute)", ""));
    timeline.pass(Duration.ofSeconds(60));
    takes = Duration.ZERO;
    assertThat(invoked).containsExactly("sweep {} 2026-03-31T10:31:00Z");
    timeline.pass(Duration.ofMinutes(3));
    assertThat(invoked).element(1).isEqualTo("sweep {} 2026-03-31T10:33:30Z");
  }

  @Test
  void aRateThatIsDeletedOrChangedIsOver() {
    ask("POST", "gone", everyTime("rate(1 minute)", ""));
    ask("POST", "changed", everyTime("rate(1 minute)", "").replace(":sweep", ":before"));
    timeline.pass(Duration.ofSeconds(90));
    assertThat(ask("DELETE", "gone", "").status()).isEqualTo(200);
    assertThat(ask("PUT", "changed", everyTime("rate(1 hour)", "").replace(":sweep", ":after")).status()).isEqualTo(200);
    invoked.clear();
    timeline.pass(Duration.ofMinutes(61));
    assertThat(invoked).containsExactly("after {} 2026-03-31T11:31:30Z");
  }

  @Test
  void groupsAreListedApart() {
    ask("POST", "one", everyTime("rate(1 minute)", ",'GroupName':'g'"));
    ask("POST", "two", everyTime("rate(1 minute)", ""));
    AwsResponse listed = scheduler.handle(new AwsRequest("GET", "/schedules", Map.of("ScheduleGroup", List.of("g")), Map.of(), new byte[0]));
    assertThat(new String(listed.body(), UTF_8)).contains("\"Name\":\"one\"").doesNotContain("two");
  }

  @Test
  void aTargetOrAnOperationItCannotHonourIsNamed() {
    String lambda = schedule("at(2026-03-31T11:30:00)", "").replace("arn:aws:events:us-east-1:000000000000:event-bus/b", "arn:aws:lambda:x");
    assertThat(new String(ask("POST", "one", lambda).body(), UTF_8)).contains("arn:aws:lambda:x");
    assertThat(new String(ask("PATCH", "one", "{}").body(), UTF_8)).contains("PATCH /schedules/one");
  }
}
